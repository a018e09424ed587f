/**
 * The errors of the API: one shape, thrown by whoever finds the reason and answered in one place.
 *
 * @see spec/truphone.md sections 3.1 to 3.3
 * @module
 */
import { type Answer, jsonAnswer } from '../../../answers.ts'
import { rulings, type Situation } from '../rulings.ts'
import { countOne, type World } from '../world.ts'

/** Why a call is refused. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  readonly type: string

  constructor(status: number, type: string, message: string) {
    super(message)
    this.status = status
    this.type = type
  }
}

/** The body cannot be read: JSON that is none, or a field of another form than it must have. */
export function unreadable(message: string): Refusal {
  return new Refusal(400, 'INVALID_HTTP_MESSAGE', message)
}

/** What was sent can be read, but means nothing. */
export function invalid(message: string): Refusal {
  return new Refusal(400, 'INVALID_REQUEST_PARAMS', message)
}

/** The resource belongs to another client. */
export function denied(message: string): Refusal {
  return new Refusal(403, 'ACCESS_DENIED', message)
}

/** What the vendor does not document. */
export function ruled(world: World, situation: Situation, message: string): Refusal {
  const { status, type } = world.switches.rulings[situation] ?? rulings[situation]
  return new Refusal(status, type, message)
}

/** The answer to a refused call. */
export function answerRefusal(world: World, { status, type, message }: Refusal): Answer {
  countOne(world.counters.rejected, type)
  return jsonAnswer(status, { type, messages: [message] })
}
