/**
 * Limits: what is allowed, and on TEST what shall be.
 *
 * @see spec/ksef.md sections 1.10, 1.11 and 3.8
 * @module
 */
import { parseRequest } from '@latchkey/http'
import type {
  ContextLimits,
  LaterRateLimitGroup,
  RateLimitGroup,
  RateLimits,
  RateLimitValues,
  SubjectLimits,
} from '../values/limits.ts'
import { ask } from './answers.ts'
import { send } from './context.ts'
import type { CallOptions, Context } from './context.ts'
import { harmless } from './look-up.ts'
import type { KsefOperation } from './table-row.ts'
import { operations } from './table.ts'

export interface SubjectLimitsOverride extends SubjectLimits {
  /** What names the subject. @default the caller's, set by KSeF */
  readonly subjectIdentifierType?: 'Nip' | 'Pesel' | 'Fingerprint' | undefined
}

/** All groups; each value 1 or more, in a range of its group. */
export type RateLimitsOverride = Readonly<Record<RateLimitGroup, RateLimitValues>> &
  Readonly<Partial<Record<LaterRateLimitGroup, RateLimitValues>>>

/** `auth.limits`. The methods that set and reset are for TEST: elsewhere `KSEF_TEST_ONLY`, and nothing is sent. */
export interface Limits {
  /**
   * Reads what a session of the current context may hold.
   *
   * Source: spec/ksef.md section 3.8. `GET /limits/context`
   */
  context(run?: CallOptions): Promise<ContextLimits>
  /**
   * Reads how many certificates the current subject may ask for and have.
   *
   * Source: spec/ksef.md section 3.8. `GET /limits/subject`
   */
  subject(run?: CallOptions): Promise<SubjectLimits>
  /**
   * Reads how many requests are allowed, by group.
   *
   * Source: spec/ksef.md section 3.8. `GET /rate-limits`
   */
  rateLimits(run?: CallOptions): Promise<RateLimits>
  /**
   * Overrides what a session of the current context may hold: at most 5 MB, with attachment 10 MB, and 100 000 invoices.
   *
   * Source: spec/ksef.md section 3.8. `POST /testdata/limits/context/session`
   */
  setSession(limits: ContextLimits, run?: CallOptions): Promise<void>
  /**
   * Takes that override back.
   *
   * Source: spec/ksef.md section 3.8. `DELETE /testdata/limits/context/session`
   */
  resetSession(run?: CallOptions): Promise<void>
  /**
   * Overrides how many certificates the current subject may ask for and have.
   *
   * Source: spec/ksef.md section 3.8. `POST /testdata/limits/subject/certificate`
   */
  setSubject(limits: SubjectLimitsOverride, run?: CallOptions): Promise<void>
  /**
   * Takes that override back.
   *
   * Source: spec/ksef.md section 3.8. `DELETE /testdata/limits/subject/certificate`
   */
  resetSubject(run?: CallOptions): Promise<void>
  /**
   * Overrides how many requests are allowed.
   *
   * Source: spec/ksef.md section 3.8. `POST /testdata/rate-limits`
   */
  setRateLimits(limits: RateLimitsOverride, run?: CallOptions): Promise<void>
  /**
   * Takes that override back.
   *
   * Source: spec/ksef.md section 3.8. `DELETE /testdata/rate-limits`
   */
  resetRateLimits(run?: CallOptions): Promise<void>
  /**
   * Sets the rate limits of production.
   *
   * Source: spec/ksef.md section 3.8. `POST /testdata/rate-limits/production`
   */
  setProductionRateLimits(run?: CallOptions): Promise<void>
}

export function limitsOf(context: Context): Limits {
  const change = async (operation: KsefOperation, body: unknown, run: CallOptions | undefined): Promise<void> => {
    await send(context, operation, { body, unknown: harmless }, run)
  }
  const limits: Limits = {
    context: (run) => ask(context, operations['limits.context'], {}, run),
    subject: (run) => ask(context, operations['limits.subject'], {}, run),
    rateLimits: (run) => ask(context, operations['limits.rateLimits'], {}, run),
    async setSession(limits, run) {
      const operation = operations['limits.setSession']
      await change(operation, parseRequest(operation, limits, []), run)
    },
    resetSession: (run) => change(operations['limits.resetSession'], undefined, run),
    async setSubject(limits, run) {
      const operation = operations['limits.setSubject']
      await change(operation, parseRequest(operation, limits, []), run)
    },
    resetSubject: (run) => change(operations['limits.resetSubject'], undefined, run),
    async setRateLimits(limits, run) {
      const operation = operations['limits.setRateLimits']
      await change(operation, { rateLimits: parseRequest(operation, limits, []) }, run)
    },
    resetRateLimits: (run) => change(operations['limits.resetRateLimits'], undefined, run),
    setProductionRateLimits: (run) => change(operations['limits.setProductionRateLimits'], undefined, run),
  }
  return Object.freeze(limits)
}
