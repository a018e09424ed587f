/**
 * The second step of signing in: a signed request, or an encrypted KSeF token.
 *
 * @see spec/ksef.md sections 2.6 and 2.7
 * @module
 */
import type { Secret } from '@latchkey/core'
import { authenticationRows } from '../operations/rows/authentication.ts'
import type { AuthorizationPolicy } from '../values/authorization-policy.ts'
import type { Challenge } from '../values/challenge.ts'
import type { ContextIdentifier } from '../values/context-identifier.ts'
import { encryptKsefToken } from '../values/ksef-token.ts'
import type { PublicKeyCertificate } from '../values/public-key-certificate.ts'
import { decodeSubmitted } from '../wire/sign-in.ts'
import type { Submitted } from '../wire/sign-in.ts'
import { json } from './door.ts'
import type { Ask, Door, StepOperation } from './door.ts'
import { answerFailure } from './failures.ts'
import { askInTurn } from './unprocessed.ts'

/** `POST /auth/xades-signature`. The text is sent as it is: any change would break the signature. */
export async function submitSignedRequest(
  door: Door,
  signedXml: string,
  { verifyCertificateChain, mostMs }: { readonly verifyCertificateChain: boolean; readonly mostMs: number },
): Promise<Submitted> {
  return submit(door, mostMs, authenticationRows['authentication.submitXades'], {
    ...(verifyCertificateChain && { query: { verifyCertificateChain: 'true' } }),
    body: { type: 'application/xml', text: signedXml },
  })
}

/** What goes beside a KSeF token. */
export interface TokenSubmission {
  readonly ksefToken: Secret
  readonly context: ContextIdentifier
  readonly authorizationPolicy: AuthorizationPolicy | undefined
}

/** What one submission has beside them. `mostMs`: how long to wait where KSeF has too many requests. */
export interface TokenOccasion {
  readonly challenge: Challenge
  readonly key: PublicKeyCertificate
  readonly mostMs: number
}

/** `POST /auth/ksef-token` */
export async function submitKsefToken(
  door: Door,
  { ksefToken, context, authorizationPolicy }: TokenSubmission,
  { challenge: { challenge, timestampMs }, key: { certificate, publicKeyId }, mostMs }: TokenOccasion,
): Promise<Submitted> {
  const body = {
    challenge,
    contextIdentifier: { type: context.type, value: context.value },
    encryptedToken: encryptKsefToken({ ksefToken, timestampMs, certificate }),
    publicKeyId,
    ...(authorizationPolicy !== undefined && { authorizationPolicy }),
  }
  return submit(door, mostMs, authenticationRows['authentication.submitKsefToken'], { body: json(body) })
}

async function submit(door: Door, mostMs: number, operation: StepOperation, ask: Ask): Promise<Submitted> {
  const { read } = await askInTurn(door, mostMs, operation, ask)
  const submitted = read.status >= 200 && read.status < 300 ? decodeSubmitted(read.json) : undefined
  if (submitted === undefined) throw answerFailure('submit', read)
  return submitted
}
