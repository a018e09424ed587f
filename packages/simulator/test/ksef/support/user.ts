/**
 * Users of the imitated KSeF: somebody with a certificate, who signs in for a context and then calls.
 *
 * @module
 */
import { type KeyObject, X509Certificate } from 'node:crypto'
import type { Simulator } from '../../../src/index.ts'
import type { Reply } from '../../support.ts'
import { authTokenOf, createCaller, referenceOf, tokenIn } from './caller.ts'
import { makeSigner, type Signer, subjects } from './certificates.ts'

/** How long grants, certificates and consents take in these tests: longer than the machine can stand still. */
export const delayMs = 10_000

/** The switches of these tests: whatever takes its time takes {@link delayMs}, and nobody counts calls. */
export const unhurried = {
  rateLimits: false,
  permissionOperationMs: delayMs,
  certificateMs: delayMs,
  attachmentConsentMs: delayMs,
} as const

/** A context or a subject as a test writes it: type and value. */
export type Identifier = readonly [type: string, value: string]

/** Calls with the access token of somebody who is signed in. */
export type Call = (method: string, path: string, body?: object) => Promise<Reply>

/** How an authentication ended. */
export interface Ended {
  /** The final status. */
  readonly code: number
  readonly details: readonly string[]
  /** Empty unless the status is 200. */
  readonly accessToken: string
}

/** An organisation with its NIP. */
export function seal(nip: string): Promise<Signer> {
  return makeSigner(subjects.seal(nip))
}

/** A person with this serial number: `PNOPL-…` with a PESEL, `TINPL-…` with a NIP; any other has only a fingerprint. */
export function person(serialNumber: string): Promise<Signer> {
  return makeSigner(subjects.person(serialNumber))
}

/** Somebody with a certificate that was issued to him. */
export function holder(certificate: Buffer, privateKey: KeyObject): Signer {
  return { certificate: new X509Certificate(certificate), privateKey }
}

/** Who a certificate is, without a number. */
export function fingerprintOf({ certificate }: Signer): string {
  return certificate.fingerprint256.replaceAll(':', '')
}

/** Calls without a token. */
export function anybody(simulator: Simulator): Call {
  const { send } = createCaller(simulator)
  return (method, path, body) => send(method, `/${path}`, undefined, body)
}

/** Signs in, up to the tokens. For an EU entity, and where it is asked for, by the fingerprint. */
export async function authenticate(
  simulator: Simulator,
  signer: Signer,
  [type, value]: Identifier,
  by: 'Subject' | 'Fingerprint' = type === 'NipVatUe' ? 'Fingerprint' : 'Subject',
): Promise<Ended> {
  const { submit, statusOf, send } = createCaller(simulator)
  const parts = { context: `<${type}>${value}</${type}>`, subjectIdentifierType: `certificate${by}` }
  const accepted = await submit(signer, parts)
  if (accepted.status !== 202) throw new Error(`${referenceOf(accepted)} ${accepted.text}`)
  await simulator.clock.advance(1000)
  const { code, details = [] } = (await statusOf(accepted)) as { code: number; details?: string[] } // As documented.
  if (code !== 200) return { code, details, accessToken: '' }
  const redeemed = await send('POST', '/auth/token/redeem', authTokenOf(accepted))
  return { code, details, accessToken: tokenIn(redeemed.json['accessToken']) }
}

/** Signs in for a context. @throws {Error} The authentication did not end in 200. */
export async function signIn(simulator: Simulator, signer: Signer, context: Identifier): Promise<Call> {
  const { code, details, accessToken } = await authenticate(simulator, signer, context)
  if (code !== 200) throw new Error(`${context.join(' ')}: ${String(code)} ${details.join()}`)
  const { send } = createCaller(simulator)
  return (method, path, body) => send(method, `/${path}`, accessToken, body)
}

/** The first code of a 400 with all it has to say; another status alone. */
export function faultOf({ status, json }: Reply): readonly unknown[] {
  const { exception } = json as { exception?: { exceptionDetailList: { exceptionCode: number; details?: string[] }[] } } // As documented.
  const first = exception?.exceptionDetailList[0]
  return first === undefined ? [status] : [first.exceptionCode, ...(first.details ?? [])]
}
