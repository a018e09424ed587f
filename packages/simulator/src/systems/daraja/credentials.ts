/**
 * The ready-made app, shortcode and operator. All fictional, apart from the shortcode and test number that the
 * sandbox publishes.
 *
 * @module
 */
import { createHash, generateKeyPair, type KeyObject, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { alphanumeric, hexDigits, type Random } from '../../random.ts'
import { selfSignedCertificate } from './certificate.ts'
import { encryptPassword } from './security-credential.ts'

/** What a program needs to use the imitation. */
export interface DarajaCredentials {
  readonly consumerKey: string
  readonly consumerSecret: string
  readonly shortCode: string
  readonly passkey: string
  readonly initiator: string
  readonly initiatorPassword: string
  /** The password under the simulator's own key, ready to send. Differs from run to run, unlike all else. */
  readonly securityCredential: string
  /** The certificate of that key, PEM; for programs that encrypt the password themselves. */
  readonly certificate: string
  /** A phone that pays, `2547XXXXXXXX`. */
  readonly msisdn: string
}

/** The credentials, and the key that opens what is encrypted for their certificate. */
export interface Identity {
  readonly credentials: DarajaCredentials
  readonly privateKey: KeyObject
}

/** Makes the credentials of a seed, and the key pair, which is new each time. Takes a few hundred milliseconds. */
export async function createCredentials(random: Random, now: number): Promise<Identity> {
  const consumerKey = random.text(alphanumeric, 48)
  const consumerSecret = random.text(alphanumeric, 64)
  const passkey = random.text(hexDigits, 64)
  const initiatorPassword = `${random.text(alphanumeric, 15)}#`
  const keys = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const credentials: DarajaCredentials = {
    consumerKey,
    consumerSecret,
    shortCode: '174379',
    passkey,
    initiator: 'testapi',
    initiatorPassword,
    securityCredential: encryptPassword(keys.publicKey, initiatorPassword),
    certificate: selfSignedCertificate(keys, now),
    msisdn: '254708374149',
  }
  return { credentials: Object.freeze(credentials), privateKey: keys.privateKey }
}

/** Compares two texts in a time that does not depend on where they differ. */
export function sameText(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(left), digest(right))
}
