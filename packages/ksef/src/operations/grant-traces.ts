/**
 * Where each kind of grant shows once it was made, and what tells it from another one of the same description.
 *
 * @see spec/ksef.md sections 3.5 and 3.7
 * @module
 */
import type { Resolution } from '@latchkey/http'
import type { PersonPermission } from '../values/granted-permission.ts'
import type { SubjectIdentifier } from '../values/identifier.ts'
import type { Context } from './context.ts'
import type {
  AuthorizationRequest,
  EntityGrant,
  EuEntityAdministrationGrant,
  EuEntityGrant,
  IndirectGrant,
  PersonGrant,
  SubunitGrant,
} from './permission-grants.ts'
import type { PermissionQueries, PersonPermissionQuery } from './permission-queries.ts'
import { resolveGrant } from './resolve-grant.ts'
import type { GrantTrace, ScopedPermission } from './resolve-grant.ts'

/** Looks for a grant that was sent at an instant of this process' wall clock. */
export type FindGrant = (sentAt: number) => Promise<Resolution>

const few = { pagesMax: 20 }

/** One for each kind of grant: what was asked for in, how to find it out. */
export function grantTraces(context: Context, queries: PermissionQueries) {
  const find =
    <Shown extends ScopedPermission>(trace: GrantTrace<Shown>): FindGrant =>
    (sentAt) =>
      resolveGrant(context, trace, sentAt)
  const persons = (queryType: PersonPermissionQuery['queryType'], authorizedIdentifier: SubjectIdentifier) => () =>
    queries.allPersons({ queryType, authorizedIdentifier }, few).items()
  return {
    person: ({ description, permissions: scopes, subjectIdentifier }: PersonGrant) =>
      find({ description, scopes, list: persons('PermissionsInCurrentContext', subjectIdentifier) }),
    entity: ({ description, permissions, subjectIdentifier }: EntityGrant) => {
      const scopes = permissions.map(({ type }) => type)
      return find({ description, scopes, list: persons('PermissionsGrantedInCurrentContext', subjectIdentifier) })
    },
    authorization: ({ description, permission, subjectIdentifier: authorizedIdentifier }: AuthorizationRequest) => {
      const filter = { queryType: 'Granted', authorizedIdentifier, permissionTypes: [permission] } as const
      return find({ description, scopes: [permission], list: () => queries.allAuthorizations(filter, few).items() })
    },
    indirect: ({ description, permissions: scopes, subjectIdentifier, targetIdentifier }: IndirectGrant) =>
      find({
        description,
        scopes,
        list: persons('PermissionsGrantedInCurrentContext', subjectIdentifier),
        fits: (shown) => targetOf(shown) === targetOf({ targetIdentifier }),
      }),
    subunit: ({ description, contextIdentifier: subunitIdentifier, subjectIdentifier }: SubunitGrant) =>
      find({
        description,
        scopes: ['CredentialsManage'],
        list: () => queries.allSubunits({ subunitIdentifier }, few).items(),
        fits: ({ authorizedIdentifier: { type, value } }) =>
          type === subjectIdentifier.type && value === subjectIdentifier.value,
      }),
    euEntity: ({ description, permissions: scopes, subjectIdentifier }: EuEntityGrant) => {
      const filter = { authorizedFingerprintIdentifier: subjectIdentifier.value }
      return find({ description, scopes, list: () => queries.allEuEntities(filter, few).items() })
    },
    euEntityAdministration: ({
      description,
      subjectIdentifier,
      contextIdentifier,
    }: EuEntityAdministrationGrant): FindGrant => {
      const vatUeIdentifier = contextIdentifier.value.slice('1234567890-'.length)
      const filter = { vatUeIdentifier, authorizedFingerprintIdentifier: subjectIdentifier.value }
      return find({ description, scopes: ['VatUeManage'], list: () => queries.allEuEntities(filter, few).items() })
    },
  }
}

// Without a target, or of type `AllPartners`: all clients, in a request as in a list.
function targetOf({ targetIdentifier }: Pick<IndirectGrant | PersonPermission, 'targetIdentifier'>): string {
  if (targetIdentifier === undefined || targetIdentifier.type === 'AllPartners') return 'AllPartners'
  return 'value' in targetIdentifier ? `${targetIdentifier.type}:${targetIdentifier.value}` : targetIdentifier.type
}
