/**
 * The queries about entities: what they got from others, what they are, and for whom they may issue invoices.
 *
 * @see spec/ksef.md section 3.7 and appendix A
 * @module
 */
import { z } from 'zod'
import { fields, identifier, matching, oneOf, optional, readInput } from '../../fields.ts'
import { patterns } from '../../identity.ts'
import { answer, type Operation } from '../../operation.ts'
import { pageFields, pageOf, pageQuery } from '../../pages.ts'
import { type HeldRole, rolesOf, subordinateRoles } from '../roles.ts'
import { authorizationScopes, euScopes } from '../scopes.ts'
import { authorizations, euGrants, receivedGrants } from './lists.ts'
import { fits, isAmong, query, someOf } from './query.ts'
import { authorizationGrant, entityPermission, entityRole, euPermission, subjectOf } from './wire.ts'
import { subordinateEntityRole, vatUeOf } from './wire.ts'

const readers = ['CredentialsManage', 'CredentialsRead'] as const
const rolesPage = fields(pageFields(100))

const authorizationsFilters = fields({
  authorizingIdentifier: optional(identifier(['Nip'])),
  authorizedIdentifier: optional(identifier(['Nip', 'PeppolId'])),
  queryType: oneOf(['Granted', 'Received']),
  permissionTypes: someOf(authorizationScopes),
})

const euFilters = fields({
  vatUeIdentifier: optional(matching(patterns.VatUe)),
  authorizedFingerprintIdentifier: optional(z.string()),
  permissionTypes: someOf(euScopes),
})

/** The operations. */
export const entityQueries: readonly Operation[] = [
  query(
    { name: 'queryEntities', path: 'entities/grants', who: readers, member: 'permissions' },
    fields({ contextIdentifier: optional(identifier(['Nip', 'InternalId'])) }),
    ({ world, context }, { contextIdentifier }) =>
      receivedGrants(world, context).filter((grant) => fits(contextIdentifier, grant.from)),
    entityPermission,
  ),
  {
    name: 'queryEntityRoles',
    method: 'GET',
    path: '/v2/permissions/query/entities/roles',
    who: readers,
    run: (call) => {
      const page = readInput(rolesPage, pageQuery(call))
      const { rows, hasMore } = pageOf(newestFirst(rolesOf(call.world, call.context)), page)
      return answer(200, { roles: rows.map(entityRole), hasMore })
    },
  },
  query(
    {
      name: 'querySubordinateEntityRoles',
      path: 'subordinate-entities/roles',
      who: [...readers, 'SubunitManage'],
      member: 'roles',
    },
    fields({ subordinateEntityIdentifier: optional(identifier(['Nip'])) }),
    ({ world, context }, { subordinateEntityIdentifier: wanted }) =>
      newestFirst(subordinateRoles(world, context)).filter(({ nip }) => fits(wanted, { type: 'Nip', value: nip })),
    subordinateEntityRole,
  ),
  query(
    {
      name: 'queryAuthorizations',
      path: 'authorizations/grants',
      who: [...readers, 'PefInvoiceWrite'],
      member: 'authorizationGrants',
    },
    authorizationsFilters,
    ({ world, context }, { queryType, permissionTypes, authorizingIdentifier, authorizedIdentifier }) =>
      authorizations(world, context, queryType).filter(
        (grant) =>
          fits(authorizingIdentifier, grant.from) &&
          fits(authorizedIdentifier, subjectOf(grant)) &&
          isAmong(permissionTypes, grant.scope),
      ),
    authorizationGrant,
  ),
  query(
    {
      name: 'queryEuEntities',
      path: 'eu-entities/grants',
      who: [...readers, 'VatUeManage'],
      member: 'permissions',
    },
    euFilters,
    ({ world, context }, { vatUeIdentifier, authorizedFingerprintIdentifier = '', permissionTypes }) =>
      euGrants(world, context).filter(
        (grant) =>
          (vatUeIdentifier === undefined || vatUeIdentifier === vatUeOf(grant)) &&
          grant.subject.value.includes(authorizedFingerprintIdentifier) &&
          isAmong(permissionTypes, grant.scope),
      ),
    euPermission,
  ),
]

/** Roles have no id: those that began together stay in the order of their entities. */
function newestFirst(roles: readonly HeldRole[]): readonly HeldRole[] {
  return [...roles].sort((one, other) => other.startedAt - one.startedAt || (one.nip < other.nip ? -1 : 1))
}
