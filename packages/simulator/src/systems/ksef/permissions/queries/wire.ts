/**
 * Grants in the shapes of the answers. What is null is left out when the answer is written.
 *
 * @see spec/ksef.md appendix A
 * @module
 */
import type { Identity } from '../../identity.ts'
import { formatInstant } from '../../times.ts'
import type { World } from '../../world.ts'
import { stateOf } from '../model.ts'
import type { HeldRole } from '../roles.ts'
import type { Grant, GrantOf, SubjectDetails } from '../rows.ts'
import type { EuGrant, OwnGrant, PersonLike } from './lists.ts'

/** `PersonPermission` */
export function personPermission(world: World, grant: PersonLike): object {
  return {
    id: grant.id,
    authorizedIdentifier: subjectOf(grant),
    contextIdentifier: grant.kind === 'subunit' ? grant.context : null,
    targetIdentifier: targetOf(grant),
    authorIdentifier: authorOf(grant),
    permissionScope: grant.scope,
    description: grant.description,
    ...subjectDetails(grant.details),
    permissionState: stateOf(world, grant),
    startDate: formatInstant(grant.startedAt),
    canDelegate: canDelegate(grant),
  }
}

/** `PersonalPermission`, for this caller. */
export function personalPermission(world: World, grant: OwnGrant, caller: Identity): object {
  const isCallers = grant.subject.kind === caller.kind && grant.subject.value === caller.value
  return {
    id: grant.id,
    contextIdentifier: grant.kind === 'entity' ? grant.from : null,
    authorizedIdentifier: isCallers ? null : subjectOf(grant),
    targetIdentifier: targetOf(grant),
    permissionScope: grant.scope,
    description: grant.description,
    ...subjectDetails(grant.details),
    permissionState: stateOf(world, grant),
    startDate: formatInstant(grant.startedAt),
    canDelegate: canDelegate(grant),
  }
}

/** `SubunitPermission` */
export function subunitPermission(grant: GrantOf<'subunit'>): object {
  return {
    id: grant.id,
    authorizedIdentifier: subjectOf(grant),
    subunitIdentifier: grant.context,
    authorIdentifier: authorOf(grant),
    permissionScope: grant.scope,
    description: grant.description,
    ...subjectDetails(grant.details),
    subunitName: grant.subunitName,
    startDate: formatInstant(grant.startedAt),
  }
}

/** `EntityPermissionItem` */
export function entityPermission(grant: GrantOf<'entity'>): object {
  return {
    id: grant.id,
    contextIdentifier: grant.from,
    permissionScope: grant.scope,
    description: grant.description,
    startDate: formatInstant(grant.startedAt),
    canDelegate: grant.canDelegate,
  }
}

/** `EntityAuthorizationGrant` */
export function authorizationGrant(grant: GrantOf<'authorization'>): object {
  return {
    id: grant.id,
    authorIdentifier: authorOf(grant),
    authorizedEntityIdentifier: subjectOf(grant),
    authorizingEntityIdentifier: grant.from,
    authorizationScope: grant.scope,
    description: grant.description,
    ...subjectDetails(grant.details),
    startDate: formatInstant(grant.startedAt),
  }
}

/** `EuEntityPermission` */
export function euPermission(grant: EuGrant): object {
  const { euEntity } = grant
  return {
    id: grant.id,
    authorIdentifier: authorOf(grant),
    vatUeIdentifier: vatUeOf(grant),
    euEntityName: euEntity.name,
    authorizedFingerprintIdentifier: grant.subject.value,
    permissionScope: grant.scope,
    description: grant.description,
    ...subjectDetails(grant.details),
    euEntityDetails: { fullName: euEntity.fullName, address: euEntity.address },
    startDate: formatInstant(grant.startedAt),
  }
}

/** The EU number in the context of an EU entity, which begins with the NIP. */
export function vatUeOf(grant: EuGrant): string {
  const { value } = grant.kind === 'euAdministrator' ? grant.context : grant.from
  return value.slice(value.indexOf('-') + 1)
}

/** `EntityRole` */
export function entityRole({ role, parent, description, startedAt }: HeldRole): object {
  const parentEntityIdentifier = parent === null ? null : { type: 'Nip', value: parent }
  return { parentEntityIdentifier, role, description, startDate: formatInstant(startedAt) }
}

/** `SubordinateEntityRole` */
export function subordinateEntityRole({ nip, role, description, startedAt }: HeldRole): object {
  const subordinateEntityIdentifier = { type: 'Nip', value: nip }
  return { subordinateEntityIdentifier, role, description, startDate: formatInstant(startedAt) }
}

/** Who got it. */
export function subjectOf({ subject: { kind, value } }: Grant): { readonly type: string; readonly value: string } {
  return { type: kind, value }
}

/** Whom an indirect grant is for; null of all others. */
export function targetOf(grant: Grant): { readonly type: string; readonly value?: string } | null {
  if (grant.kind !== 'indirect') return null
  return grant.target ?? { type: 'AllPartners' }
}

/** Who granted it, KSeF itself without a value. */
export function authorOf({ author }: Grant): { readonly type: string; readonly value?: string } {
  return author === null ? { type: 'System' } : { type: author.kind, value: author.value }
}

function canDelegate(grant: Grant): boolean {
  return grant.kind === 'entity' && grant.canDelegate
}

function subjectDetails(details: SubjectDetails | null): object {
  if (details === null) return {}
  return 'fullName' in details ? { subjectEntityDetails: details } : { subjectPersonDetails: details }
}
