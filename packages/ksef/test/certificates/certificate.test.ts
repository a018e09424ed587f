import { createHash, createPublicKey, generateKeyPairSync, webcrypto } from 'node:crypto'
import type { X509CertificateCreateParamsName } from '@peculiar/x509'
import { beforeAll, describe, expect, test } from 'vitest'
import { Certificate, parseCertificate } from '../../src/certificates/certificate.ts'
import type { CertificateAndKey } from '../../src/certificates/p12.ts'
import { generatePrivateKey } from '../../src/certificates/private-key.ts'
import { generatePersonalTestCertificate, generateTestCertificate } from '../../src/certificates/test-certificate.ts'
import { loadX509 } from '../../src/certificates/x509-library.ts'

let seal: CertificateAndKey

beforeAll(async () => {
  seal = await generateTestCertificate({ nip: '5265877635', algorithm: 'ec' })
})

// A certificate with any subject and key, which the product's own makers would refuse.
async function selfSigned(
  name: X509CertificateCreateParamsName,
  algorithm: object = { name: 'ECDSA', namedCurve: 'P-256' },
): Promise<Uint8Array> {
  const x509 = await loadX509()
  const keys = await webcrypto.subtle.generateKey(algorithm as webcrypto.EcKeyGenParams, true, ['sign', 'verify']) // One of several shapes.
  const signingAlgorithm = { hash: 'SHA-256', ...algorithm }
  const made = await x509.X509CertificateGenerator.createSelfSigned({ name, keys, signingAlgorithm })
  return new Uint8Array(made.rawData)
}

describe('a certificate as a value', () => {
  test('PEM, Base64, and bytes of PEM and DER give the same certificate', () => {
    const { certificate } = seal
    const base64 = Buffer.from(certificate.der).toString('base64')
    for (const source of [certificate.toPem(), base64, certificate.der, Buffer.from(certificate.toPem())]) {
      expect(Buffer.from(parseCertificate(source).der)).toEqual(Buffer.from(certificate.der))
    }
  })

  test('the fingerprint is SHA-256 over DER in 64 capital digits (1.8)', () => {
    const { fingerprint, der } = seal.certificate
    expect(fingerprint).toBe(createHash('sha256').update(der).digest('hex').toUpperCase())
    expect(fingerprint).toMatch(/^[0-9A-F]{64}$/)
  })

  test('changing what it gave away changes nothing in it', () => {
    const { certificate } = seal
    const before = certificate.fingerprint
    certificate.der.fill(0)
    certificate.validFrom.setTime(0)
    expect(certificate.validFrom.getTime()).toBeGreaterThan(0)
    expect(parseCertificate(certificate.der).fingerprint).toBe(before)
  })

  test('it is valid from its first moment to its last', () => {
    const { certificate } = seal
    const [from, to] = [certificate.validFrom.getTime(), certificate.validTo.getTime()]
    expect([from - 1, from, to, to + 1].map((at) => certificate.isValidAt(at))).toEqual([false, true, true, false])
  })

  test('its own private key matches, and another, and the public key, do not', async () => {
    const { certificate, privateKey } = seal
    expect(certificate.matches(privateKey)).toBe(true)
    expect(certificate.matches(await generatePrivateKey('ec'))).toBe(false)
    expect(certificate.matches(await generatePrivateKey('rsa'))).toBe(false)
    expect(certificate.matches(createPublicKey(privateKey))).toBe(false)
  })

  test.each([
    [{ name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) }, 'rsa', 2048],
    [{ name: 'RSASSA-PKCS1-v1_5', modulusLength: 3072, publicExponent: new Uint8Array([1, 0, 1]) }, 'rsa', 3072],
    [{ name: 'ECDSA', namedCurve: 'P-384' }, 'ec', 'P-384'],
  ])('the algorithm of its key is told (%#)', async (algorithm, type, detail) => {
    const certificate = parseCertificate(await selfSigned('CN=demo', { hash: 'SHA-256', ...algorithm }))
    expect(certificate.algorithm).toEqual(type === 'rsa' ? { type, bits: detail } : { type, curve: detail })
  })

  test('an RSA key of 1024 bits is refused (2.3)', async () => {
    const short = {
      name: 'RSASSA-PKCS1-v1_5',
      hash: 'SHA-256',
      modulusLength: 1024,
      publicExponent: new Uint8Array([1, 0, 1]),
    }
    const der = await selfSigned('CN=demo', short)
    expect(() => parseCertificate(der)).toThrow(expect.objectContaining({ code: 'KSEF_CREDENTIAL_UNSUPPORTED' }))
  })

  test.each([
    '',
    'garbage',
    '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
    new Uint8Array(),
    Buffer.alloc(99),
  ])('garbage is refused (%#)', (source) =>
    expect(() => parseCertificate(source)).toThrow(
      expect.objectContaining({ code: 'KSEF_CREDENTIAL_UNREADABLE', retryable: false }),
    ),
  )

  test('a private key in place of the certificate is refused and not shown', () => {
    const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' })
    expect(() => parseCertificate(pem)).toThrow(/not the key/)
    expect(() => parseCertificate(pem)).not.toThrow(String(pem).split('\n')[1] ?? '')
  })
})

describe('whom a certificate names (2.4)', () => {
  test.each([
    ['2.5.4.5=TINPL-5265877635, CN=demo, C=PL', { type: 'Nip', value: '5265877635' }],
    ['2.5.4.5=NIP-5265877635, CN=demo, C=PL', { type: 'Nip', value: '5265877635' }],
    ['2.5.4.5=PNOPL-15062788702, CN=demo, C=PL', { type: 'Pesel', value: '15062788702' }],
    ['2.5.4.5=PESEL: 15062788702, CN=demo, C=PL', { type: 'Pesel', value: '15062788702' }],
    ['O=Demo, 2.5.4.97=VATPL-5265877635, CN=demo, C=PL', { type: 'Nip', value: '5265877635' }],
  ])('%s', async (name, identity) => {
    expect(parseCertificate(await selfSigned(name)).identity).toEqual(identity)
  })

  test('a name part of several attributes is read, too', async () => {
    const der = await selfSigned([{ CN: ['demo'], '2.5.4.5': ['PNOPL-15062788702'] }, { C: ['PL'] }])
    expect(parseCertificate(der).identity).toEqual({ type: 'Pesel', value: '15062788702' })
  })

  test.each([
    '2.5.4.5=-15062788702, CN=demo',
    '2.5.4.5=TINPL-111111, CN=demo',
    'CN=VATPL-5265877635, C=PL',
    'O=Demo\\, serialNumber\\=TINPL-5265877635, C=DE',
  ])('%s names no Polish number, so its fingerprint is its identity', async (name) => {
    const certificate = parseCertificate(await selfSigned(name))
    expect(certificate.identity).toEqual({ type: 'Fingerprint', value: certificate.fingerprint })
  })

  test('the makers of test certificates and the reader agree', async () => {
    const person = await generatePersonalTestCertificate({ pesel: '15062788702' })
    expect(person.certificate).toBeInstanceOf(Certificate)
    expect(person.certificate.identity).toEqual({ type: 'Pesel', value: '15062788702' })
    expect(seal.certificate.identity).toEqual({ type: 'Nip', value: '5265877635' })
  })
})
