/**
 * The bearer token of a business call, the app's id, and how the gateway refuses them.
 *
 * @see spec/etims.md sections 2.4 and 3.1
 * @module
 */
import { type Answer, jsonAnswer } from '../../answers.ts'
import type { SystemRequest } from '../../system.ts'
import type { OperationName } from './operation-names.ts'
import { type Refusal, refused } from './outcomes.ts'
import { type Face, forFace, type TokenRefusalShape } from './switches.ts'
import { countRefusal, type World } from './world.ts'

/** Refuses a call whose token is missing where it must not be, or no good; undefined when it may go on. */
export function refuseToken(world: World, face: Face, request: SystemRequest): Answer | undefined {
  const { switches, tokens } = world
  const forced = switches.nextTokenRefusals
  if (forced !== null) {
    const count = forced.count - 1
    world.switches = { ...switches, nextTokenRefusals: count === 0 ? null : { ...forced, count } }
    countRefusal(world, 'tokenRefusedOnRequest')
    return answerRefusal(world, forced.shape)
  }
  const rule = forFace(switches.auth, face)
  const header = request.headers['authorization']
  if (rule === 'off' || (rule === 'if-present' && header === undefined)) return undefined
  const offered = /^Bearer +(\S+) *$/i.exec(typeof header === 'string' ? header : '')?.[1]
  const cause = offered === undefined ? 'tokenMissing' : tokens.refusal(offered, world.clock.now())
  if (cause === null) return undefined
  countRefusal(world, cause)
  return answerRefusal(world, switches.tokenRefusal)
}

/** Refuses a gateway call without the app's id where it is needed, or with another one. */
export function refuseApp(world: World, name: OperationName, request: SystemRequest): Refusal | undefined {
  const { requireAppId, autoProvision } = world.switches
  const offered = request.headers['apigee_app_id']
  if (offered === undefined || offered === '') {
    if (requireAppId !== 'all' && requireAppId !== name) return undefined
    const title = 'Invalid Headers apigee_app_id'
    return refused('910', 'apigee_app_id cannot be Null', { title, cause: 'appIdMissing' })
  }
  if (offered === world.credentials.appId || autoProvision || requireAppId === 'none') return undefined
  const text = 'There is an unknown error. Please ask administrator'
  return refused('999', text, { status: 500, cause: 'appIdUnknown' }) // The server fails on it (section 3.1).
}

function answerRefusal(world: World, shape: TokenRefusalShape): Answer {
  const text = 'Unauthorised-Invalid Access Token'
  const fault = (status: number, faultstring: string, errorcode: string): Answer =>
    jsonAnswer(status, { fault: { faultstring, detail: { errorcode: `keymanagement.service.${errorcode}` } } })
  switch (shape) {
    case 'header-401':
      return jsonAnswer(401, {
        header: {
          responseMessage: text,
          responseCode: 401,
          customerMessage: text,
          requestRefId: world.ids.uuid(),
          timestamp: new Date(world.clock.now()).toISOString(),
        },
        body: {},
      })
    case 'fault-expired-401':
      return fault(401, 'Access Token expired', 'access_token_expired')
    case 'fault-expired-500':
      return fault(500, 'Access Token expired', 'access_token_expired')
    case 'fault-invalid-401':
      return fault(401, 'Invalid Access Token', 'invalid_access_token')
    case 'fault-invalid-500':
      return fault(500, 'Invalid Access Token', 'invalid_access_token')
  }
}
