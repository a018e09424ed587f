import { constants, privateDecrypt } from 'node:crypto'
import { Secret } from '@latchkey/core'
import { beforeAll, expect, test } from 'vitest'
import type { CertificateAndKey } from '../../src/certificates/p12.ts'
import { generateTestCertificate } from '../../src/certificates/test-certificate.ts'
import { encryptKsefToken } from '../../src/values/ksef-token.ts'

const ksefToken = `20251010-EC-1DCE3E3000-12ECB5B36E-45|nip-5265877635|${'0123456789abcdef'.repeat(4)}`
const timestampMs = 1_752_236_636_015

let rsa: CertificateAndKey
let ec: CertificateAndKey

beforeAll(async () => {
  rsa = await generateTestCertificate({ nip: '5265877635', algorithm: 'rsa' })
  ec = await generateTestCertificate({ nip: '5265877635', algorithm: 'ec' })
})

function open(encrypted: string, oaepHash: string): string {
  const padding = constants.RSA_PKCS1_OAEP_PADDING
  return privateDecrypt({ key: rsa.privateKey, padding, oaepHash }, Buffer.from(encrypted, 'base64')).toString('utf8')
}

test('section 2.7: token, bar and the milliseconds come out of RSA-OAEP with SHA-256, and not with SHA-1', () => {
  const encrypted = encryptKsefToken({ ksefToken, timestampMs, certificate: rsa.certificate })
  expect(encrypted).toMatch(/^[A-Za-z0-9+/]{342}==$/)
  expect(open(encrypted, 'sha256')).toBe(`${ksefToken}|1752236636015`)
  expect(() => open(encrypted, 'sha1')).toThrow()
})

test('section 2.8: the certificate is taken as the API gives it, and as PEM or DER; a Secret is taken too', () => {
  const { certificate } = rsa
  for (const source of [Buffer.from(certificate.der).toString('base64'), certificate.toPem(), certificate.der]) {
    const encrypted = encryptKsefToken({ ksefToken: new Secret(ksefToken), timestampMs, certificate: source })
    expect(open(encrypted, 'sha256')).toBe(`${ksefToken}|1752236636015`)
  }
})

test('every call gives another text', () => {
  const options = { ksefToken, timestampMs, certificate: rsa.certificate }
  expect(encryptKsefToken(options)).not.toBe(encryptKsefToken(options))
})

test('a token of 160 characters fits a 2048-bit key, and 161 are refused', () => {
  const of = (length: number) =>
    encryptKsefToken({ ksefToken: 'x'.repeat(length), timestampMs, certificate: rsa.certificate })
  expect(of(160)).toHaveLength(344)
  expect(() => of(161)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG' }))
})

test.each([1_752_236_636, 1_752_236_636_015.5, Number.NaN, '1752236636015' as unknown as number])(
  'a time of %s is not the milliseconds of a challenge',
  (wrong) =>
    expect(() => encryptKsefToken({ ksefToken, timestampMs: wrong, certificate: rsa.certificate })).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG' }),
    ),
)

test('section 2.7: an elliptic-curve certificate is refused, since no document says how to use one', () => {
  expect(() => encryptKsefToken({ ksefToken, timestampMs, certificate: ec.certificate })).toThrow(/RSA/)
})

test('garbage in place of a certificate is refused, and the token is in no message', () => {
  for (const certificate of ['garbage', Buffer.from('garbage'), ec.certificate]) {
    const attempt = () => encryptKsefToken({ ksefToken, timestampMs, certificate })
    expect(attempt).toThrow()
    expect(attempt).not.toThrow(ksefToken.slice(0, 20))
  }
  expect(() => encryptKsefToken({ ksefToken: '', timestampMs, certificate: rsa.certificate })).toThrow(/ksefToken/)
})
