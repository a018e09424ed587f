import { describe, expect, it } from 'vitest'
import { clientOn, quick } from '../support/clients.ts'
import { ksefDouble, networkError, refused, replied } from '../support/ksef-double.ts'
import type { KsefDouble, Reply } from '../support/ksef-double.ts'

function enter(ksef: KsefDouble): Promise<unknown> {
  const work = clientOn(ksef).authentication.withSignedRequest(quick)
  return ksef.clock.drive(work).catch((error: unknown) => error)
}

const redeemers = (ksef: KsefDouble): readonly (string | null)[] =>
  ksef.heard
    .filter(({ asked }) => asked === 'POST /auth/token/redeem')
    .map(({ headers }) => headers.get('authorization'))

describe('redeeming, exactly once (2.10)', () => {
  it.each<[string, Reply]>([
    ['a reset', networkError('ECONNRESET')],
    ['a 502', () => replied(502, undefined)],
    ['an answer without tokens', () => replied(200, { accessToken: null })],
    ['half an answer', () => new Response('{"accessToken":{"tok', { status: 200 })],
  ])('is not repeated after %s: the sign-in begins anew', async (_name, lost) => {
    const ksef = ksefDouble()
    ksef.answers('POST /auth/token/redeem', lost)
    expect(await enter(ksef)).toHaveProperty('accessToken')
    expect(redeemers(ksef)).toHaveLength(2)
    expect(new Set(redeemers(ksef)).size).toBe(2)
    expect(ksef.count('POST /auth/challenge')).toBe(2)
  })

  it('says that the outcome is unknown where three answers in a row are lost', async () => {
    const ksef = ksefDouble()
    ksef.answers('POST /auth/token/redeem', ...[1, 2, 3].map(() => networkError('ECONNRESET')))
    expect(await enter(ksef)).toMatchObject({ code: 'KSEF_REDEMPTION_UNKNOWN', retryable: true })
    expect(new Set(redeemers(ksef)).size).toBe(3)
  })

  it.each([
    ['Tokeny dla operacji uwierzytelniania zostały już pobrane.', 21301],
    ['Operacja nie została znaleziona.', 21304],
  ])('begins anew where KSeF says: %s', async (detail, code) => {
    const ksef = ksefDouble()
    ksef.answers('POST /auth/token/redeem', refused(code, detail))
    expect(await enter(ksef)).toHaveProperty('accessToken')
    expect(ksef.count('POST /auth/challenge')).toBe(2)
  })

  it('ends with a deceased person’s credential (21308)', async () => {
    const ksef = ksefDouble()
    ksef.answers('POST /auth/token/redeem', refused(21308))
    expect(await enter(ksef)).toMatchObject({ code: 'KSEF_IDENTITY_REFUSED', providerCode: '21308' })
    expect(ksef.count('POST /auth/challenge')).toBe(1)
  })
})

describe('a submission that is refused (1.9, 2.6)', () => {
  it.each([
    [9101, 'KSEF_SIGNATURE_REFUSED'],
    [9102, 'KSEF_SIGNATURE_REFUSED'],
    [9103, 'KSEF_SIGNATURE_REFUSED'],
    [9105, 'KSEF_SIGNATURE_REFUSED'],
    [21001, 'KSEF_SIGNATURE_REFUSED'],
    [21115, 'KSEF_CERTIFICATE_REFUSED'],
    [21117, 'KSEF_IDENTITY_REFUSED'],
    [21217, 'KSEF_SIGNATURE_REFUSED'],
    [21401, 'KSEF_SIGNATURE_REFUSED'],
    [21406, 'KSEF_IDENTITY_REFUSED'],
    [29999, 'KSEF_SIGN_IN_REFUSED'],
  ])('%i: %s, and nothing is repeated', async (code, expected) => {
    const ksef = ksefDouble()
    ksef.answers('POST /auth/xades-signature', refused(code))
    expect(await enter(ksef)).toMatchObject({ code: expected, providerCode: String(code), retryable: false })
    expect(ksef.count('POST /auth/xades-signature')).toBe(1)
  })

  it('in the older shape of errors, and in HTML', async () => {
    const ksef = ksefDouble()
    const exceptionDetailList = [{ exceptionCode: 9105, exceptionDescription: 'Nieprawidłowy podpis.', details: [] }]
    ksef.answers(
      'POST /auth/xades-signature',
      replied(400, { exception: { exceptionDetailList, serviceCode: '00-a' } }),
    )
    expect(await enter(ksef)).toMatchObject({ code: 'KSEF_SIGNATURE_REFUSED', correlationId: '00-a' })
    const other = ksefDouble()
    other.answers('POST /auth/xades-signature', new Response('<html>Incapsula</html>', { status: 403 }))
    expect(await enter(other)).toMatchObject({ code: 'KSEF_SIGN_IN_REFUSED', status: 403 })
  })
})
