/**
 * Answers about KSeF tokens.
 *
 * @see spec/ksef.md sections 2.14 and 3.3
 * @module
 */
import type { z } from 'zod'
import { GeneratedKsefToken } from '../values/generated-ksef-token.ts'
import type { KsefTokenInfo } from '../values/ksef-token-status.ts'
import { identifier, instant, object, optional, text, texts, tokenPage } from './schema.ts'

export const generatedToken: z.ZodType<GeneratedKsefToken> = object({ referenceNumber: text, token: text }).transform(
  ({ referenceNumber, token }) => new GeneratedKsefToken(referenceNumber, token),
)

export const tokenInfo: z.ZodType<KsefTokenInfo> = object({
  referenceNumber: text,
  authorIdentifier: identifier,
  contextIdentifier: identifier,
  description: text,
  requestedPermissions: texts,
  dateCreated: instant,
  lastUseDate: optional(instant),
  status: text,
  statusDetails: optional(texts),
})

export const tokenInfoPage = tokenPage('tokens', tokenInfo)
