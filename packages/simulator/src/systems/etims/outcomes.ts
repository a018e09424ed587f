/**
 * What became of a call, as a value, and how each face says it.
 *
 * @see spec/etims.md sections 4.1 and 5.1
 * @module
 */
import { type Answer, jsonAnswer } from '../../answers.ts'
import { type Face, forFace } from './switches.ts'
import { compactTime } from './times.ts'
import type { World } from './world.ts'

/** The outcome of an operation. */
export type Outcome = { readonly is: 'done'; readonly data: object | null } | { readonly is: 'nothing found' } | Refusal

/** Why a call was refused. */
export interface Refusal {
  readonly is: 'refused'
  /** The `resultCd`. */
  readonly code: string
  /** The precise reason: `resultMsg`, or the gateway's `debugMessage`. */
  readonly text: string
  /** The gateway's `customerMessage`; the reason again where none is known. */
  readonly title?: string | undefined
  /** On the gateway: the envelope with the code comes too, instead of `responseBody: null`. */
  readonly hasEnvelope?: boolean | undefined
  /** On the gateway: the HTTP status, 400 unless given. */
  readonly status?: number | undefined
  /** What the counts call it, where the code says too little. */
  readonly cause?: string | undefined
}

/** The records were written, or were found. */
export function done(data: object | null = null): Outcome {
  return { is: 'done', data }
}

/** Rows under their name, or nothing found. */
export function found(name: string, rows: readonly unknown[]): Outcome {
  return rows.length === 0 ? { is: 'nothing found' } : done({ [name]: rows })
}

/** A refusal. */
export function refused(code: string, text: string, more: Omit<Refusal, 'is' | 'code' | 'text'> = {}): Refusal {
  return { is: 'refused', code, text, ...more }
}

/** Writes an outcome as one face does. */
export function answerOutcome(world: World, face: Face, outcome: Outcome): Answer {
  const resultDt = compactTime(world.clock.now())
  if (outcome.is === 'refused')
    return face === 'direct' ? refuseDirect(outcome, resultDt) : refuseGateway(world, outcome, resultDt)
  const isLive = forFace(world.switches.resultMsg, face) === 'live'
  const envelope =
    outcome.is === 'done'
      ? { resultCd: '000', resultMsg: isLive ? 'Successful' : 'It is succeeded', resultDt, data: outcome.data }
      : { resultCd: '001', resultMsg: 'There is no search result', resultDt, data: null }
  if (face === 'direct') return jsonAnswer(200, envelope)
  // An empty result comes with HTTP 400 and a header that says 200 (section 4.1).
  return gatewayAnswer(world, outcome.is === 'done' ? 200 : 400, 200, envelope.resultMsg, envelope.resultMsg, envelope)
}

/** A refusal on HTTP level: unknown paths, wrong methods, failures of the server. */
export function answerStatus(
  world: World,
  face: Face,
  status: number,
  code: string,
  text: string,
  simulator?: string,
): Answer {
  const more = simulator === undefined ? {} : { simulator }
  if (face === 'direct')
    return jsonAnswer(status, {
      resultCd: code,
      resultMsg: text,
      resultDt: compactTime(world.clock.now()),
      data: null,
      ...more,
    })
  return jsonAnswer(status, { responseHeader: header(world, status, text, text), responseBody: null, ...more })
}

function refuseDirect(refusal: Refusal, resultDt: string): Answer {
  return jsonAnswer(200, refusalEnvelope(refusal, resultDt))
}

function refuseGateway(world: World, refusal: Refusal, resultDt: string): Answer {
  const { text, title = text, hasEnvelope = false, status = 400 } = refusal
  const envelope = hasEnvelope ? refusalEnvelope(refusal, resultDt) : null
  return gatewayAnswer(world, status, status === 200 ? 400 : status, title, text, envelope)
}

/** The captured 902 has no resultDt (section 3.3). */
function refusalEnvelope({ code, text }: Refusal, resultDt: string): object {
  return { resultCd: code, resultMsg: text, ...(code === '902' ? {} : { resultDt }), data: null }
}

function gatewayAnswer(
  world: World,
  status: number,
  responseCode: number,
  customerMessage: string,
  debugMessage: string,
  responseBody: object | null,
): Answer {
  return jsonAnswer(status, {
    responseHeader: header(world, responseCode, customerMessage, debugMessage),
    responseBody,
  })
}

function header(world: World, responseCode: number, customerMessage: string, debugMessage: string): object {
  return { responseCode, responseRefID: world.ids.uuid(), customerMessage, debugMessage }
}
