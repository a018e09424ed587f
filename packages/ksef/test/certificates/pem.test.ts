import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Secret } from '@latchkey/core'
import { describe, expect, test } from 'vitest'
import { loadCertificateFromPem, loadPrivateKeyFromPem } from '../../src/certificates/pem.ts'
import { generateTestCertificate } from '../../src/certificates/test-certificate.ts'
import { openssl, opensslTest, temporaryFolder } from './support.ts'

const password = 'zażółć-gęślą'
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const encrypted = (key: KeyObject): string =>
  String(key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: password }))
const coded = (code: string): Error => expect.objectContaining({ code }) as Error

function expectSame(loaded: KeyObject, key: KeyObject): void {
  expect(loaded.type).toBe('private')
  expect(createPublicKey(loaded).equals(createPublicKey(key))).toBe(true)
}

describe('private keys from PEM', () => {
  test('PKCS#8, PKCS#1 and SEC 1 are read from text, bytes, a path and a file URL', async () => {
    for (const [key, type] of [
      [rsa, 'pkcs8'],
      [rsa, 'pkcs1'],
      [ec, 'pkcs8'],
      [ec, 'sec1'],
    ] as const) {
      const pem = String(key.export({ type, format: 'pem' }))
      const path = join(temporaryFolder(), 'demo.key')
      writeFileSync(path, pem)
      for (const source of [pem, Buffer.from(pem), path, pathToFileURL(path)]) {
        expectSame(await loadPrivateKeyFromPem(source), key)
      }
    }
  })

  test('encrypted PKCS#8 opens with its password, a Secret too, Polish letters included', async () => {
    for (const key of [rsa, ec]) {
      expectSame(await loadPrivateKeyFromPem(encrypted(key), { password }), key)
      expectSame(await loadPrivateKeyFromPem(encrypted(key), { password: new Secret(password) }), key)
    }
  })

  test('a wrong, an empty and a missing password have one code, and are in no message', async () => {
    for (const wrong of ['private-word', '', undefined]) {
      const error: unknown = await loadPrivateKeyFromPem(encrypted(ec), { password: wrong }).catch(
        (error: unknown) => error,
      )
      expect(error).toMatchObject({ code: 'KSEF_CREDENTIAL_PASSWORD', retryable: false })
      expect(String(error)).not.toContain('private-word')
    }
  })

  test('a password for a key that is not encrypted is not needed and does no harm', async () => {
    expectSame(await loadPrivateKeyFromPem(String(ec.export({ type: 'pkcs8', format: 'pem' })), { password }), ec)
  })

  opensslTest('the old encryption of PEM (Proc-Type) opens, too', async () => {
    const pem = openssl(
      ['rsa', '-aes128', '-passout', 'pass:demo', '-traditional'],
      String(rsa.export({ type: 'pkcs8', format: 'pem' })),
    )
    expect(pem.toString()).toContain('Proc-Type: 4,ENCRYPTED')
    expectSame(await loadPrivateKeyFromPem(pem, { password: 'demo' }), rsa)
    await expect(loadPrivateKeyFromPem(pem)).rejects.toThrow(coded('KSEF_CREDENTIAL_PASSWORD'))
  })

  test('other keys, public keys, certificates and garbage are refused', async () => {
    const pkcs8 = { type: 'pkcs8', format: 'pem' } as const
    for (const { privateKey } of [
      generateKeyPairSync('ed25519'),
      generateKeyPairSync('rsa', { modulusLength: 1024 }),
      generateKeyPairSync('rsa-pss', { modulusLength: 2048 }),
      generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
    ]) {
      await expect(loadPrivateKeyFromPem(String(privateKey.export(pkcs8)))).rejects.toThrow(
        coded('KSEF_CREDENTIAL_UNSUPPORTED'),
      )
    }
    const { certificate } = await generateTestCertificate({ nip: '5265877635', algorithm: 'ec' })
    const publicPem = String(createPublicKey(ec).export({ type: 'spki', format: 'pem' }))
    for (const wrong of [
      certificate.toPem(),
      publicPem,
      '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----',
      Buffer.from('garbage'),
    ]) {
      await expect(loadPrivateKeyFromPem(wrong)).rejects.toThrow(coded('KSEF_CREDENTIAL_UNREADABLE'))
    }
  })
})

describe('certificates from PEM', () => {
  test('text, bytes, DER and files are read', async () => {
    const { certificate } = await generateTestCertificate({ nip: '5265877635', algorithm: 'ec' })
    const path = join(temporaryFolder(), 'demo.crt')
    writeFileSync(path, `Comments before it\n${certificate.toPem()}`)
    for (const source of [certificate.toPem(), certificate.der, path, pathToFileURL(path)]) {
      expect((await loadCertificateFromPem(source)).fingerprint).toBe(certificate.fingerprint)
    }
  })
})

describe('files', () => {
  test('a missing file, a folder and an unreadable file have one code, the system code as cause, and no path', async () => {
    const folder = temporaryFolder()
    const locked = join(folder, 'locked.key')
    writeFileSync(locked, 'x')
    chmodSync(locked, 0)
    const sources = [join(folder, 'missing.key'), folder, ...(process.getuid?.() === 0 ? [] : [locked])] // Root may read all.
    for (const source of sources) {
      const error: unknown = await loadPrivateKeyFromPem(source).catch((error: unknown) => error)
      expect(error).toMatchObject({ code: 'KSEF_CREDENTIAL_UNREADABLE' })
      expect(String(error) + String((error as Error).cause)).not.toContain(folder) // It is one; see the line above.
    }
  })

  test('1 MiB is read and a byte more is refused, from a file, text and bytes', async () => {
    const path = join(temporaryFolder(), 'large.crt')
    const { certificate } = await generateTestCertificate({ nip: '5265877635', algorithm: 'ec' })
    const filled = (length: number): string => certificate.toPem().padEnd(length, '\n')
    writeFileSync(path, filled(1_048_576))
    expect((await loadCertificateFromPem(path)).fingerprint).toBe(certificate.fingerprint)
    writeFileSync(path, filled(1_048_577))
    for (const source of [path, filled(1_048_577), Buffer.from(filled(1_048_577))]) {
      await expect(loadCertificateFromPem(source)).rejects.toThrow(/larger than 1048576 bytes/)
    }
  })

  test.each(['', new URL('https://ksef.example/demo.key'), 5 as unknown as string])(
    '%s is no source',
    async (source) => {
      await expect(loadPrivateKeyFromPem(source)).rejects.toThrow(coded('ERR_INVALID_ARG'))
    },
  )
})
