/**
 * What one process remembers of the key, and how that changes: the methods of slot.ts.
 *
 * @see engine.md sections 6.1, 6.12 and 8.1
 * @module
 */
import type { TokenRecord } from '../../src/protocol.ts'
import { checkHeld } from './guarantees.ts'
import type { Answer, Process, Setting, World } from './world.ts'
import { idle } from './world.ts'

/** A record of another epoch: what was in hand has been forgotten elsewhere. */
export function meet(process: Process, { epoch, fence }: TokenRecord): Process {
  const { seen } = process
  if (epoch <= seen.epoch && fence <= seen.fence) return process
  const most = Math.max(fence, seen.fence)
  if (epoch > seen.epoch) return { ...drop(process), seen: { gen: 0, epoch, fence: most } }
  return { ...process, seen: { ...seen, fence: most } }
}

export function drop(process: Process): Process {
  return { ...process, token: undefined, record: undefined }
}

export function hold(process: Process, gen: number, { id, until }: Pick<Answer, 'id' | 'until'>): Process {
  return { ...process, token: { gen, id, until } }
}

/** What this process knows better than the record: when its token ends (flight.ts `known`). */
export function known({ token }: Process, record: TokenRecord): TokenRecord {
  if (token?.gen !== record.gen || token.until >= record.until) return record
  return { ...record, until: token.until }
}

/**
 * The process once it knows what it read or, with `answer`, wrote: at once, unless it may forget the key before. Where
 * the rules mind that, it comes to the same as forgetting a moment later.
 */
export function told(
  setting: Setting,
  { left }: World,
  before: Process,
  record: TokenRecord,
  answer?: Answer,
): Process {
  const process: Process = answer ? { ...before, pending: undefined } : before
  if (left.forgets === 0 || setting.rules.mindsForgets) return learn(setting, process, record, answer, false)
  return { ...process, phase: { at: 'learning', record, forgotten: false, ...(answer && { answer }) } }
}

/** `forgotten`: by this very process, while the store's answer was on its way. */
export function learn(
  setting: Setting,
  before: Process,
  record: TokenRecord,
  answer: Answer | undefined,
  forgotten: boolean,
): Process {
  const process: Process = before.phase === idle ? before : { ...before, phase: idle }
  if (forgotten && setting.rules.mindsForgets) return process
  checkHeld(setting, forgotten, Number(record.token))
  if (!answer && process.token?.gen === record.gen) return accept(process, record)
  return accept(hold(process, record.gen, answer ?? { id: Number(record.token), until: record.until }), record)
}

function accept(process: Process, record: TokenRecord): Process {
  const { gen, epoch, fence } = record
  return { ...process, record, seen: { gen, epoch, fence: Math.max(process.seen.fence, fence) } }
}
