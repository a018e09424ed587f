/**
 * A plain caller of the imitated KSeF, on real sockets.
 *
 * @module
 */
import { constants, createPrivateKey, publicEncrypt, X509Certificate } from 'node:crypto'
import { expect } from 'vitest'
import type { Simulator } from '../../../src/index.ts'
import { call, type Reply } from '../../support.ts'
import type { Signer } from './certificates.ts'
import { type RequestParts, requestXml, type Shape, signRequest } from './signed-request.ts'

/** Delays that no real time uses up while a test looks at what comes before them. */
export const slow = { authenticationMs: 60_000, ksefTokenMs: 180_000 } as const

/** The tokens of a session. */
export interface SignedIn {
  readonly reference: string
  readonly authToken: string
  readonly accessToken: string
  readonly refreshToken: string
}

export type Fields = Readonly<Record<string, unknown>>

/** Calls the API as a program would. */
export function createCaller(simulator: Simulator) {
  const { baseUrl, credentials } = simulator.systems.ksef
  const owner: Signer = {
    certificate: new X509Certificate(credentials.certificate),
    privateKey: createPrivateKey(credentials.privateKey),
  }
  const send = (
    method: string,
    path: string,
    token?: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply> =>
    call(`${baseUrl}/v2${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  const challenge = async (): Promise<{ readonly challenge: string; readonly timestampMs: number }> => {
    const { json } = await send('POST', '/auth/challenge')
    return { challenge: String(json['challenge']), timestampMs: Number(json['timestampMs']) }
  }
  const submitXml = (xml: string, query = ''): Promise<Reply> =>
    call(`${baseUrl}/v2/auth/xades-signature${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/xml' },
      body: xml,
    })
  /** A signed request with a new challenge. */
  const signed = async (
    signer: Signer = owner,
    parts: Partial<RequestParts> = {},
    shape: Partial<Shape> = {},
  ): Promise<string> => {
    const context = parts.context ?? `<Nip>${credentials.nip}</Nip>`
    return signRequest(requestXml({ ...(await challenge()), ...parts, context }), signer, shape)
  }
  const submit = async (...given: Parameters<typeof signed>): Promise<Reply> => submitXml(await signed(...given))
  /** The body of a sign-in with a KSeF token. */
  const tokenRequest = async (ksefToken: string, fields: Fields = {}): Promise<Fields> => {
    const { challenge: name, timestampMs } = await challenge()
    const encryptedToken = await encrypt(`${ksefToken}|${String(timestampMs)}`)
    return { challenge: name, contextIdentifier: { type: 'Nip', value: credentials.nip }, encryptedToken, ...fields }
  }
  const encrypt = async (text: string): Promise<string> => {
    const key = (await publicKeys()).find(({ usage }) => usage.includes('KsefTokenEncryption'))
    const { publicKey } = new X509Certificate(Buffer.from(key?.certificate ?? '', 'base64'))
    const padding = constants.RSA_PKCS1_OAEP_PADDING
    return publicEncrypt({ key: publicKey, padding, oaepHash: 'sha256' }, Buffer.from(text)).toString('base64')
  }
  const publicKeys = async (): Promise<readonly PublicKey[]> => {
    const { text } = await send('GET', '/security/public-key-certificates')
    return JSON.parse(text) as PublicKey[] // The shape is a test's own matter.
  }
  const statusOf = async (accepted: Reply): Promise<Fields> => {
    const { json } = await send('GET', `/auth/${referenceOf(accepted)}`, authTokenOf(accepted))
    return json['status'] as Fields // Of an answer to a status request.
  }
  /** Lets the time pass until what was submitted is decided. */
  const decide = (): Promise<void> => simulator.clock.advance(simulator.state().systems.ksef.switches.authenticationMs)
  /** Redeems what was accepted, after its decision. */
  const finish = async (accepted: Reply): Promise<SignedIn> => {
    expect([accepted.status, accepted.text]).toEqual([202, accepted.text])
    await decide()
    const { json } = await send('POST', '/auth/token/redeem', authTokenOf(accepted))
    expect(json).toHaveProperty('accessToken')
    return {
      reference: referenceOf(accepted),
      authToken: authTokenOf(accepted),
      accessToken: tokenIn(json['accessToken']),
      refreshToken: tokenIn(json['refreshToken']),
    }
  }
  return {
    credentials,
    owner,
    send,
    challenge,
    signed,
    submit,
    submitXml,
    tokenRequest,
    encrypt,
    publicKeys,
    statusOf,
    decide,
    finish,
    signIn: async (...given: Parameters<typeof signed>): Promise<SignedIn> => finish(await submit(...given)),
    signInWithToken: async (ksefToken = credentials.ksefToken, fields: Fields = {}): Promise<SignedIn> =>
      finish(await send('POST', '/auth/ksef-token', undefined, await tokenRequest(ksefToken, fields))),
  }
}

export type Caller = ReturnType<typeof createCaller>

/** An entry of the list of public keys. */
export interface PublicKey {
  readonly certificate: string
  readonly certificateId: string
  readonly publicKeyId: string
  readonly validFrom: string
  readonly validTo: string
  readonly usage: readonly string[]
}

export function referenceOf({ json }: Reply): string {
  return String(json['referenceNumber'])
}

export function authTokenOf({ json }: Reply): string {
  return tokenIn(json['authenticationToken'])
}

/** The text in a `{token, validUntil}`. */
export function tokenIn(info: unknown): string {
  return typeof info === 'object' && info !== null && 'token' in info ? String(info.token) : ''
}

/** The codes of a 400, with the first detail of each. */
export function codesOf({ status, json }: Reply): readonly unknown[] {
  const { exceptionDetailList = [] } = (json['exception'] ?? {}) as { exceptionDetailList?: readonly ErrorDetail[] } // As documented.
  return [status, ...exceptionDetailList.flatMap(({ exceptionCode, details }) => [exceptionCode, details?.[0]])].filter(
    (each) => each !== undefined,
  )
}

interface ErrorDetail {
  readonly exceptionCode: number
  readonly exceptionDescription: string
  readonly details?: readonly string[]
}
