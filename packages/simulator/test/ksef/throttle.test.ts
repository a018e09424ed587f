/**
 * The fault `throttle`: a 429 like the service's own, in the format that was asked for.
 *
 * @see spec/ksef.md section 1.7
 * @module
 */
import { expect, it } from 'vitest'
import { startSimulator } from '../../src/index.ts'
import { call } from '../support.ts'

it.each([
  [{}, 'application/json; charset=utf-8'],
  [{ 'x-error-format': 'problem-details' }, 'application/problem+json'],
])('answers a request with %j as %s', async (headers, contentType) => {
  await using simulator = await startSimulator()
  simulator.faults.add({ system: 'ksef', kind: 'throttle', retryAfter: 7 })
  const url = `${simulator.systems.ksef.baseUrl}/v2/auth/challenge`
  const reply = await call(url, { method: 'POST', headers })
  expect(reply).toMatchObject({ status: 429 })
  expect(reply.headers.get('retry-after')).toBe('7')
  expect(reply.headers.get('content-type')).toBe(contentType)
  expect(JSON.stringify(reply.json)).toContain('Spróbuj ponownie po 7 sekundach.')
})
