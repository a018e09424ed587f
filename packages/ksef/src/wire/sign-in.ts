/**
 * The tokens and statuses of signing in, as they travel. Apart from the schemas, which demand all that is promised: KSeF
 * hands tokens out once, so none is lost over what stands beside it. What cannot be used reads as `undefined`.
 *
 * @see spec/ksef.md sections 2.2, 2.6, 2.9 and 2.10
 * @module
 */
import { member, textMember } from '@latchkey/http'

/** A token as KSeF hands it out. */
export interface WireToken {
  readonly token: string
  /** By KSeF's clock; absent where it cannot be read. */
  readonly validUntil?: number
}

/** A submission that was taken: the number to poll with, and the token that only signing in takes. */
export interface Submitted {
  readonly referenceNumber: string
  readonly authenticationToken: WireToken
}

export interface WireTokens {
  readonly accessToken: WireToken
  readonly refreshToken: WireToken
}

export interface WireStatus {
  readonly code: number
  readonly details: readonly string[]
}

export function decodeSubmitted(json: unknown): Submitted | undefined {
  const referenceNumber = textMember(json, 'referenceNumber')
  const authenticationToken = tokenOf(json, 'authenticationToken')
  if (referenceNumber === undefined || authenticationToken === undefined) return undefined
  return { referenceNumber, authenticationToken }
}

export function decodeStatus(json: unknown): WireStatus | undefined {
  const status = member(json, 'status')
  const code = member(status, 'code')
  const details = member(status, 'details')
  if (typeof code !== 'number' || !Number.isInteger(code)) return undefined
  return { code, details: Array.isArray(details) ? details.filter((each) => typeof each === 'string') : [] }
}

export function decodeTokens(json: unknown): WireTokens | undefined {
  const accessToken = tokenOf(json, 'accessToken')
  const refreshToken = tokenOf(json, 'refreshToken')
  return accessToken && refreshToken && { accessToken, refreshToken }
}

/** The answer to a refresh, which brings an access token alone. */
export function decodeAccessToken(json: unknown): WireToken | undefined {
  return tokenOf(json, 'accessToken')
}

function tokenOf(json: unknown, name: string): WireToken | undefined {
  const info = member(json, name)
  const token = textMember(info, 'token')
  const validUntil = Date.parse(textMember(info, 'validUntil') ?? '')
  return token === undefined ? undefined : { token, ...(!Number.isNaN(validUntil) && { validUntil }) }
}
