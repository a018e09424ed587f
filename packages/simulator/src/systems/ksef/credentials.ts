/**
 * Ready-made, fictional credentials of one taxpayer: a KSeF token that is active, and a seal certificate with its key.
 *
 * @see spec/ksef.md sections 2.4, 2.5, 2.14
 * @module
 */
import { createPrivateKey, createPublicKey, generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import type { Ids } from './ids.ts'
import { tokenPermissions } from './permissions/names.ts'
import { hashOf, tokenText } from './tokens/ksef-token.ts'
import type { World } from './world.ts'
import { makeCertificate, type SubjectParts } from './x509.ts'

/** What a program needs to use the imitation. */
export interface KsefCredentials {
  /** The taxpayer. */
  readonly nip: string
  /** Active, with every permission that a token can have. */
  readonly ksefToken: string
  /** A self-signed seal of the taxpayer, PEM, P-256. */
  readonly certificate: string
  /** Its key, PKCS#8 PEM, not encrypted. */
  readonly privateKey: string
}

const dayMs = 86_400_000

/** Makes the credentials. Only the certificate and its key are new for every simulator. */
export async function createCredentials(ids: Ids, now: number): Promise<KsefCredentials> {
  const nip = ids.nip()
  const ksefToken = tokenText(ids.reference('EC', now), { type: 'Nip', value: nip }, ids.tokenSecret())
  const { privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' })
  const subject: SubjectParts = [
    ['organizationName', 'Latchkey simulator'],
    ['organizationIdentifier', `VATPL-${nip}`],
    ['commonName', 'Latchkey simulator'],
    ['countryName', 'PL'],
  ]
  const issuerKeys = { privateKey, publicKey: createPublicKey(privateKey) }
  const der = await makeCertificate({
    subject,
    issuer: subject,
    issuerKeys,
    publicKey: issuerKeys.publicKey,
    serial: ids.serial(),
    notBefore: now - dayMs,
    notAfter: now + 730 * dayMs,
    keyUsage: 'digitalSignature',
  })
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return Object.freeze({
    nip,
    ksefToken,
    certificate: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  })
}

/** True of a text that is a private key. */
export function isPrivateKey(pem: string): boolean {
  try {
    createPrivateKey(pem)
    return true
  } catch {
    return false
  }
}

/** Puts the ready-made KSeF token among the others. */
export function seedCredentials(world: World, { nip, ksefToken }: KsefCredentials): void {
  world.tables.ksefTokens.set({
    reference: ksefToken.slice(0, 36),
    hash: hashOf(ksefToken),
    author: { kind: 'Nip', value: nip },
    context: { type: 'Nip', value: nip },
    description: 'Latchkey simulator',
    permissions: [...tokenPermissions],
    createdAt: world.now(),
    lastUsedAt: null,
    status: 'Active',
    statusDetails: [],
  })
}
