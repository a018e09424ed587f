import { createPublicKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Secret } from '@latchkey/core'
import forge from 'node-forge'
import { beforeAll, describe, expect, test } from 'vitest'
import { loadCertificateAndKeyFromP12 } from '../../src/certificates/p12.ts'
import type { CertificateAndKey } from '../../src/certificates/p12.ts'
import { generateTestCertificate } from '../../src/certificates/test-certificate.ts'
import { openssl, opensslTest, temporaryFolder } from './support.ts'

const password = 'demo-password'
const pem = (key: KeyObject): string => String(key.export({ type: 'pkcs8', format: 'pem' }))
const coded = (code: string): Error => expect.objectContaining({ code }) as Error

let rsa: CertificateAndKey
let ec: CertificateAndKey
let other: CertificateAndKey

beforeAll(async () => {
  rsa = await generateTestCertificate({ nip: '5265877635', algorithm: 'rsa' })
  ec = await generateTestCertificate({ nip: '5265877635', algorithm: 'ec' })
  other = await generateTestCertificate({ nip: '1111111111', algorithm: 'rsa' })
})

// Made without the openssl command, so that these tests run everywhere.
function forged(
  key: KeyObject,
  certificates: readonly CertificateAndKey[],
  options: object = {},
  word: string | null = password,
) {
  const asn1 = forge.pkcs12.toPkcs12Asn1(
    forge.pki.privateKeyFromPem(pem(key)),
    certificates.map(({ certificate }) => forge.pki.certificateFromPem(certificate.toPem())),
    word,
    options,
  )
  return Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'latin1')
}

function exported({ certificate, privateKey }: CertificateAndKey, word: string, ...options: readonly string[]): Buffer {
  return openssl(['pkcs12', '-export', '-passout', `pass:${word}`, ...options], pem(privateKey) + certificate.toPem())
}

function expectSame(loaded: CertificateAndKey, original: CertificateAndKey): void {
  expect(Buffer.from(loaded.certificate.der)).toEqual(Buffer.from(original.certificate.der)) // Byte by byte: it is signed.
  expect(createPublicKey(loaded.privateKey).equals(createPublicKey(original.privateKey))).toBe(true)
  expect(loaded.certificate.matches(loaded.privateKey)).toBe(true)
}

describe('PKCS#12', () => {
  test.each(['3des', 'aes128', 'aes256'])(
    'a key encrypted with %s opens, from bytes and from a file',
    async (algorithm) => {
      const file = forged(rsa.privateKey, [rsa], { algorithm })
      const path = join(temporaryFolder(), 'demo.p12')
      writeFileSync(path, file)
      expectSame(await loadCertificateAndKeyFromP12(file, { password }), rsa)
      expectSame(await loadCertificateAndKeyFromP12(path, { password: new Secret(password) }), rsa)
    },
  )

  test('of several certificates the one that belongs to the key is taken', async () => {
    expectSame(await loadCertificateAndKeyFromP12(forged(rsa.privateKey, [other, rsa]), { password }), rsa)
  })

  test('a file without a certificate for its key is refused', async () => {
    const file = forged(rsa.privateKey, [other])
    await expect(loadCertificateAndKeyFromP12(file, { password })).rejects.toThrow(coded('KSEF_CREDENTIAL_MISMATCH'))
  })

  test('a wrong and a missing password have one code, and are in no message', async () => {
    const file = forged(rsa.privateKey, [rsa])
    for (const wrong of ['private-word', 'żółty', '', undefined]) {
      const error: unknown = await loadCertificateAndKeyFromP12(file, { password: wrong }).catch(
        (error: unknown) => error,
      )
      expect(error).toMatchObject({ code: 'KSEF_CREDENTIAL_PASSWORD', retryable: false })
      expect(String(error)).not.toMatch(/private-word|żółty/)
    }
  })

  test('garbage, a cut file and PEM are refused as unreadable', async () => {
    const file = forged(rsa.privateKey, [rsa])
    for (const wrong of [
      Buffer.alloc(0),
      Buffer.from('garbage'),
      file.subarray(0, 500),
      rsa.certificate.toPem(),
      rsa.certificate.der,
    ]) {
      await expect(loadCertificateAndKeyFromP12(wrong, { password })).rejects.toThrow(
        coded('KSEF_CREDENTIAL_UNREADABLE'),
      )
    }
  })

  test('a file without encryption opens without a password', async () => {
    expectSame(await loadCertificateAndKeyFromP12(forged(rsa.privateKey, [rsa], { useMac: false }, null)), rsa)
  })

  opensslTest.each([
    ['today’s encryption', []],
    [
      'the key in 3DES and the certificate in 3DES, SHA-1',
      ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha1'],
    ],
    ['the old default, with RC2', ['-legacy']],
    ['AES-128 and SHA-512', ['-keypbe', 'AES-128-CBC', '-certpbe', 'AES-128-CBC', '-macalg', 'sha512']],
    ['no MAC', ['-nomac']],
    ['no encryption', ['-keypbe', 'NONE', '-certpbe', 'NONE']],
  ])('RSA and EC files that openssl makes open: %s', async (_, options) => {
    for (const original of [rsa, ec]) {
      const file = exported(original, password, ...options)
      expectSame(await loadCertificateAndKeyFromP12(file, { password }), original)
      const wrong = loadCertificateAndKeyFromP12(file, { password: `${password}!` })
      if (options.includes('-nomac'))
        await expect(wrong).rejects.toThrow(/PKCS#12/) // What it opens to is chance.
      else await expect(wrong).rejects.toThrow(coded('KSEF_CREDENTIAL_PASSWORD'))
    }
  })

  opensslTest('a password with Polish letters opens old and new encryption, and a wrong one is told', async () => {
    const polish = 'zażółć gęślą jaźń'
    for (const options of [[], ['-legacy']]) {
      const file = exported(ec, polish, ...options)
      expectSame(await loadCertificateAndKeyFromP12(file, { password: polish }), ec)
      const wrong = loadCertificateAndKeyFromP12(file, { password: `${polish}ń` })
      await expect(wrong).rejects.toThrow(coded('KSEF_CREDENTIAL_PASSWORD'))
    }
  })

  opensslTest('an empty password opens without one, and with an empty one', async () => {
    const file = exported(ec, '')
    expectSame(await loadCertificateAndKeyFromP12(file), ec)
    expectSame(await loadCertificateAndKeyFromP12(file, { password: '' }), ec)
    await expect(loadCertificateAndKeyFromP12(file, { password })).rejects.toThrow(coded('KSEF_CREDENTIAL_PASSWORD'))
  })

  opensslTest('a certificate that is signed with RSA-PSS comes out byte by byte', async () => {
    const folder = temporaryFolder()
    const [key, certificate] = [join(folder, 'demo.key'), join(folder, 'demo.crt')]
    openssl(['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate, '-subj', '/CN=Żółć/C=PL', '-utf8', '-days', '9', '-sha256', '-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:32', '-addext', 'keyUsage=critical,digitalSignature', '-addext', 'certificatePolicies=1.2.3.4']) // prettier-ignore
    const der = openssl(['x509', '-in', certificate, '-outform', 'DER'])
    const file = openssl(['pkcs12', '-export', '-in', certificate, '-inkey', key, '-passout', `pass:${password}`])
    const loaded = await loadCertificateAndKeyFromP12(file, { password })
    expect(Buffer.from(loaded.certificate.der)).toEqual(der)
  })

  opensslTest('a certificate file without a key is refused', async () => {
    const file = openssl(['pkcs12', '-export', '-nokeys', '-passout', `pass:${password}`], rsa.certificate.toPem())
    await expect(loadCertificateAndKeyFromP12(file, { password })).rejects.toThrow(coded('KSEF_CREDENTIAL_UNREADABLE'))
  })
})
