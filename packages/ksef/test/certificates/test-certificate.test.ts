import { X509Certificate } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { generatePersonalTestCertificate, generateTestCertificate } from '../../src/certificates/test-certificate.ts'
import type { TestPersonOptions } from '../../src/certificates/test-certificate.ts'
import { openssl, opensslTest } from './support.ts'

const now = Date.UTC(2026, 1, 2, 8, 30)
const clock = { wall: () => now }

describe('test certificates (section 2.5)', () => {
  test('an organisation has O, VATPL, CN and C in this order, and no given name', async () => {
    const { certificate } = await generateTestCertificate({
      nip: '5265877635',
      organizationName: 'Spółka Testowa sp. z o.o.',
    })
    expect(certificate.subject).toEqual([
      'O=Spółka Testowa sp. z o.o.',
      'organizationIdentifier=VATPL-5265877635',
      'CN=Spółka Testowa sp. z o.o.',
      'C=PL',
    ])
    expect(certificate.issuer).toEqual(certificate.subject)
  })

  test('a person with a PESEL has PNOPL, and one with a NIP has TINPL, and neither has an organisation', async () => {
    const options = { givenName: 'Jan', surname: 'Kowalski-Żółć', algorithm: 'ec' } as const
    const withPesel = await generatePersonalTestCertificate({ ...options, pesel: '15062788702' })
    expect(withPesel.certificate.subject).toEqual([
      'GN=Jan',
      'SN=Kowalski-Żółć',
      'serialNumber=PNOPL-15062788702',
      'CN=Jan Kowalski-Żółć',
      'C=PL',
    ])
    const withNip = await generatePersonalTestCertificate({ ...options, nip: '5265877635' })
    expect(withNip.certificate.subject[2]).toBe('serialNumber=TINPL-5265877635')
  })

  test('it begins an hour ago and ends in a year', async () => {
    const { certificate } = await generateTestCertificate({ nip: '5265877635', algorithm: 'ec', clock })
    expect(certificate.validFrom.toISOString()).toBe('2026-02-02T07:30:00.000Z')
    expect(certificate.validTo.toISOString()).toBe('2027-02-02T08:30:00.000Z')
    expect(certificate.isValidAt(now)).toBe(true)
  })

  test.each([
    ['rsa', { type: 'rsa', bits: 2048 }],
    ['ec', { type: 'ec', curve: 'P-256' }],
  ] as const)(
    '%s: the key matches, the certificate signs itself, and the serial has 16 digits',
    async (algorithm, detail) => {
      const { certificate, privateKey } = await generateTestCertificate({ nip: '5265877635', algorithm })
      expect(certificate.algorithm).toEqual(detail)
      expect(certificate.matches(privateKey)).toBe(true)
      expect(new X509Certificate(certificate.der).verify(certificate.publicKey)).toBe(true)
      expect(certificate.serialNumber).toMatch(/^[0-9A-F]{16}$/)
    },
  )

  test('two certificates share neither key nor serial', async () => {
    const [one, two] = await Promise.all(
      [1, 2].map(() => generateTestCertificate({ nip: '5265877635', algorithm: 'ec' })),
    )
    expect(one?.certificate.serialNumber).not.toBe(two?.certificate.serialNumber)
    expect(one && two?.certificate.matches(one.privateKey)).toBe(false)
  })

  test('other shapes of number, both numbers at once, and empty names are refused', async () => {
    const refusal = expect.objectContaining({ code: 'ERR_INVALID_ARG' }) as Error
    await expect(generateTestCertificate({ nip: '526' })).rejects.toThrow(refusal)
    await expect(generateTestCertificate({ nip: '5265877635', organizationName: ' ' })).rejects.toThrow(refusal)
    await expect(generateTestCertificate({ nip: '5265877635', algorithm: 'dsa' as 'ec' })).rejects.toThrow(refusal)
    await expect(generatePersonalTestCertificate({ pesel: '5265877635' })).rejects.toThrow(refusal)
    const both = { pesel: '15062788702', nip: '5265877635' } as unknown as TestPersonOptions // As JavaScript could call it.
    await expect(generatePersonalTestCertificate(both)).rejects.toThrow(refusal)
    await expect(generatePersonalTestCertificate({} as TestPersonOptions)).rejects.toThrow(refusal)
  })

  opensslTest('openssl reads it: version 3, SHA-256, key usage digitalSignature, names as UTF-8', async () => {
    const { certificate } = await generateTestCertificate({ nip: '5265877635', organizationName: 'Żółta' })
    const text = openssl(['x509', '-noout', '-text', '-nameopt', 'utf8,show_type'], certificate.toPem()).toString()
    expect(text).toContain('Version: 3')
    expect(text).toContain('sha256WithRSAEncryption')
    expect(text).toMatch(/Key Usage: critical\s+Digital Signature\n/)
    expect(text).toMatch(/O\s*=\s*UTF8STRING:Żółta/)
    expect(text).toMatch(/organizationIdentifier\s*=\s*UTF8STRING:VATPL-5265877635/)
    expect(text).toMatch(/C\s*=\s*PRINTABLESTRING:PL/)
  })
})
