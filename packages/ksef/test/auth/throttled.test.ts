import { describe, expect, it } from 'vitest'
import type { SignedRequestSignIn } from '../../src/index.ts'
import { clientOn, quick } from '../support/clients.ts'
import { ksefDouble, networkError, nip, replied } from '../support/ksef-double.ts'
import type { KsefDouble, Reply } from '../support/ksef-double.ts'

const submission = 'POST /auth/xades-signature'
const redemption = 'POST /auth/token/redeem'
const tooMany = (seconds: string | undefined): Reply => {
  return () => replied(429, { status: { code: 429 } }, seconds === undefined ? {} : { 'retry-after': seconds })
}

function enter(ksef: KsefDouble, options: SignedRequestSignIn = quick): Promise<unknown> {
  const client = clientOn(ksef, { rateLimits: false })
  return ksef.clock.drive(client.authentication.withSignedRequest(options)).catch((error: unknown) => error)
}

const bearersOf = (ksef: KsefDouble): ReadonlySet<string | null> =>
  new Set(ksef.heard.filter(({ asked }) => asked === redemption).map(({ headers }) => headers.get('authorization')))

const waitsBefore = (ksef: KsefDouble, asked: string): readonly number[] => {
  const at = ksef.heard.filter((each) => each.asked === asked).map((each) => each.at)
  return at.slice(1).map((instant, index) => instant - (at[index] ?? 0))
}

describe('a step that KSeF did not look at (1.7, 1.10)', () => {
  it.each([submission, redemption])('%s is sent again after Retry-After, in the same sign-in', async (asked) => {
    const ksef = ksefDouble()
    ksef.answers(asked, tooMany('17'))
    expect(await enter(ksef)).toHaveProperty('accessToken')
    expect(ksef.count(asked)).toBe(2)
    expect(waitsBefore(ksef, asked)[0]).toBeGreaterThanOrEqual(17_000)
    expect(ksef.count('POST /auth/challenge')).toBe(1)
    expect(bearersOf(ksef).size).toBe(1)
  })

  it.each(['POST /auth/challenge', 'POST /auth/token/refresh'])(
    '%s is sent again after a short wait; a long one is told at once',
    async (asked) => {
      const ksef = ksefDouble()
      const auth = await clientOn(ksef, { rateLimits: false }).authentication.withSignedRequest({
        ...quick,
        onFirstUse: true,
      })
      if (asked !== 'POST /auth/challenge') {
        await ksef.clock.drive(auth.tokenSource.get())
        await ksef.clock.advance(1_000_000)
      }
      ksef.answers(asked, tooMany('3'), tooMany('6'))
      const failed = { code: 'LATCHKEY_ENDPOINT_THROTTLED', retryable: true }
      await expect(ksef.clock.drive(auth.tokenSource.get())).rejects.toMatchObject(failed)
      expect(ksef.count(asked)).toBe(2)
      expect(waitsBefore(ksef, asked)[0]).toBeGreaterThanOrEqual(3_000)
      await ksef.clock.advance(7_000)
      await expect(ksef.clock.drive(auth.tokenSource.get())).resolves.toHaveProperty('generation')
    },
  )

  it.each([
    ['no time', undefined, 5_000],
    ['no time at all', '0', 1_000],
  ])('waits a little where KSeF names %s', async (_name, seconds, leastMs) => {
    const ksef = ksefDouble()
    ksef.answers(redemption, tooMany(seconds))
    expect(await enter(ksef)).toHaveProperty('accessToken')
    expect(waitsBefore(ksef, redemption)[0]).toBeGreaterThanOrEqual(leastMs)
  })

  it.each([submission, redemption])(
    '%s: waits no longer than the caller allows, and says until when',
    async (asked) => {
      const ksef = ksefDouble()
      ksef.answers(asked, tooMany('20'), tooMany('20'), tooMany('20'), tooMany('20'))
      const error = await enter(ksef, { ...quick, timeoutMs: 50_000 })
      expect(error).toMatchObject({ code: 'LATCHKEY_ENDPOINT_THROTTLED', retryable: true })
      expect(ksef.count(asked)).toBe(3)
      expect(ksef.clock.elapsed()).toBeLessThanOrEqual(50_000)
    },
  )

  it('does not wait for a submission past the life of its challenge', async () => {
    const ksef = ksefDouble()
    const sign = async () => (await ksef.clock.sleep(500_000), '<signed/>')
    ksef.answers(submission, tooMany('120'))
    const error = await enter(ksef, { nip, sign, identity: 'slow', timeoutMs: 600_000 })
    expect(error).toMatchObject({ code: 'LATCHKEY_ENDPOINT_THROTTLED' })
    expect(ksef.count(submission)).toBe(1)
  })

  it('a lost answer that follows the wait is not repeated', async () => {
    const ksef = ksefDouble()
    ksef.answers(redemption, tooMany('2'), networkError('ECONNRESET'))
    expect(await enter(ksef)).toHaveProperty('accessToken')
    expect(ksef.count(redemption)).toBe(3)
    expect(bearersOf(ksef).size).toBe(2)
    expect(ksef.count('POST /auth/challenge')).toBe(2)
  })

  it('keeps the lease meanwhile, so that nobody else signs in', async () => {
    const ksef = ksefDouble()
    ksef.answers(redemption, tooMany('100'))
    expect(await enter(ksef, { ...quick, timeoutMs: 600_000 })).toHaveProperty('accessToken')
    expect(ksef.count('POST /auth/challenge')).toBe(1)
    expect(waitsBefore(ksef, redemption)[0]).toBeGreaterThanOrEqual(100_000)
  })

  it('a document that was signed by hand is not used up by it', async () => {
    const ksef = ksefDouble()
    const client = clientOn(ksef, { rateLimits: false })
    ksef.answers(submission, tooMany('300'))
    const options = { nip, signedXml: '<signed/>', onFirstUse: true }
    const auth = await client.authentication.withSignedRequest(options)
    await expect(ksef.clock.drive(auth.tokenSource.get())).rejects.toMatchObject({
      code: 'LATCHKEY_ENDPOINT_THROTTLED',
    })
    await ksef.clock.advance(301_000)
    await expect(ksef.clock.drive(auth.tokenSource.get())).resolves.toHaveProperty('generation')
    expect(ksef.count(submission)).toBe(2)
  })

  it('waits for a turn of its own budget before it redeems', async () => {
    const ksef = ksefDouble()
    const rateLimits = { public: { perSecond: 3, perMinute: 3, perHour: -1 } }
    const client = clientOn(ksef, { rateLimits })
    const work = client.authentication.withSignedRequest({ ...quick, timeoutMs: 300_000 })
    expect(await ksef.clock.drive(work)).toHaveProperty('accessToken')
    expect(ksef.count(redemption)).toBe(1)
    expect(ksef.count('POST /auth/challenge')).toBe(1)
    expect(ksef.clock.elapsed()).toBeGreaterThanOrEqual(59_000)
  })
})
