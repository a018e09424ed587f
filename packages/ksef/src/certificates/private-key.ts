/**
 * New private keys, for a certificate request or a test certificate.
 *
 * @see spec/ksef.md sections 2.5 and 2.15
 * @module
 */
import { generateKeyPair } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { invalidArgument } from '@latchkey/core'

/** `ec`: P-256, which KSeF recommends. `rsa`: 2048 bits. */
export type KeyKind = 'rsa' | 'ec'

/** Makes a private key. Its public half is `createPublicKey(key)` of node:crypto. */
export function generatePrivateKey(kind: KeyKind = 'ec'): Promise<KeyObject> {
  if (kind !== 'rsa' && kind !== 'ec') throw invalidArgument("kind: must be 'rsa' or 'ec'")
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, _publicKey: KeyObject, privateKey: KeyObject): void =>
      error ? reject(error) : resolve(privateKey)
    if (kind === 'rsa') generateKeyPair('rsa', { modulusLength: 2048 }, done)
    else generateKeyPair('ec', { namedCurve: 'prime256v1' }, done)
  })
}
