import { describe, expect, it } from 'vitest'
import { clientOn } from '../support/clients.ts'
import { ksefDouble, replied } from '../support/ksef-double.ts'
import type { KsefDouble } from '../support/ksef-double.ts'
import { publishedKey } from '../support/keys.ts'

const path = 'GET /security/public-key-certificates'
const day = 86_400_000
const now = Date.UTC(2031, 4, 1, 12)
const at = (days: number): string => new Date(now + days * day).toISOString()

/** A client of a KSeF that publishes these keys, again and again. */
async function publishing(...changes: readonly object[]) {
  const ksef = ksefDouble()
  const keys = await Promise.all(changes.map((each) => publishedKey(each)))
  ksef.answers(path, ...Array.from({ length: 5 }, () => () => replied(200, keys)))
  return { ksef, encryption: clientOn(ksef).encryption }
}

const usage = 'SymmetricKeyEncryption'

describe('which key is used (2.8)', () => {
  it.each<[name: string, keys: readonly object[], chosen: string]>([
    ['of two that are valid, the one that became so last', [key('old', -20, 20), key('new', -2, 30)], 'new'],
    ['one that begins in this very second, which `Date` does not tell', [key('now', 0.9 / 86_400, 20)], 'now'],
    ['not one that begins later', [key('now', -20, 20), key('later', 1, 30)], 'now'],
    ['not one that has ended', [key('ended', -1, 0), key('now', -20, 20)], 'now'],
    [
      'one of this use',
      [
        { ...key('other', -1, 30), usage: ['KsefTokenEncryption'] },
        { ...key('mine', -9, 30), usage: [usage] },
      ],
      'mine',
    ],
    ['beside uses that nobody knows', [{ ...key('both', -1, 30), usage: ['Moon', usage] }], 'both'],
  ])('%s', async (_name, keys, chosen) => {
    const { encryption } = await publishing(...keys)
    expect(await encryption.getCertificate({ usage })).toMatchObject({ certificateId: chosen })
  })

  it('none, which is said', async () => {
    const { encryption } = await publishing(key('later', 1, 30))
    await expect(encryption.getCertificate({ usage })).rejects.toMatchObject({
      code: 'KSEF_KEY_UNUSABLE',
      reason: 'none',
      retryable: true,
    })
  })

  it('never one whose id is not its own', async () => {
    const { encryption } = await publishing({ publicKeyId: 'A'.repeat(43) + '=' })
    await expect(encryption.getCertificate({ usage })).rejects.toMatchObject({ reason: 'id' })
  })

  it('never one of elliptic curves: no document says how', async () => {
    const ksef = ksefDouble()
    ksef.answers(path, replied(200, [await publishedKey({}, 'ec')]))
    await expect(clientOn(ksef).encryption.getCertificate({ usage })).rejects.toMatchObject({ reason: 'kind' })
  })
})

describe('how long it is kept', () => {
  it('six hours', async () => {
    const { ksef, encryption } = await publishing(key('a', -20, 20))
    await encryption.getCertificate({ usage })
    await ksef.clock.advance(6 * 3_600_000 - 1)
    await encryption.getCertificate({ usage })
    expect(ksef.count(path)).toBe(1)
    await ksef.clock.advance(1)
    await encryption.getCertificate({ usage })
    expect(ksef.count(path)).toBe(2)
  })

  it('not past its end', async () => {
    const { ksef, encryption } = await publishing(key('short', -20, 1 / 24))
    await encryption.getCertificates()
    await ksef.clock.advance(3_600_000)
    await encryption.getCertificates()
    expect(ksef.count(path)).toBe(2)
  })

  it('asks once for callers at the same time, and each again after a failure', async () => {
    const { ksef, encryption } = await publishing(key('a', -20, 20))
    await Promise.all(Array.from({ length: 20 }, () => encryption.getCertificates({ usage })))
    expect(ksef.count(path)).toBe(1)
    const other: KsefDouble = ksefDouble()
    other.answers(path, replied(400, {}), replied(200, [await publishedKey()]))
    const client = clientOn(other)
    const [first, second] = await Promise.allSettled([
      client.encryption.getCertificates(),
      client.encryption.getCertificates(),
    ])
    expect([first.status, second.status]).toEqual(['rejected', 'fulfilled'])
  })

  it('refuses what it does not know before anything is sent', async () => {
    const { ksef, encryption } = await publishing(key('a', -20, 20))
    await expect(encryption.getCertificates({ usage: 'Other' as never })).rejects.toThrow(/usage/)
    await expect(encryption.getCertificate({} as never)).rejects.toThrow(/usage: say what/)
    await expect(encryption.getCertificate({ use: usage } as never)).rejects.toThrow(/unknown option "use"/)
    expect(ksef.heard).toEqual([])
  })
})

function key(certificateId: string, fromDays: number, toDays: number): object {
  return { certificateId, validFrom: at(fromDays), validTo: at(toDays) }
}
