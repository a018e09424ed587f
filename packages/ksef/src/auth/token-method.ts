/**
 * Signing in with a KSeF token.
 *
 * @see spec/ksef.md sections 2.7 and 2.8
 * @module
 */
import { TokenError } from '@latchkey/core'
import type { PublicKeys, Published } from '../encryption/public-keys.ts'
import { certificateRows } from '../operations/rows/certificates.ts'
import { requestChallenge } from './challenge.ts'
import type { Door } from './door.ts'
import { answerFailure } from './failures.ts'
import type { SignInMethod } from './method.ts'
import { submitKsefToken } from './submit.ts'
import type { TokenSubmission } from './submit.ts'
import { askInTurn, shortMs } from './unprocessed.ts'

const withdrawnKey = '21470'

/** @param keys - Shared by everything that the client encrypts. */
export function tokenMethod(keys: PublicKeys, submission: TokenSubmission): SignInMethod {
  return {
    id: 'ksef.token',
    credential: submission.ksefToken,
    repeatable: true,
    async submit(door, mostMs) {
      const { challenge, left } = await requestChallenge(door)
      const attempt = async () => {
        const key = await keys.current('KsefTokenEncryption', () => requestPublicKeys(door))
        return submitKsefToken(door, submission, { challenge, key, mostMs: Math.min(mostMs, left()) })
      }
      try {
        return await attempt()
      } catch (error) {
        if (!(error instanceof TokenError) || error.providerCode !== withdrawnKey) throw error
        keys.forget()
        return attempt() // The challenge was not used up: the key was refused before.
      }
    },
    failed(error) {
      if (error instanceof TokenError && error.reason === 'encryption') keys.forget()
    },
  }
}

async function requestPublicKeys(door: Door): Promise<Published> {
  const operation = certificateRows['encryption.certificates']
  const { read, response } = await askInTurn(door, shortMs, operation)
  const keys = operation.accepts(read) ? operation.decode(read.json) : undefined
  if (keys === undefined) throw answerFailure('public keys', read)
  return { keys, now: response.now }
}
