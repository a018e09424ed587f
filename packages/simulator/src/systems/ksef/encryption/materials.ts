/**
 * The pairs and certificates behind the environment's keys. They are made when somebody first needs them, so that
 * whoever does not use KSeF does not wait for them, and kept for the life of the simulator.
 *
 * @see spec/ksef.md section 2.8
 * @module
 */
import { createHash, createPrivateKey, createPublicKey, generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import { z } from 'zod'
import { type KeyPair, makeCertificate } from '../x509.ts'
import type { EnvironmentKey } from './keys.ts'

/** A pair with the id of its public half. */
export interface EncryptionPair extends KeyPair {
  /** Base64 of SHA-256 over the SubjectPublicKeyInfo. */
  readonly publicKeyId: string
}

/** Makes pairs and certificates, each once. */
export interface KeyMaterials {
  pairOf(name: string): Promise<EncryptionPair>
  /** DER. */
  certificateOf(key: EnvironmentKey): Promise<Buffer>
  /** Drops the certificates: their rows begin anew. The pairs, which are slow to make, stay. */
  reset(): void
  /** What there is, for the snapshot. */
  saved(): SavedMaterials
}

/** Private keys as PEM by the name of the pair, certificates as Base64 by the id of the row. */
export const savedMaterials = z.strictObject({
  pairs: z.record(z.string(), z.string()),
  certificates: z.record(z.string(), z.string()),
})
export type SavedMaterials = z.infer<typeof savedMaterials>

const modulusBits = 2048
const authority = [
  ['commonName', 'Ministerstwo Finansów'],
  ['organizationName', 'Latchkey simulator'],
  ['countryName', 'PL'],
] as const

/** Makes them, beginning with those of before a restart. */
export function createKeyMaterials(before: SavedMaterials = { pairs: {}, certificates: {} }): KeyMaterials {
  const ready: SavedMaterials = structuredClone(before)
  const pairs = new Map<string, Promise<EncryptionPair>>()
  const certificates = new Map<string, Promise<Buffer>>()

  const makePair = async (name: string): Promise<EncryptionPair> => {
    const pem = ready.pairs[name]
    const privateKey =
      pem === undefined
        ? (await promisify(generateKeyPair)('rsa', { modulusLength: modulusBits })).privateKey
        : createPrivateKey(pem)
    ready.pairs[name] = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const publicKey = createPublicKey(privateKey)
    const spki = publicKey.export({ type: 'spki', format: 'der' })
    return { privateKey, publicKey, publicKeyId: createHash('sha256').update(spki).digest('base64') }
  }
  const pairOf = (name: string): Promise<EncryptionPair> => remembered(pairs, name, () => makePair(name))

  const certify = async ({ id, pair, validFrom, validTo }: EnvironmentKey): Promise<Buffer> => {
    const known = ready.certificates[id]
    if (known !== undefined) return Buffer.from(known, 'base64')
    const issuerKeys = await pairOf(pair)
    const der = await makeCertificate({
      subject: authority,
      issuer: authority,
      issuerKeys,
      publicKey: issuerKeys.publicKey,
      serial: createHash('sha256').update(id).digest('hex').slice(0, 15).padStart(16, '1'),
      notBefore: validFrom,
      notAfter: validTo,
      keyUsage: 'keyEncipherment',
    })
    ready.certificates[id] = der.toString('base64')
    return der
  }

  return {
    pairOf,
    certificateOf: (key) => remembered(certificates, key.id, () => certify(key)),
    reset() {
      certificates.clear()
      ready.certificates = {}
    },
    saved: () => structuredClone(ready),
  }
}

function remembered<Value>(
  made: Map<string, Promise<Value>>,
  name: string,
  make: () => Promise<Value>,
): Promise<Value> {
  const known = made.get(name)
  if (known !== undefined) return known
  const value = make()
  made.set(name, value)
  return value
}
