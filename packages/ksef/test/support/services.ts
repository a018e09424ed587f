/**
 * The services of somebody who is signed in, on the test kit's scripted `fetch` and virtual clock.
 *
 * @module
 */
import { parseJson } from '@latchkey/http'
import { scriptedFetch, virtualClock } from '@latchkey/testkit'
import type { Answer, Scripted } from '@latchkey/testkit'
import { Environment, KsefClient } from '../../src/index.ts'

export const accessToken = 'A1-access-token'
export const now = Date.UTC(2031, 4, 1, 12)

/** `GET /tokens` and so on, below the address of TEST. */
export const on = (request: string, answer: Scripted['answer'], times = 1): Scripted => {
  const [method = '', path = ''] = request.split(' ')
  return { request: `${method} ${Environment.TEST.apiBaseUrl}${path}`, answer, times }
}

/** A 400 as problem details (section 1.7). */
export const problem = (code: number, ...details: readonly string[]): Answer => ({
  status: 400,
  json: {
    title: 'Bad Request',
    status: 400,
    instance: '/v2/…',
    detail: 'Żądanie jest nieprawidłowe.',
    errors: [{ code, description: 'Opis po polsku.', details }],
    timestamp: '2031-05-01T12:00:00Z',
    traceId: '0af7651916cd43dd8448eb211c80319c',
  },
})

/** The same 400 in the older shape. */
export const legacyProblem = (code: number, ...details: readonly string[]): Answer => ({
  status: 400,
  json: {
    exception: {
      exceptionDetailList: [{ exceptionCode: code, exceptionDescription: 'Opis po polsku.', details }],
      serviceCode: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00',
      timestamp: '2031-05-01T12:00:00.1234567Z',
    },
  },
})

/** What the built-in `fetch` rejects with when a connection breaks. */
export const lost = Object.assign(new TypeError('fetch failed'), {
  cause: Object.assign(new Error('ECONNRESET'), { code: 'ECONNRESET' }),
})

/** All services of a client that was handed its tokens; `script` is what they send. */
export function services(script: readonly Scripted[], environment: Environment = Environment.TEST) {
  const fetch = scriptedFetch(script)
  const clock = virtualClock({ wall: now })
  const random = (): number => 0.5 // No jitter.
  const client = new KsefClient(environment, { fetch, clock, random, rateLimits: false })
  const validUntil = new Date(now + 86_400_000)
  const signedIn = client.authenticated({
    accessToken: { token: accessToken, validUntil },
    refreshToken: { token: 'R1-refresh-token', validUntil },
  })
  const { sessions, tokens, certificates, permissions, limits } = signedIn
  const auth = {
    sessions,
    tokens,
    certificates,
    permissions,
    limits,
    peppol: client.peppol,
    testdata: signedIn.testdata,
  }
  /** Bodies of the calls, parsed. */
  const bodies = (): unknown[] => fetch.calls.map(({ text }) => parseJson(text) ?? text)
  return { auth, client, fetch, clock, bodies }
}

/** What tests call: `({ tokens }) => tokens.query()`. */
export type Services = ReturnType<typeof services>['auth']
