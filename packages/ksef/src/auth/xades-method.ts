/**
 * Signing in with a certificate: here, or wherever a document is signed.
 *
 * @see spec/ksef.md sections 2.2 to 2.6
 * @module
 */
import { invalidArgument, isLatchkeyError } from '@latchkey/core'
import { requestChallenge } from './challenge.ts'
import { signAgain, signingFailed, signingTimeout } from './failures.ts'
import { holdLease } from './hold-lease.ts'
import type { SignInMethod } from './method.ts'
import { submitSignedRequest } from './submit.ts'
import { isUnprocessed } from './unprocessed.ts'

/** Makes the signed request for a challenge. */
export type SignChallenge = (challenge: string) => Promise<string>

const signingMaxMs = 9 * 60_000 // A challenge lives ten minutes; the submission wants a part of them.

/** Signs anew for each challenge. */
export function xadesMethod(sign: SignChallenge, verifyCertificateChain: boolean): SignInMethod {
  return {
    id: 'ksef.xades',
    repeatable: true,
    async submit(door, mostMs) {
      const { challenge, left } = await requestChallenge(door)
      const signed = await holdLease(door.run, signedBy(sign, challenge.challenge), signingMaxMs, signingTimeout)
      return submitSignedRequest(door, signed, { verifyCertificateChain, mostMs: Math.min(mostMs, left()) })
    },
  }
}

async function signedBy(sign: SignChallenge, challenge: string): Promise<string> {
  try {
    const signed: unknown = await sign(challenge)
    if (typeof signed === 'string' && signed !== '') return signed
    throw invalidArgument('sign: must resolve with the signed XML')
  } catch (error) {
    throw isLatchkeyError(error) ? error : signingFailed(error)
  }
}

/** Submits a document that was signed for a challenge beforehand; once. */
export function signedDocumentMethod(signedXml: string, verifyCertificateChain: boolean): SignInMethod {
  let used = false
  return {
    id: 'ksef.xades',
    repeatable: false,
    async submit(door, mostMs) {
      if (used) throw signAgain()
      used = true
      try {
        return await submitSignedRequest(door, signedXml, { verifyCertificateChain, mostMs })
      } catch (error) {
        used = !isUnprocessed(error)
        throw error
      }
    },
  }
}
