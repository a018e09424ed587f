/**
 * The token endpoint.
 *
 * Source: spec/daraja.md sections 2.1 to 2.4. `GET /oauth/v1/generate?grant_type=client_credentials`
 * @module
 */
import { type Answer, emptyAnswer, jsonAnswer } from '../../answers.ts'
import type { SystemRequest } from '../../system.ts'
import { sameText } from './credentials.ts'
import { countRefusal, refuse } from './errors.ts'
import type { World } from './world.ts'

/** Gives a token for the app's consumer key and secret. */
export function oauth(world: World, request: SystemRequest): Answer {
  const basic = readBasic(request.headers['authorization'])
  if (basic === null) return refuse(world, 'invalid authentication', '400.008.01', 'Invalid Authentication passed')
  const isApp = sameText(basic.user, world.credentials.consumerKey)
  if (isApp) world.counters.appTokenRequests += 1
  if (request.query.getAll('grant_type').join() !== 'client_credentials') {
    return refuse(world, 'invalid grant type', '400.008.02', 'Invalid grant type passed')
  }
  // Both are compared in any case, so that the time does not tell which of them was wrong.
  const isSecret = sameText(basic.password, world.credentials.consumerSecret)
  if (!isApp || !isSecret) return refuseCredentials(world)

  const { value, expiresIn } = world.tokens.issue(world.clock.now(), world.switches)
  return jsonAnswer(200, { access_token: value, ...expiry(world, expiresIn) })
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
  const form = world.switches.badCredentials
  if (form === 'json-400') {
    return refuse(world, 'invalid consumer credentials', '400.008.01', 'Invalid Authentication passed')
  }
  countRefusal(world, 'invalid consumer credentials')
  if (form === 'empty-400') return emptyAnswer(400)
  if (form === 'empty-401') return emptyAnswer(401)
  const errorMessage = 'Invalid Credentials'
  return jsonAnswer(401, { requestId: world.ids.request(), errorCode: '401', errorMessage })
}

function readBasic(header: string | string[] | undefined): { user: string; password: string } | null {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(typeof header === 'string' ? header : '')?.[1]
  if (encoded === undefined) return null
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon === -1 ? null : { user: text.slice(0, colon), password: text.slice(colon + 1) }
}
