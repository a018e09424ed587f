/**
 * Operations whose answer is lost, asked what became of them.
 *
 * @module
 */
import { OutcomeUnknownError } from '@latchkey/http'
import type { Resolution } from '@latchkey/http'
import type { Scripted } from '@latchkey/testkit'
import { expect } from 'vitest'
import { now, services } from './services.ts'
import type { Services } from './services.ts'

/** An instant after the start of the test's clock, as KSeF writes it. */
export const since = (ms: number): string => new Date(now + ms).toISOString()

/** Sends, loses the answer, and asks what became of it. */
export async function resolved(script: readonly Scripted[], call: (auth: Services) => Promise<unknown>, afterMs = 0) {
  const { auth, fetch, clock } = services(script)
  const error: unknown = await clock.drive(call(auth)).catch((thrown: unknown) => thrown)
  if (!(error instanceof OutcomeUnknownError)) throw error
  expect(error).toMatchObject({ code: 'KSEF_OUTCOME_UNKNOWN', retryable: false })
  await clock.advance(afterMs)
  const resolution = (await clock.drive(error.resolve())) as Resolution
  fetch.done()
  return { resolution, message: error.message, wall: clock.wall() }
}
