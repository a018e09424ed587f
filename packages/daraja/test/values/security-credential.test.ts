import { constants, privateDecrypt } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { Secret } from '@latchkey/core'
import { expect, test } from 'vitest'
import { certificateExpiresAt, createSecurityCredential } from '../../src/index.ts'
import { makeCertificate } from '../support/certificate.ts'

const rsa = makeCertificate('rsa')

// Decrypts without help and checks PKCS#1 v1.5 by hand: 00 02, at least 8 bytes without a zero, 00, the message.
function open(credential: string, key: KeyObject): string {
  const block = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, Buffer.from(credential, 'base64'))
  expect([...block.subarray(0, 2)]).toEqual([0, 2])
  const end = block.indexOf(0, 2)
  expect(end).toBeGreaterThanOrEqual(10)
  return block.subarray(end + 1).toString('utf8')
}

test('section 4.1: the plain password and nothing else is encrypted, from PEM and from DER', () => {
  for (const certificate of [rsa.pem, rsa.der, Buffer.from(rsa.pem)]) {
    const credential = createSecurityCredential({ password: 'Demo#Pass&1', certificate })
    expect(credential).toMatch(/^[A-Za-z0-9+/]{342}==$/)
    expect(open(credential, rsa.privateKey)).toBe('Demo#Pass&1')
  }
})

test('section 4.1: every call gives another credential, and a Secret is taken too', () => {
  const options = { password: new Secret('Démo'), certificate: rsa.pem }
  const [one, two] = [createSecurityCredential(options), createSecurityCredential(options)]
  expect(one).not.toBe(two)
  expect(open(two, rsa.privateKey)).toBe('Démo')
})

test('section 4.1: 245 bytes fit a 2048-bit key and 246 do not', () => {
  expect(createSecurityCredential({ password: 'x'.repeat(245), certificate: rsa.pem })).toHaveLength(344)
  expect(() => createSecurityCredential({ password: 'x'.repeat(246), certificate: rsa.pem })).toThrow(/245 bytes/)
})

test('section 4.1: an expired certificate is used, and its end can be asked', () => {
  expect(certificateExpiresAt(rsa.der)).toBe(Date.UTC(2016, 0, 1))
})

test('section 4.1: garbage, other keys and an empty password are refused early, without showing anything', () => {
  const ec = makeCertificate('ec').pem
  for (const options of [
    { password: 'private-word', certificate: 'private-word' },
    { password: 'private-word', certificate: Buffer.from('private-word') },
    { password: 'private-word', certificate: ec },
    { password: '', certificate: rsa.pem },
  ]) {
    const attempt = () => createSecurityCredential(options)
    expect(attempt).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG' }))
    expect(attempt).not.toThrow(/private-word/)
  }
})
