import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format, inspect } from 'node:util'
import { isLatchkeyError, Secret } from '@latchkey/core'
import { beforeAll, expect, test } from 'vitest'
import { parseCertificate } from '../../src/certificates/certificate.ts'
import { credentialErrorCodes } from '../../src/certificates/errors.ts'
import type { CredentialErrorCode } from '../../src/certificates/errors.ts'
import type { CertificateAndKey } from '../../src/certificates/p12.ts'
import { loadCertificateAndKeyFromP12 } from '../../src/certificates/p12.ts'
import { loadPrivateKeyFromPem } from '../../src/certificates/pem.ts'
import { generatePrivateKey } from '../../src/certificates/private-key.ts'
import { generateTestCertificate } from '../../src/certificates/test-certificate.ts'
import { signXades } from '../../src/xades/sign-xades.ts'
import { localSigner } from '../../src/xades/signer.ts'
import { temporaryFolder } from './support.ts'

const password = `p/${randomBytes(15).toString('base64url')}`
const pkcs8 = { type: 'pkcs8', format: 'pem' } as const

let seal: CertificateAndKey

beforeAll(async () => {
  seal = await generateTestCertificate({ nip: '5265877635', algorithm: 'ec' })
})

// Every form in which a thing can be looked at.
function shown(value: unknown): string {
  const texts: string[] = []
  for (let at: unknown = value, depth = 0; depth < 6 && at !== undefined; depth += 1) {
    texts.push(format('%s', at), JSON.stringify(at) ?? '', inspect(at, { depth: 9, showHidden: true, getters: true }))
    if (at instanceof Error) texts.push(at.stack ?? '')
    if (isLatchkeyError(at)) texts.push(JSON.stringify(at.details))
    at = at instanceof Error ? at.cause : undefined
  }
  return texts.join('\n')
}

// The private number itself, in every encoding in which it could come out.
function secretsOf({ privateKey }: CertificateAndKey): string[] {
  const { d = '' } = privateKey.export({ format: 'jwk' })
  const bytes = Buffer.from(d, 'base64url')
  const body = String(privateKey.export(pkcs8)).split('\n')[1] ?? ''
  return [d, bytes.toString('hex'), bytes.toString('base64'), bytes.toString('latin1'), body, [...bytes].join(', ')]
}

const makers: Record<CredentialErrorCode, () => Promise<unknown>> = {
  KSEF_CREDENTIAL_UNREADABLE: () => {
    const path = join(temporaryFolder(), `${password.slice(2)}.p12`)
    writeFileSync(path, `${password}${String(seal.privateKey.export(pkcs8))}`)
    return loadCertificateAndKeyFromP12(path, { password })
  },
  KSEF_CREDENTIAL_PASSWORD: () => {
    const encrypted = seal.privateKey.export({ ...pkcs8, cipher: 'aes-256-cbc', passphrase: 'another' })
    return loadPrivateKeyFromPem(String(encrypted), { password: new Secret(password) })
  },
  KSEF_CREDENTIAL_UNSUPPORTED: () =>
    loadPrivateKeyFromPem(String(generateKeyPairSync('ed25519').privateKey.export(pkcs8)), { password }),
  KSEF_CREDENTIAL_MISMATCH: async () =>
    localSigner({ certificate: seal.certificate, privateKey: await generatePrivateKey() }),
}

test.each(Object.keys(credentialErrorCodes) as CredentialErrorCode[])(
  '%s shows neither key nor password',
  async (code) => {
    const error: unknown = await makers[code]().then(
      () => expect.unreachable('it succeeded'),
      (error: unknown) => error,
    )
    expect(error).toMatchObject({ code, retryable: false, details: { provider: 'ksef' } })
    const text = shown(error)
    for (const secret of [password, password.slice(2), encodeURIComponent(password), ...secretsOf(seal)]) {
      expect(text).not.toContain(secret)
    }
  },
)

test('a loaded pair, its certificate and a signer show no private key', () => {
  const signer = localSigner(seal)
  const text = [seal, seal.certificate, seal.privateKey, signer, signer.sign, { seal, signer }].map(shown).join('\n')
  for (const secret of secretsOf(seal)) expect(text).not.toContain(secret)
})

test('a signed document holds no private key', async () => {
  const xml = await signXades('<r/>', localSigner(seal))
  for (const secret of secretsOf(seal)) expect(xml).not.toContain(secret)
})

test('a key that is given where a certificate belongs is in no error', () => {
  const pem = String(seal.privateKey.export(pkcs8))
  let error: unknown
  try {
    parseCertificate(pem)
  } catch (thrown) {
    error = thrown
  }
  expect(error).toMatchObject({ code: 'KSEF_CREDENTIAL_UNREADABLE' })
  for (const secret of secretsOf(seal)) expect(shown(error)).not.toContain(secret)
})
