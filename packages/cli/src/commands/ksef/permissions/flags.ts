/**
 * The flags of the commands for permissions.
 *
 * @module
 */
import type { PermissionState } from '@latchkey/ksef'
import type { ProfileFlags } from '../../../flags.ts'
import type { ListFlags, WaitFlags } from '../flags.ts'
import type { ListFilter, ListKind } from './list-kinds.ts'

/** What narrows a list; each kind takes a part of it. */
export interface PermissionFilterFlags extends Readonly<
  Partial<Record<Exclude<ListFilter, 'permission' | 'state'>, string>>
> {
  readonly permission?: readonly string[]
  readonly state?: PermissionState
}

/** At most one of the kinds. */
export interface PermissionListFlags
  extends ListFlags, PermissionFilterFlags, Readonly<Partial<Record<ListKind, boolean>>> {}

/** What a grant says; each kind takes a part of it. */
export interface GrantFlags extends WaitFlags {
  readonly file?: string
  readonly subject?: string
  readonly permission?: readonly string[]
  readonly description?: string
  readonly firstName?: string
  readonly lastName?: string
  readonly name?: string
  readonly delegate?: boolean
  readonly target?: string
  readonly unit?: string
  readonly unitName?: string
}

export interface PermissionRevokeFlags extends WaitFlags {
  readonly authorization: boolean
}

export type PermissionStatusFlags = WaitFlags

export type AttachmentFlags = ProfileFlags
