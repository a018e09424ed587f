/**
 * The one error for input that the simulator does not understand: a `TypeError` in process, a 400 over HTTP.
 *
 * @module
 */
import type { z } from 'zod'

/** A mistake of the caller. Nothing was changed. */
export class InputError extends TypeError {
  readonly code = 'ERR_INVALID_ARG'
  override readonly name = 'InputError'
}

/**
 * Reads a value by a schema.
 *
 * @param what - Names the value in the message: "The fault".
 * @param help - A full sentence on what to send instead.
 * @throws {InputError} It does not fit.
 */
export function parseInput<T>(schema: z.ZodType<T>, value: unknown, what: string, help: string): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const problems = result.error.issues.slice(0, 5).map((issue) => {
    const place = issue.path.map(String).join('.')
    return place === '' ? issue.message : `${place}: ${issue.message}`
  })
  throw new InputError(`Not understood: ${what} (${problems.join('; ')}). ${help}`)
}
