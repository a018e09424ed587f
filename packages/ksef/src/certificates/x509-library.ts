/**
 * The library that makes certificates and requests, loaded when the first one is made: it takes longer to load than
 * the rest of the client.
 *
 * @see spec/dependencies.md sections 1 and 2
 * @module
 */
import { webcrypto } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { Name } from '@peculiar/x509'

/** One attribute of a subject: its OID, its value, and the ASN.1 type in which the value is written. */
export type NamePart = readonly [oid: string, value: string, type: 'printableString' | 'utf8String']

/** The OIDs of subject attributes (section 2.4). */
export const oids = {
  commonName: '2.5.4.3',
  surname: '2.5.4.4',
  serialNumber: '2.5.4.5',
  countryName: '2.5.4.6',
  organizationName: '2.5.4.10',
  givenName: '2.5.4.42',
  uniqueIdentifier: '2.5.4.45',
  organizationIdentifier: '2.5.4.97',
} as const

/** Loads the library, which needs the metadata polyfill to be there before it. */
export async function loadX509() {
  await import('reflect-metadata')
  return import('@peculiar/x509')
}

/** A subject in the order of its parts. */
export function subjectName(x509: Awaited<ReturnType<typeof loadX509>>, parts: readonly NamePart[]): Name {
  return new x509.Name(parts.map(([oid, value, type]) => ({ [oid]: [{ [type]: value }] })))
}

/** The algorithms with which keys sign certificates and requests, by the kind of key. */
export const signingAlgorithms = {
  rsa: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  'P-256': { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  'P-384': { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-256' },
  'P-521': { name: 'ECDSA', namedCurve: 'P-521', hash: 'SHA-256' },
} as const

/** A key pair as the library takes it, from a private key of node:crypto. */
export async function webKeys(privateKey: KeyObject, publicKey: KeyObject, kind: keyof typeof signingAlgorithms) {
  const { subtle } = webcrypto
  const algorithm = signingAlgorithms[kind]
  const [privateDer, publicDer] = [
    privateKey.export({ type: 'pkcs8', format: 'der' }),
    publicKey.export({ type: 'spki', format: 'der' }),
  ]
  try {
    return {
      privateKey: await subtle.importKey('pkcs8', privateDer, algorithm, false, ['sign']),
      publicKey: await subtle.importKey('spki', publicDer, algorithm, true, ['verify']),
    }
  } finally {
    privateDer.fill(0)
  }
}
