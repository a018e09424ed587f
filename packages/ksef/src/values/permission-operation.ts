/**
 * How far a grant or a revocation is.
 *
 * @see spec/ksef.md section 3.18
 * @module
 */
import type { Progress, StatusInfo } from './status.ts'

/** What the codes of an operation on permissions mean; codes that no document names are read by their class. */
export type PermissionOutcome =
  | Progress
  | 'identifiers-unrelated'
  | 'caller-not-permitted'
  | 'context-unfit'
  | 'relation-not-allowed'
  | 'identifier-not-allowed'
  | 'unknown-error'
  | 'cancelled'

/** The codes that mean more than their class. */
export const permissionOutcomes: Readonly<Record<number, PermissionOutcome>> = {
  410: 'identifiers-unrelated',
  420: 'caller-not-permitted',
  430: 'context-unfit',
  440: 'relation-not-allowed',
  450: 'identifier-not-allowed',
  500: 'unknown-error',
  550: 'cancelled',
}

/** KSeF took a grant or a revocation. It may still fail: see {@link PermissionOperationStatus}. */
export interface PermissionOperation {
  readonly referenceNumber: string
}

export interface PermissionOperationStatus {
  readonly status: StatusInfo
  readonly outcome: PermissionOutcome
}

/** Whether the current context may send invoices with attachments. */
export interface AttachmentPermission {
  readonly isAttachmentAllowed?: boolean
  /** Until when. Absent: without an end. */
  readonly revokedDate?: Date
}
