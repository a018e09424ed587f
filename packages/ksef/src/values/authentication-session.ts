/**
 * Authentication sessions: what one sign-in makes, until it is ended.
 *
 * @see spec/ksef.md sections 2.9 and 2.12
 * @module
 */
import type { Open } from '@latchkey/http'
import type { StatusInfo } from './status.ts'

/** How somebody signed in. */
export interface AuthenticationMethodInfo {
  readonly category: Open<'XadesSignature' | 'NationalNode' | 'Token' | 'Other'>
  readonly code: string
  readonly displayName: string
}

/** How far a sign-in is. */
export interface AuthenticationStatus {
  readonly startDate: Date
  readonly authenticationMethodInfo: AuthenticationMethodInfo
  readonly status: StatusInfo
  /** A refresh token was issued. */
  readonly isTokenRedeemed?: boolean
  readonly lastTokenRefreshDate?: Date
  readonly refreshTokenValidUntil?: Date
}

/** One session of the list. */
export interface AuthenticationSession extends AuthenticationStatus {
  readonly referenceNumber: string
  /** It is the session of the token that asked. */
  readonly isCurrent?: boolean
}
