import { memoryStore } from '@latchkey/core'
import { describe, expect, it } from 'vitest'
import { clientOn, quick } from '../support/clients.ts'
import { ksefDouble, networkError, refused, replied, unauthorized } from '../support/ksef-double.ts'
import type { KsefDouble, Reply, Status } from '../support/ksef-double.ts'

/** How signing in ends, once KSeF says these things. */
function enter(ksef: KsefDouble, options: object = {}): Promise<unknown> {
  const work = clientOn(ksef).authentication.withSignedRequest({ ...quick, ...options })
  return ksef.clock.drive(work, 86_400_000).catch((error: unknown) => error)
}

const because = (code: number, detail: string): Status => ({ code, details: [detail] })

describe('how a sign-in ends (2.9)', () => {
  it.each<[status: Status, code: string, retryable: boolean, reason?: string]>([
    [because(415, 'Brak przypisanych uprawnień'), 'KSEF_NO_PERMISSION', false],
    [425, 'KSEF_SIGN_IN_REVOKED', false],
    [because(450, 'Nieprawidłowy token'), 'AUTH_INVALID_CREDENTIALS', false],
    [because(450, 'Nieprawidłowy czas tokena'), 'AUTH_INVALID_CREDENTIALS', false, 'timestamp'],
    [because(450, 'Token unieważniony'), 'AUTH_INVALID_CREDENTIALS', false, 'revoked'],
    [because(450, 'Token nieaktywny'), 'KSEF_TOKEN_INACTIVE', true],
    [because(450, 'Nieprawidłowe szyfrowanie tokena'), 'AUTH_INVALID_CREDENTIALS', false, 'encryption'],
    [because(450, 'Nieprawidłowe kodowanie tokena'), 'AUTH_INVALID_CREDENTIALS', false, 'encoding'],
    [because(450, 'Token nie może być użyty w kontekście Nip: 1'), 'AUTH_INVALID_CREDENTIALS', false, 'context'],
    [because(460, 'Nieważny certyfikat'), 'KSEF_CERTIFICATE_REFUSED', false, 'invalid'],
    [because(460, 'Błąd weryfikacji łańcucha certyfikatów'), 'KSEF_CERTIFICATE_REFUSED', false, 'chain'],
    [because(460, 'Niezaufany łańcuch certyfikatów'), 'KSEF_CERTIFICATE_REFUSED', false, 'untrusted'],
    [because(460, 'Certyfikat odwołany'), 'KSEF_CERTIFICATE_REFUSED', false, 'revoked'],
    [because(460, 'Certyfikat zawieszony'), 'KSEF_CERTIFICATE_REFUSED', false, 'suspended'],
    [because(460, 'Niepoprawny certyfikat'), 'KSEF_CERTIFICATE_REFUSED', false, 'incorrect'],
    [because(470, 'Próba wykorzystania metod autoryzacyjnych osoby zmarłej'), 'KSEF_IDENTITY_REFUSED', false],
    [480, 'KSEF_CONTEXT_BLOCKED', false],
    [500, 'KSEF_SIGN_IN_FAILED', true],
    [because(499, 'Coś nowego'), 'KSEF_SIGN_IN_REFUSED', false, 'unknown_status'],
    [300, 'KSEF_SIGN_IN_REFUSED', false, 'unknown_status'],
  ])('%j: %s', async (status, code, retryable, reason) => {
    const ksef = ksefDouble()
    ksef.becomes(100, status)
    const error = await enter(ksef)
    const providerCode = String(typeof status === 'number' ? status : status.code)
    expect(error).toMatchObject({ name: 'TokenError', code, retryable, providerCode })
    expect((error as { reason?: string }).reason).toBe(reason)
    expect(ksef.count('POST /auth/challenge')).toBe(1)
    expect(ksef.count('POST /auth/token/redeem')).toBe(0)
  })

  it('goes on asking while KSeF is at work, also under a status that no document names', async () => {
    const ksef = ksefDouble()
    ksef.becomes(100, 100, 150, 199, 200)
    await enter(ksef)
    expect(ksef.count('GET /auth/{ref}')).toBe(5)
    expect(ksef.count('POST /auth/token/redeem')).toBe(1)
  })
})

describe('a sign-in that KSeF cuts short', () => {
  it('begins anew after 550, and after a challenge that ran out while the token was checked', async () => {
    for (const status of [550, because(450, 'Nieprawidłowe wyzwanie autoryzacyjne')]) {
      const ksef = ksefDouble()
      ksef.becomes(status, 200)
      await enter(ksef)
      expect(ksef.count('POST /auth/challenge')).toBe(2)
      expect(ksef.count('POST /auth/token/redeem')).toBe(1)
    }
  })

  it('begins anew where the submission is told that its challenge is no good any more (21111)', async () => {
    const ksef = ksefDouble()
    ksef.answers('POST /auth/xades-signature', refused(21111))
    await enter(ksef)
    expect(ksef.count('POST /auth/challenge')).toBe(2)
    expect(ksef.count('POST /auth/token/redeem')).toBe(1)
  })

  it('gives up after three beginnings', async () => {
    const ksef = ksefDouble()
    ksef.becomes(550, 550, 550, 200)
    expect(await enter(ksef)).toMatchObject({ code: 'KSEF_SIGN_IN_INTERRUPTED', retryable: true })
    expect(ksef.count('POST /auth/challenge')).toBe(3)
  })

  it.each<[string, Reply]>([
    ['its token for asking has run out', () => unauthorized()],
    ['KSeF forgot it', () => replied(410, { status: 410, title: 'Gone' })],
    ['KSeF does not know it', () => refused(21304)],
  ])('begins anew where %s', async (_name, reply) => {
    const ksef = ksefDouble()
    ksef.answers('GET /auth/{ref}', reply)
    await enter(ksef)
    expect(ksef.count('POST /auth/challenge')).toBe(2)
  })
})

describe('the pace of asking', () => {
  const pauses = async (options: object, questions: number): Promise<readonly number[]> => {
    const ksef = ksefDouble()
    const at: number[] = []
    const noted = (code: number): Reply => {
      return () => {
        at.push(ksef.clock.elapsed())
        return replied(200, { startDate: 'x', status: { code, description: 'x' } })
      }
    }
    let submittedAt = 0
    ksef.answers('POST /auth/xades-signature', () => {
      submittedAt = ksef.clock.elapsed()
      return replied(202, {
        referenceNumber: '20310501-AU-0000000001-0000000000-A1',
        authenticationToken: { token: 'auth-x', validUntil: '2031-05-01T13:00:00Z' },
      })
    })
    ksef.answers('GET /auth/{ref}', ...Array.from({ length: questions - 1 }, () => noted(100)), noted(200))
    await enter(ksef, options)
    return at.map((each, index) => each - (at[index - 1] ?? submittedAt))
  }

  it('is a second at first and grows to five', async () => {
    const found = await pauses({}, 12)
    expect(found.slice(0, 3)).toEqual([1_000, 1_250, 1_562.5])
    expect(found.at(-1)).toBe(5_000)
  })

  it('is the caller’s, where one is given', async () => {
    expect(await pauses({ pollIntervalMs: 250 }, 4)).toEqual([250, 250, 250, 250])
  })

  it('ends after 60 s on TEST, with what to do', async () => {
    const ksef = ksefDouble()
    ksef.becomes(...Array.from({ length: 100 }, () => 100))
    expect(await enter(ksef)).toMatchObject({ code: 'KSEF_SIGN_IN_TIMEOUT', retryable: true })
    const lastly = (ksef.heard.at(-1)?.at ?? 0) - (ksef.heard[1]?.at ?? 0)
    expect(lastly).toBeGreaterThan(50_000)
    expect(lastly).toBeLessThanOrEqual(60_000)
  })

  it('ends when the caller said', async () => {
    const ksef = ksefDouble()
    ksef.becomes(...Array.from({ length: 100 }, () => 100))
    expect(await enter(ksef, { timeoutMs: 5_000, pollIntervalMs: 1_000 })).toMatchObject({
      code: 'KSEF_SIGN_IN_TIMEOUT',
    })
    expect(ksef.count('GET /auth/{ref}')).toBe(5)
  })

  it('has one end for all beginnings together', async () => {
    const ksef = ksefDouble()
    ksef.becomes(...Array.from({ length: 11 }, () => 100), 550, ...Array.from({ length: 100 }, () => 100))
    expect(await enter(ksef)).toMatchObject({ code: 'KSEF_SIGN_IN_TIMEOUT' })
    expect(ksef.count('POST /auth/challenge')).toBe(2)
    expect((ksef.heard.at(-1)?.at ?? 0) - (ksef.heard[1]?.at ?? 0)).toBeLessThanOrEqual(61_000)
  })

  it('heeds Retry-After', async () => {
    const ksef = ksefDouble()
    const at: number[] = []
    const note = (reply: Response): Reply => {
      return () => {
        at.push(ksef.clock.elapsed())
        return reply
      }
    }
    const status = { startDate: 'x', status: { code: 200, description: 'x' } }
    ksef.answers(
      'GET /auth/{ref}',
      note(replied(429, { status: 429 }, { 'retry-after': '17' })),
      note(replied(200, status)),
    )
    await enter(ksef)
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(17_000)
  })

  it.each<[string, Reply]>([
    ['a reset', networkError('ECONNRESET')],
    ['a 503', () => replied(503, undefined)],
    ['a page of HTML', () => new Response('<html>Zaraz wracamy</html>', { status: 200 })],
  ])('survives %s', async (_name, reply) => {
    const ksef = ksefDouble()
    ksef.answers('GET /auth/{ref}', reply)
    await enter(ksef)
    expect(ksef.count('POST /auth/challenge')).toBe(1)
    expect(ksef.count('POST /auth/token/redeem')).toBe(1)
  })
})

describe('a poll that takes minutes (engine.md 15, 18)', () => {
  it('keeps the lease, so that nobody else signs in meanwhile', async () => {
    const ksef = ksefDouble()
    const store = memoryStore({ clock: ksef.clock })
    ksef.becomes(...Array.from({ length: 24 }, () => 100))
    const options = { ...quick, timeoutMs: 900_000 }
    const one = clientOn(ksef, { store }).authentication.withSignedRequest(options)
    await ksef.clock.advance(75_000) // More than two leases.
    const two = clientOn(ksef, { store }).authentication.withSignedRequest(options)
    const [first, second] = await ksef.clock.drive(Promise.all([one, two]))
    expect(ksef.clock.elapsed()).toBeGreaterThan(95_000)
    expect(ksef.count('POST /auth/challenge')).toBe(1)
    expect(second.accessToken).toBe(first.accessToken)
  })
})

describe('a refusal that others put right (2.9, 3.18, 3.19)', () => {
  it.each([
    [415, 'KSEF_NO_PERMISSION'],
    [425, 'KSEF_SIGN_IN_REVOKED'],
    [480, 'KSEF_CONTEXT_BLOCKED'],
  ])('%i: the same client signs in as soon as it is, and does not sit out a cool-down', async (code, expected) => {
    const ksef = ksefDouble()
    ksef.becomes(code)
    const { authentication } = clientOn(ksef)
    const first = authentication.withSignedRequest(quick).catch((error: unknown) => error)
    expect(await ksef.clock.drive(first)).toMatchObject({ code: expected, retryable: false })
    const since = ksef.clock.elapsed()
    expect(await ksef.clock.drive(authentication.withSignedRequest(quick))).toHaveProperty('accessToken')
    expect(ksef.clock.elapsed() - since).toBeLessThanOrEqual(5_000)
  })
})
