/**
 * Searches for permissions and roles.
 *
 * @see spec/ksef.md section 3.7
 * @module
 */
import type { Permission } from '../../values/permission.ts'
import {
  authorizationGrantPage,
  entityPermissionPage,
  entityRolePage,
  euEntityPermissionPage,
  personalPermissionPage,
  personPermissionPage,
  subordinateEntityRolePage,
  subunitPermissionPage,
} from '../../wire/permissions.ts'
import { gives } from '../answers.ts'
import * as requests from '../requests/permission-queries.ts'
import type { KsefOperation } from '../table-row.ts'

const readers: readonly Permission[] = ['CredentialsManage', 'CredentialsRead']
const unitReaders: readonly Permission[] = [...readers, 'SubunitManage']

export const permissionQueryRows = {
  'permissions.queryPersonal': {
    name: 'permissions.queryPersonal',
    method: 'POST',
    path: '/permissions/query/personal/grants',
    effect: 'read',
    rateGroup: 'other',
    who: 'bearer',
    request: requests.queryPersonal,
    summary: "Searches the caller's own permissions in the current context.",
    ...gives(personalPermissionPage),
  },
  'permissions.queryPersons': {
    name: 'permissions.queryPersons',
    method: 'POST',
    path: '/permissions/query/persons/grants',
    effect: 'read',
    rateGroup: 'other',
    who: unitReaders,
    request: requests.queryPersons,
    summary: 'Searches permissions of persons and entities.',
    ...gives(personPermissionPage),
  },
  'permissions.querySubunits': {
    name: 'permissions.querySubunits',
    method: 'POST',
    path: '/permissions/query/subunits/grants',
    effect: 'read',
    rateGroup: 'other',
    who: unitReaders,
    request: requests.querySubunits,
    summary: 'Searches administrators of subunits and subordinate entities.',
    ...gives(subunitPermissionPage),
  },
  'permissions.queryEntities': {
    name: 'permissions.queryEntities',
    method: 'POST',
    path: '/permissions/query/entities/grants',
    effect: 'read',
    rateGroup: 'other',
    who: readers,
    request: requests.queryEntities,
    summary: 'Searches permissions that other entities gave.',
    ...gives(entityPermissionPage),
  },
  'permissions.queryEntityRoles': {
    name: 'permissions.queryEntityRoles',
    method: 'GET',
    path: '/permissions/query/entities/roles',
    effect: 'read',
    rateGroup: 'other',
    who: readers,
    request: requests.queryEntityRoles,
    summary: 'Lists the roles of the entity.',
    ...gives(entityRolePage),
  },
  'permissions.querySubordinateEntityRoles': {
    name: 'permissions.querySubordinateEntityRoles',
    method: 'POST',
    path: '/permissions/query/subordinate-entities/roles',
    effect: 'read',
    rateGroup: 'other',
    who: unitReaders,
    request: requests.querySubordinateEntityRoles,
    summary: 'Searches subordinate entities and their roles.',
    ...gives(subordinateEntityRolePage),
  },
  'permissions.queryAuthorizations': {
    name: 'permissions.queryAuthorizations',
    method: 'POST',
    path: '/permissions/query/authorizations/grants',
    effect: 'read',
    rateGroup: 'other',
    who: [...readers, 'PefInvoiceWrite'],
    request: requests.queryAuthorizations,
    summary: 'Searches authorizations that the entity gave or received.',
    ...gives(authorizationGrantPage),
  },
  'permissions.queryEuEntities': {
    name: 'permissions.queryEuEntities',
    method: 'POST',
    path: '/permissions/query/eu-entities/grants',
    effect: 'read',
    rateGroup: 'other',
    who: [...readers, 'VatUeManage'],
    request: requests.queryEuEntities,
    summary: 'Searches administrators and representatives of EU entities.',
    ...gives(euEntityPermissionPage),
  },
} as const satisfies Record<string, KsefOperation>
