/**
 * The token endpoint of the gateway.
 *
 * Source: spec/etims.md sections 2.1 to 2.3 and 2.7. `GET /v1/token/generate?grant_type=client_credentials`
 * @module
 */
import { timingSafeEqual } from 'node:crypto'
import { type Answer, emptyAnswer, jsonAnswer } from '../../answers.ts'
import type { SystemRequest } from '../../system.ts'
import { countRefusal, type World } from './world.ts'

/** Gives a token for the app's consumer key and secret. Tokens given before stay good. */
export function tokenEndpoint(world: World, request: SystemRequest): Answer {
  if (request.method !== 'GET') return answerPost(world, request)
  const basic = readBasic(request.headers['authorization'])
  if (basic?.user === world.credentials.consumerKey) world.counters.appTokenRequests += 1
  if (request.query.getAll('grant_type').join() !== 'client_credentials') {
    countRefusal(world, 'invalid grant type')
    return emptyAnswer(400)
  }
  const { consumerKey, consumerSecret } = world.credentials
  if (basic === null || basic.user !== consumerKey || !sameText(basic.password, consumerSecret)) {
    return refuseCredentials(world)
  }
  const { tokenTtl } = world.switches
  const access_token = world.tokens.issue(world.clock.now(), tokenTtl)
  return jsonAnswer(200, { access_token, ...expiry(world, tokenTtl) })
}

/** A POST never gives a token: it answers nothing, or what was posted as a form. */
function answerPost(world: World, request: SystemRequest): Answer {
  countRefusal(world, 'wrong method')
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(String(request.headers['content-type'] ?? ''))
  return isForm && request.body !== ''
    ? { ...emptyAnswer(200), body: request.body, contentType: 'text/plain' }
    : emptyAnswer(200)
}

function expiry(world: World, seconds: number): { expires_in?: string | number } {
  switch (world.switches.expiresInType) {
    case 'string':
      return { expires_in: String(seconds) }
    case 'number':
      return { expires_in: seconds }
    case 'missing':
      return {}
    case 'garbage':
      return { expires_in: 'soon' }
  }
}

function refuseCredentials(world: World): Answer {
  countRefusal(world, 'invalid consumer credentials')
  const error = { errorCode: '400.008.01', errorMessage: 'Invalid Authentication passed' }
  const fault = { faultstring: 'Invalid client credentials', detail: { errorcode: 'oauth.v2.InvalidClientIdentifier' } }
  const responseMessage = 'Service is temporarily unavailable'
  switch (world.switches.badCredentials) {
    case 'empty-400':
      return emptyAnswer(400)
    case 'error-400':
      return jsonAnswer(400, error)
    case 'error-200':
      return jsonAnswer(200, error)
    case 'fault-401':
      return jsonAnswer(401, { fault })
    case 'fault-500':
      return jsonAnswer(500, { fault })
    case 'overloaded-504':
      return jsonAnswer(504, {
        header: {
          responseMessage,
          responseCode: 504,
          customerMessage: responseMessage,
          requestRefId: world.ids.uuid(),
          timestamp: new Date(world.clock.now()).toISOString(),
        },
        body: {},
      })
  }
}

function readBasic(header: string | string[] | undefined): { user: string; password: string } | null {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(typeof header === 'string' ? header : '')?.[1]
  if (encoded === undefined) return null
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon === -1 ? null : { user: text.slice(0, colon), password: text.slice(colon + 1) }
}

function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}
