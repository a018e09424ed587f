/**
 * The type of a row of KSeF's tables of operations. Apart from the tables, so that the dialect need not import them.
 *
 * @see DESIGN "Operations are data", spec/ksef.md sections 1.10 and 3
 * @module
 */
import type { Operation } from '@latchkey/http'
import type { z } from 'zod'
import type { ReadAnswer } from '../errors.ts'
import type { LaterRateLimitGroup, RateLimitGroup } from '../values/limits.ts'
import type { Permission } from '../values/permission.ts'

/** The groups of requests that are counted together. `other`: each operation by itself; `public`: by address alone. */
export type RateGroup = RateLimitGroup | LaterRateLimitGroup | 'public'

/** One row. */
export interface KsefOperation extends Operation {
  readonly rateGroup: RateGroup
  /** What it does, in one sentence. */
  readonly summary: string
  /** The fields that it takes, as an object schema. */
  readonly request: z.ZodObject
  /**
   * Who may call it: anybody, anybody who is signed in, or who has one of these permissions; and the steps of signing
   * in, which take a token of another kind. Told to people; KSeF decides.
   */
  readonly who: 'public' | 'bearer' | 'authenticationToken' | 'refreshToken' | readonly Permission[]
  /** True where the answer is one that this operation understands. Everything else is judged as a failure. */
  accepts(answer: ReadAnswer): boolean
}

/** True for a row of ours: the dialect can be asked about any operation. */
export function isKsefOperation(operation: Operation): operation is KsefOperation {
  return 'accepts' in operation && 'who' in operation
}
