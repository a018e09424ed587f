/**
 * The faults that wait for requests. One request takes one fault: the oldest that fits. A list of faults is
 * therefore a script, read from top to bottom.
 *
 * @module
 */
import { z } from 'zod'
import { InputError, parseInput } from './input-error.ts'
import type { Fault, PendingFault } from './protocol.ts'

/** How many faults may wait. */
export const faultsMax = 1_000

/** The most requests that one fault may spoil. */
export const faultCountMax = 1_000_000

/** The faults that wait. */
export interface Faults {
  /** Adds one fault or several, all or none. @throws {InputError} */
  add(input: unknown): number
  /** Takes the fault that a request meets, at its arrival. */
  take(system: string, operation: string | null): Fault | undefined
  list(): readonly PendingFault[]
  /** Drops all, and says how many they were. */
  clear(): number
}

const common = {
  system: z.string(),
  operation: z.string().optional(),
  count: z.int().min(1).max(faultCountMax).optional(),
}
const ms = z.number().min(0).max(600_000)
const faultSchema: z.ZodType<Fault> = z.discriminatedUnion('kind', [
  z.strictObject({ ...common, kind: z.literal('latency'), ms }),
  z.strictObject({
    ...common,
    kind: z.literal('status'),
    status: z.int().min(200).max(599),
    body: z.unknown().optional(),
  }),
  z.strictObject({ ...common, kind: z.literal('resetBefore') }),
  z.strictObject({ ...common, kind: z.literal('resetAfter') }),
  z.strictObject({ ...common, kind: z.literal('malformed'), body: z.string().optional() }),
  z.strictObject({ ...common, kind: z.literal('drip'), ms: ms.optional() }),
  z.strictObject({ ...common, kind: z.literal('throttle'), retryAfter: z.int().min(0).max(86_400).optional() }),
  z.strictObject({ ...common, kind: z.literal('invalidateTokens') }),
])
const help =
  'Send one fault or an array: {"system":"daraja","operation":"stkPush","kind":"status","status":503,"count":1}. ' +
  'Kinds: latency (ms), status (status, body), resetBefore, resetAfter, malformed (body), drip (ms), ' +
  'throttle (retryAfter), invalidateTokens; every kind takes operation and count.'

/** Makes an empty list. `operations` has the operations of each system. */
export function createFaults(operations: ReadonlyMap<string, readonly string[]>): Faults {
  let waiting: { readonly fault: Fault; remaining: number }[] = []

  const check = (fault: Fault): void => {
    const known = operations.get(fault.system)
    if (known === undefined) {
      throw new InputError(`There is no system "${fault.system}"; use ${[...operations.keys()].join(', ')}.`)
    }
    if (fault.operation !== undefined && !known.includes(fault.operation)) {
      throw new InputError(`${fault.system} has no operation "${fault.operation}"; use ${known.join(', ')}.`)
    }
  }

  return {
    add(input) {
      const added = (Array.isArray(input) ? input : [input]).map((item) =>
        parseInput(faultSchema, item, 'the fault', help),
      )
      added.forEach(check)
      if (waiting.length + added.length > faultsMax) {
        throw new InputError(`At most ${String(faultsMax)} faults can wait; use "count", or clear them first.`)
      }
      waiting.push(...added.map((fault) => ({ fault, remaining: fault.count ?? 1 })))
      return added.length
    },
    take(system, operation) {
      const index = waiting.findIndex(
        ({ fault }) => fault.system === system && (fault.operation === undefined || fault.operation === operation),
      )
      const found = waiting[index]
      if (found === undefined) return undefined
      found.remaining -= 1
      if (found.remaining === 0) waiting.splice(index, 1)
      return found.fault
    },
    list: () => waiting.map(({ fault, remaining }) => ({ ...fault, remaining })),
    clear() {
      const { length } = waiting
      waiting = []
      return length
    },
  }
}
