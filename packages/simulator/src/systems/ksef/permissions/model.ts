/**
 * Which permissions somebody has in a context, and what stands behind a grant. Pure; reads no clock.
 *
 * @see spec/ksef.md sections 2.2, 3.18 and appendix B.1
 * @module
 */
import { type Context, type Identity, isSameContext } from '../identity.ts'
import { isOwner, isSamePerson } from '../parties.ts'
import type { World } from '../world.ts'
import { ownerPermissions, type Permission } from './names.ts'
import { isEnforcing } from './roles.ts'
import type { Grant } from './rows.ts'

/**
 * The permissions of an identity in a context, in no particular order; empty where it has none, and then signing in
 * there fails with status 415.
 *
 * Contexts of the types InternalId and NipVatUe come into being with a grant: without one nobody may do anything there.
 */
export function effectivePermissions(world: World, identity: Identity, context: Context): readonly Permission[] {
  if (identity.kind === 'PeppolId') {
    return context.type === 'PeppolId' && context.value === identity.value ? ['PefInvoiceWrite'] : []
  }
  if (isOwner(world, identity, context)) {
    return isEnforcing(world, context) ? [...ownerPermissions, 'EnforcementOperations'] : ownerPermissions
  }
  const held = new Set<Permission>()
  for (const grant of world.tables.grants.values()) {
    if (grant.kind === 'authorization' || !isSamePerson(world, identity, grant.subject)) continue
    if (worksIn(world, grant, context)) held.add(grant.scope)
  }
  return [...held]
}

/** `Inactive` is only an indirect grant for one client whose grant behind it is gone. */
export function stateOf(world: World, grant: Grant): 'Active' | 'Inactive' {
  const isInactive =
    grant.kind === 'indirect' && grant.target !== null && !hasDelegated(world, grant.target, grant.from, grant.scope)
  return isInactive ? 'Inactive' : 'Active'
}

/** Whether a client gave an intermediary a permission to pass on: this one, or any where none is named. */
export function hasDelegated(world: World, client: Context, intermediary: Context, scope?: Permission): boolean {
  return [...world.tables.grants.values()].some(
    (grant) =>
      grant.kind === 'entity' &&
      grant.canDelegate &&
      (scope === undefined || grant.scope === scope) &&
      isSameContext(grant.from, client) &&
      isSubject(grant, intermediary),
  )
}

/** Whether a grant was given to the entity of a context. */
export function isSubject({ subject }: Grant, { type, value }: Context): boolean {
  return subject.kind === type && subject.value === value
}

/** An indirect grant works only while the client's own, delegable grant of the same scope stands behind it. */
function worksIn(world: World, grant: Grant, context: Context): boolean {
  switch (grant.kind) {
    case 'person':
    case 'entity':
    case 'euRepresentative':
      return isSameContext(grant.from, context)
    case 'subunit':
    case 'euAdministrator':
      return isSameContext(grant.context, context)
    case 'indirect': {
      const isMeant = grant.target === null || isSameContext(grant.target, context)
      return isMeant && hasDelegated(world, context, grant.from, grant.scope)
    }
    case 'authorization':
      return false
    default:
      return grant satisfies never
  }
}
