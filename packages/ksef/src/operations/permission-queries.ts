/**
 * Searches for permissions and roles. Owners' rights are in none of them.
 *
 * @see spec/ksef.md section 3.7
 * @module
 */
import type {
  AuthorizationGrant,
  AuthorizationType,
  EntityPermission,
  EntityRole,
  EuEntityPermission,
  EuEntityPermissionType,
  PermissionState,
  PersonalPermission,
  PersonPermission,
  PersonPermissionType,
  SubordinateEntityRole,
  SubunitPermission,
} from '../values/granted-permission.ts'
import type { Identifier, SubjectIdentifier } from '../values/identifier.ts'
import type { OffsetPage, OffsetPageQuery } from '../values/page.ts'
import type { CallOptions, Context } from './context.ts'
import { offsetPages } from './pages.ts'
import type { PageOptions, Pages } from './pages.ts'
import { readOffsetPage } from './read-page.ts'
import { operations } from './table.ts'

/** A taxpayer, or a unit of one. */
export type UnitIdentifier = Identifier<'Nip' | 'InternalId'>
/** Whose data a permission is about. */
export type TargetIdentifier = UnitIdentifier | { readonly type: 'AllPartners' }

export interface PersonalPermissionQuery extends OffsetPageQuery {
  readonly contextIdentifier?: UnitIdentifier | undefined
  readonly targetIdentifier?: TargetIdentifier | undefined
  readonly permissionTypes?: readonly (PersonPermissionType | 'VatUeManage')[] | undefined
  readonly permissionState?: PermissionState | undefined
}

export interface PersonPermissionQuery extends OffsetPageQuery {
  /** Who may work here, or what was granted from here. */
  readonly queryType: 'PermissionsInCurrentContext' | 'PermissionsGrantedInCurrentContext'
  /** `System`: by a form on paper. */
  readonly authorIdentifier?: SubjectIdentifier | { readonly type: 'System' } | undefined
  readonly authorizedIdentifier?: SubjectIdentifier | undefined
  readonly contextIdentifier?: UnitIdentifier | undefined
  readonly targetIdentifier?: TargetIdentifier | undefined
  readonly permissionTypes?: readonly PersonPermissionType[] | undefined
  readonly permissionState?: PermissionState | undefined
}

export interface SubunitPermissionQuery extends OffsetPageQuery {
  readonly subunitIdentifier?: UnitIdentifier | undefined
}

export interface EntityPermissionQuery extends OffsetPageQuery {
  readonly contextIdentifier?: UnitIdentifier | undefined
}

export interface SubordinateEntityRoleQuery extends OffsetPageQuery {
  readonly subordinateEntityIdentifier?: Identifier<'Nip'> | undefined
}

export interface AuthorizationQuery extends OffsetPageQuery {
  /** By the current entity, or to it. */
  readonly queryType: 'Granted' | 'Received'
  /** For `Received`. */
  readonly authorizingIdentifier?: Identifier<'Nip'> | undefined
  /** For `Granted`. */
  readonly authorizedIdentifier?: Identifier<'Nip' | 'PeppolId'> | undefined
  readonly permissionTypes?: readonly AuthorizationType[] | undefined
}

export interface EuEntityPermissionQuery extends OffsetPageQuery {
  /** An EU VAT number with its country, without a NIP. */
  readonly vatUeIdentifier?: string | undefined
  /** A part of it. */
  readonly authorizedFingerprintIdentifier?: string | undefined
  readonly permissionTypes?: readonly EuEntityPermissionType[] | undefined
}

/** The searches of `auth.permissions`: 10 to 100 on a page, newest first. Each `all…` goes through all pages. */
export interface PermissionQueries {
  /**
   * The caller's own permissions in the current context.
   *
   * Source: spec/ksef.md section 3.7. `POST /permissions/query/personal/grants`
   */
  queryPersonal(query?: PersonalPermissionQuery, run?: CallOptions): Promise<OffsetPage<PersonalPermission>>
  allPersonal(query?: PersonalPermissionQuery, run?: PageOptions): Pages<OffsetPage<PersonalPermission>>
  /**
   * Permissions of persons and entities.
   *
   * Source: spec/ksef.md section 3.7. `POST /permissions/query/persons/grants`
   */
  queryPersons(query: PersonPermissionQuery, run?: CallOptions): Promise<OffsetPage<PersonPermission>>
  allPersons(query: PersonPermissionQuery, run?: PageOptions): Pages<OffsetPage<PersonPermission>>
  /**
   * Administrators of subunits and subordinate entities.
   *
   * Source: spec/ksef.md section 3.7. `POST /permissions/query/subunits/grants`
   */
  querySubunits(query?: SubunitPermissionQuery, run?: CallOptions): Promise<OffsetPage<SubunitPermission>>
  allSubunits(query?: SubunitPermissionQuery, run?: PageOptions): Pages<OffsetPage<SubunitPermission>>
  /**
   * Permissions that other entities gave to the current one.
   *
   * Source: spec/ksef.md section 3.7. `POST /permissions/query/entities/grants`
   */
  queryEntities(query?: EntityPermissionQuery, run?: CallOptions): Promise<OffsetPage<EntityPermission>>
  allEntities(query?: EntityPermissionQuery, run?: PageOptions): Pages<OffsetPage<EntityPermission>>
  /**
   * Roles of the current entity.
   *
   * Source: spec/ksef.md section 3.7. `GET /permissions/query/entities/roles`
   */
  queryEntityRoles(query?: OffsetPageQuery, run?: CallOptions): Promise<OffsetPage<EntityRole>>
  allEntityRoles(query?: OffsetPageQuery, run?: PageOptions): Pages<OffsetPage<EntityRole>>
  /**
   * Subordinate entities of a local government or a VAT group.
   *
   * Source: spec/ksef.md section 3.7. `POST /permissions/query/subordinate-entities/roles`
   */
  querySubordinateEntityRoles(
    query?: SubordinateEntityRoleQuery,
    run?: CallOptions,
  ): Promise<OffsetPage<SubordinateEntityRole>>
  allSubordinateEntityRoles(
    query?: SubordinateEntityRoleQuery,
    run?: PageOptions,
  ): Pages<OffsetPage<SubordinateEntityRole>>
  /**
   * Authorizations to act for an entity.
   *
   * Source: spec/ksef.md section 3.7. `POST /permissions/query/authorizations/grants`
   */
  queryAuthorizations(query: AuthorizationQuery, run?: CallOptions): Promise<OffsetPage<AuthorizationGrant>>
  allAuthorizations(query: AuthorizationQuery, run?: PageOptions): Pages<OffsetPage<AuthorizationGrant>>
  /**
   * Administrators and representatives of EU entities.
   *
   * Source: spec/ksef.md section 3.7. `POST /permissions/query/eu-entities/grants`
   */
  queryEuEntities(query?: EuEntityPermissionQuery, run?: CallOptions): Promise<OffsetPage<EuEntityPermission>>
  allEuEntities(query?: EuEntityPermissionQuery, run?: PageOptions): Pages<OffsetPage<EuEntityPermission>>
}

export function permissionQueriesOf(context: Context): PermissionQueries {
  const queries: PermissionQueries = {
    queryPersonal: async (query = {}, run) =>
      readOffsetPage(context, operations['permissions.queryPersonal'], query, run),
    allPersonal: (query = {}, run = {}) => offsetPages(context, operations['permissions.queryPersonal'], query, run),
    queryPersons: async (query, run) => readOffsetPage(context, operations['permissions.queryPersons'], query, run),
    allPersons: (query, run = {}) => offsetPages(context, operations['permissions.queryPersons'], query, run),
    querySubunits: async (query = {}, run) =>
      readOffsetPage(context, operations['permissions.querySubunits'], query, run),
    allSubunits: (query = {}, run = {}) => offsetPages(context, operations['permissions.querySubunits'], query, run),
    queryEntities: async (query = {}, run) =>
      readOffsetPage(context, operations['permissions.queryEntities'], query, run),
    allEntities: (query = {}, run = {}) => offsetPages(context, operations['permissions.queryEntities'], query, run),
    queryEntityRoles: async (query = {}, run) =>
      readOffsetPage(context, operations['permissions.queryEntityRoles'], query, run),
    allEntityRoles: (query = {}, run = {}) =>
      offsetPages(context, operations['permissions.queryEntityRoles'], query, run),
    querySubordinateEntityRoles: async (query = {}, run) =>
      readOffsetPage(context, operations['permissions.querySubordinateEntityRoles'], query, run),
    allSubordinateEntityRoles: (query = {}, run = {}) =>
      offsetPages(context, operations['permissions.querySubordinateEntityRoles'], query, run),
    queryAuthorizations: async (query, run) =>
      readOffsetPage(context, operations['permissions.queryAuthorizations'], query, run),
    allAuthorizations: (query, run = {}) =>
      offsetPages(context, operations['permissions.queryAuthorizations'], query, run),
    queryEuEntities: async (query = {}, run) =>
      readOffsetPage(context, operations['permissions.queryEuEntities'], query, run),
    allEuEntities: (query = {}, run = {}) =>
      offsetPages(context, operations['permissions.queryEuEntities'], query, run),
  }
  return queries
}
