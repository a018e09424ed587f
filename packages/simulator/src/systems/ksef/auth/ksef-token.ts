/**
 * Authentication with a KSeF token that is encrypted for the environment.
 *
 * @see spec/ksef.md section 2.7
 * @module
 */
import { constants, privateDecrypt } from 'node:crypto'
import { acceptedKeys } from '../encryption/keys.ts'
import { base64, contextIdentifier, fields, optional, readInput, text } from '../fields.ts'
import type { Identity } from '../identity.ts'
import type { PublicOperation } from '../operation.ts'
import { refused } from '../refusal.ts'
import { holdsSecret } from '../tokens/ksef-token.ts'
import type { World } from '../world.ts'
import { type Challenge, challengeEndsAt, useChallenge } from './challenge.ts'
import { authorizationPolicy } from './ip-policy.ts'
import { submit } from './submit.ts'

const request = fields({
  challenge: text(36, 36),
  contextIdentifier: contextIdentifier(),
  encryptedToken: base64(2000).min(1),
  publicKeyId: optional(text(44, 44).and(base64(44))),
  authorizationPolicy: authorizationPolicy(),
})

/** `POST /auth/ksef-token` */
export const ksefTokenOperation: PublicOperation = {
  name: 'ksefToken',
  method: 'POST',
  path: '/v2/auth/ksef-token',
  who: 'public',
  takes: 'json',
  async run({ world, body }) {
    const input = readInput(request, body)
    const plainText = await decrypt(world, input.encryptedToken, input.publicKeyId)
    const challenge = useChallenge(world, input.challenge)
    const claim = readClaim(world, plainText, challenge)
    return submit(world, {
      method: 'token',
      identity: claim.author,
      context: input.contextIdentifier,
      ipPolicy: input.authorizationPolicy,
      ksefToken: claim.reference,
      certificate: null,
      tokenFault: claim.fault,
      challengeExpiresAt: challengeEndsAt(world, challenge),
    })
  },
}

/** The decrypted text, or null. @throws {Refusal} 21470: the key that is named is none, or withdrawn. */
async function decrypt(world: World, encrypted: string, publicKeyId: string | undefined): Promise<string | null> {
  const all = await acceptedKeys(world, 'KsefTokenEncryption')
  const keys = publicKeyId === undefined ? all : all.filter((key) => key.publicKeyId === publicKeyId)
  if (publicKeyId !== undefined && keys.length === 0) {
    throw refused(21470, `Klucz o identyfikatorze ${publicKeyId} nie jest wspierany.`)
  }
  const block = Buffer.from(encrypted, 'base64')
  for (const { privateKey } of keys) {
    try {
      const padding = constants.RSA_PKCS1_OAEP_PADDING
      return privateDecrypt({ key: privateKey, padding, oaepHash: 'sha256' }, block).toString('utf8')
    } catch {
      // Encrypted with another key or another padding.
    }
  }
  return null
}

interface Claim {
  readonly reference: string | null
  readonly author: Identity | null
  readonly fault: string | null
}

const tokenShape =
  /^(\d{8}-EC-[0-9A-F]{10}-[0-9A-F]{10}-[0-9A-F]{2})\|(nip-\d{10}|internalId-\d{10}-\d{5})\|([0-9a-f]{64})\|(\d{1,16})$/i

function readClaim(world: World, plainText: string | null, { issuedAt }: Challenge): Claim {
  const nobody = { reference: null, author: null }
  if (plainText === null) return { ...nobody, fault: 'Nieprawidłowe szyfrowanie tokena' }
  const [, reference = '', , , timestampMs = ''] = tokenShape.exec(plainText) ?? []
  if (reference === '') return { ...nobody, fault: 'Nieprawidłowe kodowanie tokena' } // Or a token of KSeF 1.0.
  const token = world.tables.ksefTokens.get(reference)
  const text = plainText.slice(0, plainText.lastIndexOf('|'))
  if (token === undefined || !holdsSecret(token, text)) return { ...nobody, fault: 'Nieprawidłowy token' }
  const fault = Number(timestampMs) === issuedAt ? null : 'Nieprawidłowy czas tokena'
  return { reference, author: token.author, fault }
}
