/**
 * Grants and revocations on their way: accepted at once, carried out a moment later, and told about for 30 days.
 *
 * @see spec/ksef.md sections 3.5, 3.6, 3.18 and appendix B.2
 * @module
 */
import type { Answer } from '../../../answers.ts'
import { plan } from '../agenda.ts'
import { isSameContext } from '../identity.ts'
import { answer, type Call } from '../operation.ts'
import type { World } from '../world.ts'
import { effectivePermissions } from './model.ts'
import type { Permission } from './names.ts'
import type { Outcome } from './outcomes.ts'
import type { Grant, PermissionOperation } from './rows.ts'
import { judgeGrant, judgeRevocation } from './rules.ts'

/** How long the status of an operation can be read, in milliseconds. */
export const retentionMs = 30 * 86_400_000

/** Accepts an operation for its caller. `anyOf`: the permissions that the operation needs. */
export function accept(call: Call, anyOf: readonly Permission[], work: PermissionOperation['work']): Answer {
  const { world, session, identity, context, permissions, now } = call
  const reference = world.ids.reference('EG', now)
  world.tables.permissionOperations.set({
    reference,
    identity,
    context,
    anyOf: [...anyOf],
    fixed: session.method === 'token' ? [...permissions] : null,
    acceptedAt: now,
    work,
    outcome: null,
  })
  plan(world, 'finishPermissionOperation', reference, world.switches.permissionOperationMs)
  return answer(202, { referenceNumber: reference })
}

/** Carries out an operation, at the instant at which it is due. */
export function finishPermissionOperation(world: World, reference: string, at: number): void {
  const operation = world.tables.permissionOperations.get(reference)
  if (operation !== undefined) operation.outcome = outcomeOf(world, operation, at)
}

/** Does the work, wholly or not at all. */
function outcomeOf(world: World, operation: PermissionOperation, at: number): Outcome {
  const { identity, context, anyOf, fixed, work } = operation
  const { grants } = world.tables
  const held = fixed ?? effectivePermissions(world, identity, context)
  if (!anyOf.some((permission) => held.includes(permission))) return 420
  if (work.do === 'revoke') {
    const outcome = judgeRevocation(grants.get(work.permissionId), context, held, work.which)
    if (outcome === 200) grants.delete(work.permissionId)
    return outcome
  }
  const refusal = work.grants.map((grant) => judgeGrant(world, grant)).find((outcome) => outcome !== 200)
  if (refusal !== undefined) return refusal
  return addGrants(world, work.grants.map((grant) => ({ ...grant, startedAt: at }))) ? 200 : 550 // prettier-ignore
}

/**
 * Writes grants down. What is there already stays as it is: a repetition changes nothing.
 *
 * @returns False: there is no room, and nothing was written.
 */
export function addGrants({ tables: { grants } }: World, added: readonly Grant[]): boolean {
  const missing = added.filter((grant) => ![...grants.values()].some((there) => isSameGrant(there, grant)))
  if (grants.size + missing.length > grants.max) return false
  for (const grant of missing) grants.set(grant)
  return true
}

function isSameGrant(one: Grant, other: Grant): boolean {
  return (
    one.kind === other.kind &&
    one.scope === other.scope &&
    one.subject.kind === other.subject.kind &&
    one.subject.value === other.subject.value &&
    isSameContext(one.from, other.from) &&
    differenceOf(one) === differenceOf(other)
  )
}

/** What else tells two grants of one kind apart. */
function differenceOf(grant: Grant): string {
  switch (grant.kind) {
    case 'entity':
      return String(grant.canDelegate)
    case 'indirect':
      return grant.target === null ? '' : `${grant.target.type} ${grant.target.value}`
    case 'subunit':
    case 'euAdministrator':
      return `${grant.context.type} ${grant.context.value}`
    default:
      return ''
  }
}
