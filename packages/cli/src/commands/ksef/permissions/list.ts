/**
 * `latchkey ksef permissions list`: who may do what, from each side. Owners' rights are in none of the lists.
 *
 * @see spec/ksef.md sections 3.7 and 3.18
 * @module
 */
import type {
  AuthorizationGrant,
  EntityPermission,
  EntityRole,
  EuEntityPermission,
  OffsetPage,
  Pages,
  PersonalPermission,
  PersonPermission,
  Permissions,
  SubordinateEntityRole,
  SubunitPermission,
} from '@latchkey/ksef'
import type { CommonOptions, Io } from '../../../io.ts'
import { showPages } from '../../../listing.ts'
import type { Listing } from '../../../listing.ts'
import type { ListFlags } from '../flags.ts'
import { pageSizeFor } from '../page-size.ts'
import { ksefTarget } from '../target.ts'
import { identifier, moment } from '../words.ts'
import type { PermissionListFlags } from './flags.ts'
import { listKinds } from './list-kinds.ts'
import type { ListKind } from './list-kinds.ts'
import { filtersFrom } from './list-terms.ts'
import type { Filters } from './list-terms.ts'

export async function permissionList(options: CommonOptions & PermissionListFlags, io: Io): Promise<void> {
  const names = Object.keys(listKinds) as ListKind[] // Its own names.
  const kind = names.find((name) => options[name]) ?? 'personal'
  await listOf(kind, filtersFrom(kind, options), options, io)
}

async function listOf<Kind extends ListKind>(
  kind: Kind,
  filters: Filters[Kind],
  options: CommonOptions & ListFlags,
  io: Io,
): Promise<void> {
  await using target = await ksefTarget(options, io)
  const show: Show = (pages, listing) => showPages(target.pages(pages), listing, options, io)
  const query = { ...filters, pageSize: pageSizeFor(options.limit, 100) }
  await kinds[kind](show, target.auth.permissions, query, { signal: io.signal })
}

type Show = <Item extends object>(pages: Pages<OffsetPage<Item>>, listing: Listing<Item>) => Promise<void>

type List<Kind extends ListKind> = (
  show: Show,
  permissions: Permissions,
  query: Filters[Kind] & { readonly pageSize: number },
  run: { readonly signal: AbortSignal },
) => Promise<void>

const inContext = 'PermissionsInCurrentContext'
const fromContext = 'PermissionsGrantedInCurrentContext'

const kinds: { readonly [Kind in ListKind]: List<Kind> } = {
  personal: (show, permissions, query, run) => show(permissions.allPersonal(query, run), personal),
  persons: (show, permissions, query, run) =>
    show(permissions.allPersons({ ...query, queryType: inContext }, run), persons),
  granted: (show, permissions, query, run) =>
    show(permissions.allPersons({ ...query, queryType: fromContext }, run), persons),
  subunits: (show, permissions, query, run) => show(permissions.allSubunits(query, run), subunits),
  entities: (show, permissions, query, run) => show(permissions.allEntities(query, run), entities),
  roles: (show, permissions, query, run) => show(permissions.allEntityRoles(query, run), roles),
  subordinates: (show, permissions, query, run) =>
    show(permissions.allSubordinateEntityRoles(query, run), subordinates),
  authorizations: (show, permissions, query, run) =>
    show(permissions.allAuthorizations({ ...query, queryType: 'Granted' }, run), authorizations),
  received: (show, permissions, query, run) =>
    show(permissions.allAuthorizations({ ...query, queryType: 'Received' }, run), authorizations),
  euEntities: (show, permissions, query, run) => show(permissions.allEuEntities(query, run), euEntities),
}

const personal: Listing<PersonalPermission> = {
  name: 'permissions',
  heading: ['id', 'permission', 'state', 'context', 'for', 'may pass on', 'since', 'description'],
  cells: ({ id, permissionScope, permissionState, contextIdentifier, targetIdentifier, canDelegate, ...more }) => [
    ...[id, permissionScope, permissionState, identifier(contextIdentifier), identifier(targetIdentifier)],
    ...[yes(canDelegate), moment(more.startDate), more.description],
  ],
}

const persons: Listing<PersonPermission> = {
  name: 'permissions',
  heading: ['id', 'who', 'name', 'permission', 'state', 'context', 'for', 'by', 'since', 'description'],
  cells: ({ id, authorizedIdentifier, permissionScope, permissionState, contextIdentifier, ...more }) => [
    ...[id, identifier(authorizedIdentifier), nameOf(more), permissionScope, permissionState],
    ...[identifier(contextIdentifier), identifier(more.targetIdentifier), identifier(more.authorIdentifier)],
    ...[moment(more.startDate), more.description],
  ],
}

const subunits: Listing<SubunitPermission> = {
  name: 'permissions',
  heading: ['id', 'who', 'name', 'permission', 'unit', 'unit name', 'by', 'since', 'description'],
  cells: ({ id, authorizedIdentifier, permissionScope, subunitIdentifier, subunitName = '', ...more }) => [
    ...[id, identifier(authorizedIdentifier), nameOf(more), permissionScope, identifier(subunitIdentifier)],
    ...[subunitName, identifier(more.authorIdentifier), moment(more.startDate), more.description],
  ],
}

const entities: Listing<EntityPermission> = {
  name: 'permissions',
  heading: ['id', 'permission', 'of', 'may pass on', 'since', 'description'],
  cells: ({ id, permissionScope, contextIdentifier, canDelegate, startDate, description }) => [
    ...[id, permissionScope, identifier(contextIdentifier), yes(canDelegate), moment(startDate), description],
  ],
}

const roles: Listing<EntityRole> = {
  name: 'roles',
  heading: ['role', 'parent', 'since', 'description'],
  cells: ({ role, parentEntityIdentifier, startDate, description }) => [
    ...[role, identifier(parentEntityIdentifier), moment(startDate), description],
  ],
}

const subordinates: Listing<SubordinateEntityRole> = {
  name: 'roles',
  heading: ['entity', 'role', 'since', 'description'],
  cells: ({ subordinateEntityIdentifier, role, startDate, description }) => [
    ...[identifier(subordinateEntityIdentifier), role, moment(startDate), description],
  ],
}

const authorizations: Listing<AuthorizationGrant> = {
  name: 'authorizations',
  heading: ['id', 'authorization', 'who', 'name', 'for', 'by', 'since', 'description'],
  cells: ({ id, authorizationScope, authorizedEntityIdentifier, authorizingEntityIdentifier, ...more }) => [
    ...[id, authorizationScope, identifier(authorizedEntityIdentifier), nameOf(more)],
    ...[identifier(authorizingEntityIdentifier), identifier(more.authorIdentifier), moment(more.startDate)],
    more.description,
  ],
}

const euEntities: Listing<EuEntityPermission> = {
  name: 'permissions',
  heading: ['id', 'certificate', 'name', 'permission', 'entity', 'entity name', 'by', 'since', 'description'],
  cells: ({ id, authorizedFingerprintIdentifier, permissionScope, vatUeIdentifier, euEntityName, ...more }) => [
    ...[id, authorizedFingerprintIdentifier, nameOf(more), permissionScope, vatUeIdentifier, euEntityName],
    ...[identifier(more.authorIdentifier), moment(more.startDate), more.description],
  ],
}

interface Named {
  readonly subjectPersonDetails?: { readonly firstName: string; readonly lastName: string }
  readonly subjectEntityDetails?: { readonly fullName: string }
}

function nameOf({ subjectPersonDetails: person, subjectEntityDetails: entity }: Named): string {
  return person ? `${person.firstName} ${person.lastName}` : (entity?.fullName ?? '')
}

function yes(is: boolean): string {
  return is ? 'yes' : ''
}
