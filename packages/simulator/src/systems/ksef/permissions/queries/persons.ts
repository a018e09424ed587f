/**
 * The queries about who may work where: a caller's own permissions, those of persons, those of subunits' administrators.
 *
 * @see spec/ksef.md section 3.7 and appendix A
 * @module
 */
import { fields, identifier, identifierOr, oneOf, optional } from '../../fields.ts'
import type { Context } from '../../identity.ts'
import type { Operation } from '../../operation.ts'
import { stateOf } from '../model.ts'
import { personScopes } from '../scopes.ts'
import { grantsGiven, grantsInForce, type OwnGrant, ownGrants, subunitGrants } from './lists.ts'
import { fits, isAmong, query, someOf } from './query.ts'
import { authorOf, personalPermission, personPermission, subjectOf, subunitPermission, targetOf } from './wire.ts'

const readers = ['CredentialsManage', 'CredentialsRead', 'SubunitManage'] as const
const personKinds = ['Nip', 'Pesel', 'Fingerprint'] as const
const contextKinds = ['Nip', 'InternalId'] as const
const permissionState = optional(oneOf(['Active', 'Inactive']))

const personalFilters = fields({
  contextIdentifier: optional(identifier(contextKinds)),
  targetIdentifier: optional(identifierOr('AllPartners', contextKinds)),
  permissionTypes: someOf([...personScopes, 'VatUeManage']),
  permissionState,
})

const personsFilters = fields({
  authorIdentifier: optional(identifierOr('System', personKinds)),
  authorizedIdentifier: optional(identifier(personKinds)),
  contextIdentifier: optional(identifier(contextKinds)),
  targetIdentifier: optional(identifierOr('AllPartners', contextKinds)),
  permissionTypes: someOf(personScopes),
  permissionState,
  queryType: oneOf(['PermissionsInCurrentContext', 'PermissionsGrantedInCurrentContext']),
})

const subunitsFilters = fields({ subunitIdentifier: optional(identifier(['InternalId', 'Nip'])) })

/** The operations. */
export const personQueries: readonly Operation[] = [
  query(
    { name: 'queryPersonal', path: 'personal/grants', who: 'bearer', member: 'permissions' },
    personalFilters,
    (call, { contextIdentifier, targetIdentifier, permissionTypes, permissionState: state }) =>
      ownGrants(call).filter(
        (grant) =>
          fits(contextIdentifier, contextOf(grant)) &&
          fits(targetIdentifier, targetedBy(grant)) &&
          isAmong(permissionTypes, grant.scope) &&
          (state === undefined || state === stateOf(call.world, grant)),
      ),
    (grant, { world, identity }) => personalPermission(world, grant, identity),
  ),
  query(
    { name: 'queryPersons', path: 'persons/grants', who: readers, member: 'permissions' },
    personsFilters,
    ({ world, context }, { queryType, permissionTypes, permissionState: state, ...wanted }) => {
      const list = queryType === 'PermissionsInCurrentContext' ? grantsInForce : grantsGiven
      return list(world, context).filter(
        (grant) =>
          fits(wanted.authorIdentifier, authorOf(grant)) &&
          fits(wanted.authorizedIdentifier, subjectOf(grant)) &&
          fits(wanted.contextIdentifier, contextOf(grant)) &&
          fits(wanted.targetIdentifier, targetedBy(grant)) &&
          isAmong(permissionTypes, grant.scope) &&
          (state === undefined || state === stateOf(world, grant)),
      )
    },
    (grant, { world }) => personPermission(world, grant),
  ),
  query(
    { name: 'querySubunits', path: 'subunits/grants', who: readers, member: 'permissions' },
    subunitsFilters,
    ({ world, context }, { subunitIdentifier }) =>
      subunitGrants(world, context).filter((grant) => fits(subunitIdentifier, grant.context)),
    subunitPermission,
  ),
]

/** The context by which the filters find a grant, also one whose row in the answer names none: where it works. */
function contextOf(grant: OwnGrant): Context {
  return grant.kind === 'subunit' || grant.kind === 'euAdministrator' ? grant.context : grant.from
}

/** The target by which they find it: what was granted directly is for the context itself. */
function targetedBy(grant: OwnGrant): ReturnType<typeof targetOf> {
  return targetOf(grant) ?? contextOf(grant)
}
