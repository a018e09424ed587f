/** The classes of failure, their cool-downs and what callers are told: engine.md section 11. @module */
import { describe, expect, it } from 'vitest'
import { Attempt } from '../../src/attempt.ts'
import { TokenError } from '../../src/errors.ts'
import type { FailureClass } from '../../src/errors.ts'
import { coolAfter, judgeFailure } from '../../src/failure.ts'
import type { Failure } from '../../src/failure.ts'
import { aCool, now } from './records.ts'

interface Answered {
  readonly status?: number
  readonly text?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly unanswered?: boolean
}

/** An attempt that ended with this answer, or with none. */
function attempted({ status, text = '', headers = {}, unanswered = false }: Answered = {}): Attempt {
  const clock = { mono: () => 0, wall: () => now, sleep: () => Promise.resolve() }
  const attempt = new Attempt({
    clock,
    random: () => 0.5,
    fetch: () => Promise.reject(new Error('No network here.')),
    longest: 15_000,
    lease: 17_000,
    since: { mono: 0, wall: now },
    extend: () => Promise.resolve(true),
    sending: () => undefined,
    abandoned: () => false,
  })
  if (status !== undefined) attempt.last = { status, text, headers: new Headers(headers), now, dated: true }
  attempt.unanswered = unanswered
  return attempt
}

const oauth = (error: string): string => JSON.stringify({ error })
const foreign = new Error('bad answer')

describe('judging a failure that the grant did not name (11)', () => {
  it.each([
    ['no answer at all', {}, 'transient'],
    ['a lost answer', { unanswered: true }, 'transient'],
    ['500', { status: 500 }, 'transient'],
    ['503', { status: 503 }, 'transient'],
    ['200 with something else than a token', { status: 200, text: '<html>' }, 'transient'],
    ['302', { status: 302 }, 'transient'],
    ['400 with an unknown error', { status: 400, text: oauth('invalid_request') }, 'transient'],
    ['400 without a body', { status: 400 }, 'transient'],
    [
      '500 with invalid_client, which a proxy may have made',
      { status: 500, text: oauth('invalid_client') },
      'transient',
    ],
    ['200 with invalid_client', { status: 200, text: oauth('invalid_client') }, 'transient'],
    ['429', { status: 429 }, 'throttled'],
    ['503 with Retry-After', { status: 503, headers: { 'retry-after': '9' } }, 'throttled'],
    ['400 with Retry-After', { status: 400, headers: { 'retry-after': '9' } }, 'throttled'],
    ['503 with an absurd Retry-After', { status: 503, headers: { 'retry-after': 'soon' } }, 'transient'],
    ['200 with Retry-After', { status: 200, headers: { 'retry-after': '9' } }, 'transient'],
    ['400 invalid_client', { status: 400, text: oauth('invalid_client') }, 'denied'],
    ['401 invalid_client', { status: 401, text: oauth('invalid_client') }, 'denied'],
    ['400 unauthorized_client', { status: 400, text: oauth('unauthorized_client') }, 'denied'],
    ['400 unsupported_grant_type', { status: 400, text: oauth('unsupported_grant_type') }, 'denied'],
    ['400 invalid_scope', { status: 400, text: oauth('invalid_scope') }, 'denied'],
    ['400 invalid_grant', { status: 400, text: oauth('invalid_grant') }, 'denied'],
  ] as const)('%#: the primary grant with %s', (_, answer, kind) => {
    expect(judgeFailure(foreign, attempted(answer), 'primary').class).toBe(kind)
  })

  it.each([
    ['400 invalid_grant', { status: 400, text: oauth('invalid_grant') }, 'spent'],
    ['401 invalid_grant', { status: 401, text: oauth('invalid_grant') }, 'spent'],
    ['400 invalid_client', { status: 400, text: oauth('invalid_client') }, 'denied'],
    [
      'an earlier invalid_grant whose successor was lost',
      { status: 400, text: oauth('invalid_grant'), unanswered: true },
      'transient',
    ],
  ] as const)('a renewal with %s', (_, answer, kind) => {
    expect(judgeFailure(foreign, attempted(answer), 'renewal').class).toBe(kind)
  })
})

describe('judging a failure that the grant named (11)', () => {
  const named = (failure: FailureClass | undefined): TokenError =>
    new TokenError('SOME_CODE', 'It failed.', { ...(failure && { failure }), providerCode: '500.001' })

  it.each(['throttled', 'denied', 'expired', 'transient'] as const)('keeps the class %s', (failure) => {
    expect(judgeFailure(named(failure), attempted({ status: 404 }), 'primary').class).toBe(failure)
  })

  it('keeps `spent` for a renewal and takes it for `denied` where there was no refresh token', () => {
    expect(judgeFailure(named('spent'), attempted({ status: 400 }), 'renewal').class).toBe('spent')
    expect(judgeFailure(named('spent'), attempted({ status: 400 }), 'primary').class).toBe('denied')
  })

  it('reads the answer where the grant’s error names no class', () => {
    expect(judgeFailure(named(undefined), attempted({ status: 429 }), 'primary').class).toBe('throttled')
    expect(judgeFailure(named(undefined), attempted({ status: 502 }), 'primary').class).toBe('transient')
  })

  it('takes `transient` with Retry-After for throttled', () => {
    const answer = { status: 503, headers: { 'retry-after': '9' } }
    expect(judgeFailure(named('transient'), attempted(answer), 'primary').class).toBe('throttled')
  })

  it('passes the grant’s own error on, with its code', () => {
    const error = named('denied')
    expect(judgeFailure(error, attempted({ status: 400 }), 'primary').error).toBe(error)
  })
})

describe('what callers are told of a failure that the grant did not name (11)', () => {
  it.each([
    [{ status: 429 }, 'LATCHKEY_ENDPOINT_THROTTLED', true],
    [{ status: 503 }, 'LATCHKEY_ENDPOINT_FAILED', true],
    [{}, 'LATCHKEY_ENDPOINT_FAILED', true],
    [{ status: 401, text: oauth('invalid_client') }, 'LATCHKEY_CREDENTIALS_DENIED', false],
  ])('%j is %s', (answer, code, retryable) => {
    expect(judgeFailure(foreign, attempted(answer), 'primary').error).toMatchObject({ code, retryable })
  })

  it('carries status and the known provider code, and no word of the body', () => {
    const text = JSON.stringify({ error: 'invalid_client', error_description: 'client hunter2 unknown' })
    const { error } = judgeFailure(foreign, attempted({ status: 401, text }), 'primary')
    expect(error).toMatchObject({ status: 401, providerCode: 'invalid_client' })
    expect(JSON.stringify([error, error.message, error.stack])).not.toContain('hunter2')
  })

  it('takes no unknown text of the body for a provider code', () => {
    const { error } = judgeFailure(foreign, attempted({ status: 400, text: oauth('hunter2') }), 'primary')
    expect(error.providerCode).toBeUndefined()
  })
})

describe('the cool-down (11)', () => {
  function cooled(
    kind: FailureClass,
    {
      step,
      last,
      answer = {},
      random = 1,
    }: { step?: number; last?: FailureClass; answer?: Answered; random?: number } = {},
  ) {
    const failure: Failure = {
      class: kind,
      error: new TokenError('SOME_CODE', 'It failed.', { status: 503, providerCode: 'x' }),
    }
    const previous = step === undefined ? undefined : aCool({ class: last ?? kind, step })
    return coolAfter(failure, attempted(answer), previous, now, () => random, 'print-of-secret')
  }

  it.each([
    [undefined, 1_000, 0],
    [0, 2_000, 1],
    [1, 4_000, 2],
    [4, 32_000, 5],
    [5, 60_000, 6],
    [15, 60_000, 16],
    [1_000, 60_000, 16],
  ])('of a transient failure doubles from 1 s to 60 s: after step %s it lasts %i ms', (step, ms, next) => {
    expect(cooled('transient', step === undefined ? {} : { step })).toMatchObject({ until: now + ms, step: next })
  })

  it('of a transient failure is fully jittered', () => {
    expect(cooled('transient', { step: 2, random: 0 })?.until).toBe(now)
    expect(cooled('transient', { step: 2, random: 0.25 })?.until).toBe(now + 2_000)
  })

  it.each([
    [undefined, 60_000],
    [0, 120_000],
    [2, 480_000],
    [3, 900_000],
    [1_000, 900_000],
  ])('of a denial doubles from 60 s to 15 min: after step %s it lasts %i ms', (step, ms) => {
    expect(cooled('denied', step === undefined ? {} : { step })?.until).toBe(now + ms)
  })

  it.each([
    ['the stated seconds', { 'retry-after': '7' }, 7_000],
    ['the stated date', { 'retry-after': new Date(now + 9_000).toUTCString() }, 9_000],
    ['5 s where none is stated', {}, 5_000],
    ['5 s where what is stated is absurd', { 'retry-after': 'soon' }, 5_000],
    ['an hour at most', { 'retry-after': '86400' }, 3_600_000],
  ])('of throttling lasts %s', (_, headers, ms) => {
    expect(cooled('throttled', { answer: { status: 429, headers } })?.until).toBe(now + ms)
  })

  it.each(['spent', 'expired'] as const)('of class %s is none', (kind) => {
    expect(cooled(kind)).toBeUndefined()
  })

  it('begins anew where the class is another one', () => {
    expect(cooled('transient', { step: 5, last: 'denied' })).toMatchObject({ step: 0, until: now + 1_000 })
  })

  it('remembers what caused it: code, status, provider code', () => {
    expect(cooled('transient')).toMatchObject({ code: 'SOME_CODE', status: 503, providerCode: 'x' })
  })

  it('keeps the fingerprint of the credential only where that was denied (6.4)', () => {
    expect(cooled('denied')?.denied).toBe('print-of-secret')
    expect(cooled('transient')?.denied).toBeUndefined()
    expect(cooled('throttled')?.denied).toBeUndefined()
  })
})
