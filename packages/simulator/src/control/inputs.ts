/**
 * What the control plane accepts, with a sentence of help for each.
 *
 * @module
 */
import { z } from 'zod'
import { InputError, parseInput } from '../input-error.ts'
import { isJson, parseJson } from '../json.ts'
import type { RequestFilter } from '../request-log.ts'

const advance = z.strictObject({ advanceMs: z.number() })
const invalidate = z.strictObject({ system: z.string().optional() })
const nothing = z.strictObject({})
const filter: z.ZodType<RequestFilter> = z.strictObject({
  system: z.string().optional(),
  operation: z.string().optional(),
  after: z
    .string()
    .regex(/^\d{1,15}$/, 'expected a whole number')
    .transform(Number)
    .optional(),
})

/** Parses a request body; an empty one is an empty object. @throws {InputError} */
export function readJson(text: string): unknown {
  if (text.trim() === '') return {}
  if (!isJson(text)) throw new InputError('The body is not JSON. Send a JSON object.')
  return parseJson(text)
}

export function readAdvance(input: unknown): number {
  return parseInput(advance, input, 'the body', 'Send {"advanceMs": 3600000} to move the clock by an hour.').advanceMs
}

export function readInvalidate(input: unknown): string | undefined {
  return parseInput(invalidate, input, 'the body', 'Send {"system": "daraja"}, or nothing for all systems.').system
}

export function readNothing(input: unknown): void {
  parseInput(nothing, input, 'the body', 'Send no body.')
}

export function readFilter(query: Readonly<Record<string, string>>): RequestFilter {
  return parseInput(filter, query, 'the query', 'Use ?system=daraja&operation=oauth&after=17, or less of it.')
}
