/**
 * Answers about signing in and about authentication sessions.
 *
 * @see spec/ksef.md sections 2.2, 2.9, 2.10, 2.12, 3.1 and 3.2
 * @module
 */
import { z } from 'zod'
import type { AuthenticationSession, AuthenticationStatus } from '../values/authentication-session.ts'
import type { Challenge } from '../values/challenge.ts'
import { challengePattern } from '../values/reference-number.ts'
import { instant, object, optional, statusInfo, text, tokenPage } from './schema.ts'

/** The challenge and its time go back to KSeF, so both must have the shape that it demands there. */
export const challenge: z.ZodType<Challenge> = object({
  challenge: z.string().regex(challengePattern),
  timestampMs: z.int().min(1_000_000_000_000).max(9_999_999_999_999),
  clientIp: optional(text),
})

const tokenInfo = object({ token: text, validUntil: instant })
export const authenticationAccepted = object({ referenceNumber: text, authenticationToken: tokenInfo })
export const redeemedTokens = object({ accessToken: tokenInfo, refreshToken: tokenInfo })
export const refreshedToken = object({ accessToken: tokenInfo })

// `authenticationMethod`, which the API drops, is not asked for.
const status = {
  startDate: instant,
  authenticationMethodInfo: object({ category: text, code: text, displayName: text }),
  status: statusInfo,
  isTokenRedeemed: optional(z.boolean()),
  lastTokenRefreshDate: optional(instant),
  refreshTokenValidUntil: optional(instant),
}

export const authenticationStatus: z.ZodType<AuthenticationStatus> = object(status)

const session: z.ZodType<AuthenticationSession> = object({
  ...status,
  referenceNumber: text,
  isCurrent: optional(z.boolean()),
})

export const sessionPage = tokenPage('items', session)
