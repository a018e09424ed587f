/**
 * The rules that are explored: the functions of the real pure core, and the few rules of the runner that stand
 * outside it. A mutation replaces one of them.
 *
 * @see engine.md section 16.1
 * @module
 */
import { admit, blankRecord, decide, drawFence, reduce } from '../../src/protocol.ts'

export interface Rules {
  readonly decide: typeof decide
  readonly reduce: typeof reduce
  readonly admit: typeof admit
  readonly drawFence: typeof drawFence
  readonly blankRecord: typeof blankRecord
  /** A refresh token is sent only if the store confirmed the intent as durable (acquire.ts; engine.md 6.6). */
  readonly waitsForDurable: boolean
  /** A lease that was perhaps taken is known by its holder, and not by its fence alone (acquire.ts `disown`). */
  readonly knowsItsLease: boolean
  /** The holder notes its clocks before it decides, so that its lease cannot seem longer to it than to others (engine.md 6.7). */
  readonly notesClocksFirst: boolean
  /** What the store says of a time before a forget of this process is not taken in hand after it (engine.md 8.1). */
  readonly mindsForgets: boolean
  /** A deferred commit that finds its own generation in the record knows that it landed (commit.ts; engine.md 6.9). */
  readonly knowsItsOwn: boolean
  /** An answer that was perhaps committed into a record which is lost by now is committed as tainted (commit.ts). */
  readonly doubtsRetried: boolean
}

export const realRules: Rules = {
  decide,
  reduce,
  admit,
  drawFence,
  blankRecord,
  waitsForDurable: true,
  knowsItsLease: true,
  notesClocksFirst: true,
  mindsForgets: true,
  knowsItsOwn: true,
  doubtsRetried: true,
}
