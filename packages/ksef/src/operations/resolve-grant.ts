/**
 * Finds out what became of a grant whose answer was lost: the searches show what it made.
 *
 * @see spec/ksef.md sections 3.7 and 3.18, DESIGN "Unknown is a value"
 * @module
 */
import type { Resolution } from '@latchkey/http'
import type { GrantedPermission } from '../values/granted-permission.ts'
import type { Context } from './context.ts'
import { madeSince, stillUnknown } from './look-up.ts'

/** What a grant leaves behind: permissions of its description, one for each scope. */
export interface GrantTrace<Permission extends ScopedPermission> {
  readonly description: string
  readonly scopes: readonly string[]
  /** Those among which they would be, newest first. */
  readonly list: () => AsyncIterable<Permission>
  /** What the list cannot be asked for. */
  readonly fits?: (permission: Permission) => boolean
}

/** A permission of any list that shows what it allows. */
export type ScopedPermission = GrantedPermission &
  ({ readonly permissionScope: string } | { readonly authorizationScope: string })

/** `settled` with the permissions once there is one of each scope. A grant works on, so absence proves nothing. */
export async function resolveGrant<Permission extends ScopedPermission>(
  context: Context,
  { description, scopes, list, fits = () => true }: GrantTrace<Permission>,
  sentAt: number,
): Promise<Resolution<readonly GrantedPermission[]>> {
  const found = await madeSince(
    list(),
    sentAt,
    ({ startDate }) => startDate,
    (each) => each.description === description && scopes.includes(scopeOf(each)) && fits(each),
  )
  const whole = scopes.every((scope) => found.some((permission) => scopeOf(permission) === scope))
  return whole ? { state: 'settled', result: found } : stillUnknown(context, sentAt)
}

function scopeOf(permission: ScopedPermission): string {
  return 'permissionScope' in permission ? permission.permissionScope : permission.authorizationScope
}
