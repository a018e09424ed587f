/**
 * The operations of authentication.
 *
 * @see spec/ksef.md sections 3.1, 3.2
 * @module
 */
import type { Operation } from '../operation.ts'
import { challengeOperation } from './challenge.ts'
import { ksefTokenOperation } from './ksef-token.ts'
import { redeemOperation, refreshOperation } from './redeem.ts'
import { sessionOperations } from './session-operations.ts'
import { statusOperation } from './status.ts'
import { xadesSignatureOperation } from './xades-signature.ts'

/** In the order of the specification. */
export const authOperations: readonly Operation[] = [
  challengeOperation,
  xadesSignatureOperation,
  ksefTokenOperation,
  statusOperation,
  redeemOperation,
  refreshOperation,
  ...sessionOperations,
]
