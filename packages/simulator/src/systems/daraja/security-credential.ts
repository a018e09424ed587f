/**
 * The `SecurityCredential`: an initiator's password under RSA with PKCS#1 v1.5 padding.
 *
 * Node refuses to strip this padding with a private key (and newer OpenSSL answers random bytes), so the raw
 * operation is used and the padding is read here, without a branch on secret bytes.
 *
 * @see spec/daraja.md section 4.1; RFC 8017 section 7.2
 * @module
 */
import { constants, createHash, type KeyObject, privateDecrypt, publicEncrypt, timingSafeEqual } from 'node:crypto'

/** Encrypts a password as a client would. */
export function encryptPassword(publicKey: KeyObject, password: string): string {
  return publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, Buffer.from(password)).toString(
    'base64',
  )
}

/** True when the credential is this password under this key. Anything malformed is simply not. */
export function holdsPassword(privateKey: KeyObject, credential: string, password: string): boolean {
  const block = decryptRaw(privateKey, Buffer.from(credential, 'base64'))
  if (block === null) return false

  // 00 02, at least eight bytes that are not zero, 00, the message. Every byte is looked at, whatever comes first.
  let good = isZero(block[0] ?? 1) & isZero((block[1] ?? 0) ^ 2)
  let start = 0
  let found = 0
  for (let index = 2; index < block.length; index += 1) {
    const separates = isZero(block[index] ?? 1) & (found ^ 1)
    start |= -separates & (index + 1)
    found |= separates
  }
  good &= found & ~((start - 11) >>> 31) & 1 // The message begins at byte 11 or later.
  const equal = timingSafeEqual(digest(block.subarray(start)), digest(Buffer.from(password)))
  return (good & Number(equal)) === 1
}

function decryptRaw(privateKey: KeyObject, encrypted: Buffer): Buffer | null {
  try {
    return privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, encrypted)
  } catch {
    return null // Not as long as the modulus, or greater than it: not secret, since the sender knows both.
  }
}

/** 1 when a byte is zero, otherwise 0. */
function isZero(byte: number): number {
  return ((byte - 1) >>> 31) & 1
}

function digest(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest()
}
