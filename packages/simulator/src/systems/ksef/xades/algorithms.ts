/**
 * The algorithms that signatures may use.
 *
 * @see spec/ksef.md section 2.3
 * @module
 */
import { constants, createHash, type KeyObject, verify } from 'node:crypto'

/** The hash of a DigestMethod, as node:crypto names it. */
export const digestMethods: Readonly<Record<string, string>> = {
  'http://www.w3.org/2000/09/xmldsig#sha1': 'sha1',
  'http://www.w3.org/2001/04/xmlenc#sha256': 'sha256',
  'http://www.w3.org/2001/04/xmldsig-more#sha384': 'sha384',
  'http://www.w3.org/2001/04/xmlenc#sha512': 'sha512',
  'http://www.w3.org/2007/05/xmldsig-more#sha3-256': 'sha3-256',
  'http://www.w3.org/2007/05/xmldsig-more#sha3-384': 'sha3-384',
  'http://www.w3.org/2007/05/xmldsig-more#sha3-512': 'sha3-512',
}

/** A SignatureMethod. */
export interface SignatureMethod {
  readonly family: 'pkcs1' | 'pss' | 'ecdsa'
  readonly hash: string
}

const more2001 = 'http://www.w3.org/2001/04/xmldsig-more#'
const more2007 = 'http://www.w3.org/2007/05/xmldsig-more#'
const more2021 = 'http://www.w3.org/2021/04/xmldsig-more#'

/** By URI. */
export const signatureMethods: Readonly<Record<string, SignatureMethod>> = {
  'http://www.w3.org/2000/09/xmldsig#rsa-sha1': { family: 'pkcs1', hash: 'sha1' },
  [`${more2001}rsa-sha256`]: { family: 'pkcs1', hash: 'sha256' },
  [`${more2001}rsa-sha384`]: { family: 'pkcs1', hash: 'sha384' },
  [`${more2001}rsa-sha512`]: { family: 'pkcs1', hash: 'sha512' },
  [`${more2007}sha1-rsa-MGF1`]: { family: 'pss', hash: 'sha1' },
  [`${more2007}sha256-rsa-MGF1`]: { family: 'pss', hash: 'sha256' },
  [`${more2007}sha384-rsa-MGF1`]: { family: 'pss', hash: 'sha384' },
  [`${more2007}sha512-rsa-MGF1`]: { family: 'pss', hash: 'sha512' },
  [`${more2007}sha3-256-rsa-MGF1`]: { family: 'pss', hash: 'sha3-256' },
  [`${more2007}sha3-384-rsa-MGF1`]: { family: 'pss', hash: 'sha3-384' },
  [`${more2007}sha3-512-rsa-MGF1`]: { family: 'pss', hash: 'sha3-512' },
  [`${more2001}ecdsa-sha1`]: { family: 'ecdsa', hash: 'sha1' },
  [`${more2001}ecdsa-sha256`]: { family: 'ecdsa', hash: 'sha256' },
  [`${more2001}ecdsa-sha384`]: { family: 'ecdsa', hash: 'sha384' },
  [`${more2001}ecdsa-sha512`]: { family: 'ecdsa', hash: 'sha512' },
  [`${more2021}ecdsa-sha3-256`]: { family: 'ecdsa', hash: 'sha3-256' },
  [`${more2021}ecdsa-sha3-384`]: { family: 'ecdsa', hash: 'sha3-384' },
  [`${more2021}ecdsa-sha3-512`]: { family: 'ecdsa', hash: 'sha3-512' },
}

/** A canonical form: the library's mode, and whether comments are part of it. */
export interface CanonicalMethod {
  readonly mode: 0 | 1 | 2
  readonly withComments: boolean
}

/** By URI. */
export const canonicalMethods: Readonly<Record<string, CanonicalMethod>> = {
  'http://www.w3.org/TR/2001/REC-xml-c14n-20010315': { mode: 0, withComments: false },
  'http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments': { mode: 0, withComments: true },
  'http://www.w3.org/2001/10/xml-exc-c14n#': { mode: 1, withComments: false },
  'http://www.w3.org/2001/10/xml-exc-c14n#WithComments': { mode: 1, withComments: true },
  'http://www.w3.org/2006/12/xml-c14n11': { mode: 2, withComments: false },
  'http://www.w3.org/2006/12/xml-c14n11#WithComments': { mode: 2, withComments: true },
}

/** Bytes of one half of an ECDSA signature, by the curve's name in node:crypto. */
const halves: Readonly<Record<string, number>> = {
  prime256v1: 32,
  secp384r1: 48,
  secp521r1: 66,
  secp256k1: 32,
  brainpoolP256r1: 32,
  brainpoolP384r1: 48,
  brainpoolP512r1: 64,
}

/** True of a key that is long enough: RSA from 2048 bits, and curves from 256 bits. */
export function isStrongKey(key: KeyObject): boolean {
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {}
  return key.asymmetricKeyType === 'ec' ? Object.hasOwn(halves, namedCurve) : isRsa(key) && modulusLength >= 2048
}

/** True of a signature value that a key has made. ECDSA is R‖S of exactly the curve's length. */
export function isSignedBy(key: KeyObject, { family, hash }: SignatureMethod, data: Buffer, value: Buffer): boolean {
  if (family === 'ecdsa') {
    const half = halves[key.asymmetricKeyDetails?.namedCurve ?? '']
    if (key.asymmetricKeyType !== 'ec' || (half !== undefined && value.length !== 2 * half)) return false
    return isVerified(() => verify(hash, data, { key, dsaEncoding: 'ieee-p1363' }, value))
  }
  if (!isRsa(key) || (family === 'pkcs1' && key.asymmetricKeyType !== 'rsa')) return false
  const padding = family === 'pss' ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING
  const salt = family === 'pss' ? { saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : {}
  return isVerified(() => verify(hash, data, { key, padding, ...salt }, value))
}

/** The digest of a text, Base64. */
export function digestOf(hash: string, data: string | Uint8Array): string {
  return createHash(hash).update(data).digest('base64')
}

function isRsa(key: KeyObject): boolean {
  return key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'rsa-pss'
}

/** A key that cannot do what is asked of it has not signed. */
function isVerified(attempt: () => boolean): boolean {
  try {
    return attempt()
  } catch {
    return false
  }
}
