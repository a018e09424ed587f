/**
 * Daraja's refusals: the bodies of section 1.7 and which family uses which.
 *
 * @see spec/daraja.md sections 1.7 to 1.9
 * @module
 */
import { type Answer, jsonAnswer } from '../../answers.ts'
import type { World } from './world.ts'

/** How a group of operations refuses. */
export interface Family {
  /** Paths that begin so belong to the family, also those that do not exist. */
  readonly pathPrefix: string
  /** The `errorCode` of "Resource not found". */
  readonly notFoundCode: string
  /** What a bad token is answered with. The offered token is echoed by some. */
  readonly tokenRefusal: (offered: string) => { readonly code: string; readonly message: string }
}

export const stkFamily: Family = {
  pathPrefix: '/mpesa/stkpush',
  notFoundCode: '404.001.01',
  tokenRefusal: () => ({ code: '404.001.03', message: 'Invalid Access Token' }),
}
export const balanceFamily: Family = {
  pathPrefix: '/mpesa/accountbalance',
  notFoundCode: '404.002.01',
  tokenRefusal: (offered) => ({ code: '401.002.01', message: `Error Occurred - Invalid Access Token - ${offered}` }),
}

/** Refuses with shape A, and counts the cause. The HTTP status is what the code begins with. */
export function refuse(world: World, cause: string, errorCode: string, errorMessage: string): Answer {
  countRefusal(world, cause)
  return jsonAnswer(Number(errorCode.slice(0, 3)), { requestId: world.ids.request(), errorCode, errorMessage })
}

/** Refuses because of a field. */
export function refuseField(world: World, field: string): Answer {
  return refuse(world, `invalid ${field}`, '400.002.02', `Bad Request - Invalid ${field}`)
}

/** Counts a refusal whose answer is made elsewhere. */
export function countRefusal(world: World, cause: string): void {
  world.counters.rejected[cause] = (world.counters.rejected[cause] ?? 0) + 1
}

/** The gateway's throttling, shape C. */
export function spikeArrest(): Answer {
  return jsonAnswer(429, {
    fault: {
      faultstring:
        'Spike arrest violation. Allowed rate : MessageRate{messagesPerPeriod=5, periodInMicroseconds=60000000, maxBurstMessageCount=1.0}',
      detail: { errorcode: 'policies.ratelimit.SpikeArrestViolation' },
    },
  })
}

/** A path of no family: the gateway's fault, with a word of the simulator on what it does not imitate. */
export function unknownPath(world: World, method: string, path: string): Answer {
  countRefusal(world, 'unknown path')
  return jsonAnswer(404, {
    fault: {
      faultstring: `Unable to identify proxy for host: secure and url: ${path}`,
      detail: { errorcode: 'messaging.adaptors.http.flow.ApplicationNotFound' },
    },
    simulator: `${method} ${path} is not imitated; GET /_simulator/ lists what is.`,
  })
}
