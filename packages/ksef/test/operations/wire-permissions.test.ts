/**
 * Grants, revocations and searches of permissions as tables: what a call puts on the wire, and what it makes of the
 * answer.
 *
 * @see spec/ksef.md sections 3.5 to 3.7
 * @module
 */
import { describe } from 'vitest'
import type { Services } from '../support/services.ts'
import {
  accepted,
  bookkeeper,
  description,
  entityByFp,
  entityDetails,
  fingerprint,
  foreignEntity,
  instant,
  internalId,
  names,
  nip,
  nipVatUe,
  peppolId,
  permissionId,
  personById,
  personPermission,
  pesel,
  reference,
  written,
} from '../support/samples.ts'
import { eachOperation } from '../support/wire-table.ts'
import type { Area, WireRow } from '../support/wire-table.ts'

type Name = Area<'permissions'>
type Grants = Extract<Name, `permissions.grant${string}`>
type Queries = Extract<Name, `permissions.query${string}`>

/** A grant: what is passed in is what is sent. */
const grant = (call: (auth: Services, input: never) => Promise<unknown>, path: string, input: object): WireRow => ({
  call: (auth) => call(auth, input as never), // Each row's own shape; the wrong ones are in input.test.ts.
  request: `POST /permissions/${path}/grants`,
  body: input,
  answer: { status: 202, json: accepted },
  result: accepted,
})

const byFingerprint = { type: 'Fingerprint', value: fingerprint }

const grants: Record<Grants, WireRow> = {
  'permissions.grantPerson': grant((a, i) => a.permissions.grantPerson(i), 'persons', {
    subjectIdentifier: byFingerprint,
    permissions: ['InvoiceRead', 'EnforcementOperations'],
    description,
    subjectDetails: {
      subjectDetailsType: 'PersonByFingerprintWithoutIdentifier',
      personByFpNoId: {
        ...names,
        birthDate: '1990-02-28',
        idDocument: { type: 'Passport', number: 'X0000001', country: 'DE' },
      },
    },
  }),
  'permissions.grantEntity': grant((a, i) => a.permissions.grantEntity(i), 'entities', {
    subjectIdentifier: { type: 'Nip', value: nip },
    permissions: [{ type: 'InvoiceRead', canDelegate: true }, { type: 'InvoiceWrite' }],
    description,
    subjectDetails: entityDetails,
  }),
  'permissions.grantAuthorization': grant((a, i) => a.permissions.grantAuthorization(i), 'authorizations', {
    subjectIdentifier: { type: 'PeppolId', value: peppolId },
    permission: 'PefInvoicing',
    description,
    subjectDetails: entityDetails,
  }),
  'permissions.grantIndirect': grant((a, i) => a.permissions.grantIndirect(i), 'indirect', {
    subjectIdentifier: { type: 'Pesel', value: pesel },
    targetIdentifier: { type: 'AllPartners' },
    permissions: ['InvoiceRead'],
    description,
    subjectDetails: personById,
  }),
  'permissions.grantSubunit': grant((a, i) => a.permissions.grantSubunit(i), 'subunits', {
    subjectIdentifier: { type: 'Nip', value: nip },
    contextIdentifier: { type: 'InternalId', value: internalId },
    description,
    subunitName: 'Shop in Łódź',
    subjectDetails: personById,
  }),
  'permissions.grantEuEntity': grant((a, i) => a.permissions.grantEuEntity(i), 'eu-entities', {
    subjectIdentifier: byFingerprint,
    permissions: ['InvoiceWrite'],
    description,
    subjectDetails: {
      subjectDetailsType: 'PersonByFingerprintWithIdentifier',
      personByFpWithId: { ...names, identifier: { type: 'Pesel', value: pesel } },
    },
  }),
  'permissions.grantEuEntityAdministration': grant(
    (a, i) => a.permissions.grantEuEntityAdministration(i),
    'eu-entities/administration',
    {
      subjectIdentifier: byFingerprint,
      contextIdentifier: { type: 'NipVatUe', value: nipVatUe },
      description,
      euEntityName: 'Beispiel GmbH, Musterweg 1',
      subjectDetails: entityByFp,
      euEntityDetails: foreignEntity,
    },
  ),
}

const revocations: Record<Exclude<Name, Grants | Queries>, WireRow> = {
  'permissions.revokeCommon': {
    call: ({ permissions }) => permissions.revokeCommon({ permissionId }),
    request: `DELETE /permissions/common/grants/${permissionId}`,
    answer: { status: 202, json: accepted },
    result: accepted,
  },
  'permissions.revokeAuthorization': {
    call: ({ permissions }) => permissions.revokeAuthorization({ permissionId }),
    request: `DELETE /permissions/authorizations/grants/${permissionId}`,
    answer: { status: 202, json: accepted },
    result: accepted,
  },
  'permissions.operationStatus': {
    call: ({ permissions }) => permissions.operationStatus({ referenceNumber: reference('EG') }),
    request: `GET /permissions/operations/${reference('EG')}`,
    answer: { json: { status: { code: 100, description: 'Operacja przyjęta do realizacji' } } },
    result: { status: { code: 100, description: 'Operacja przyjęta do realizacji' }, outcome: 'pending' },
  },
  'permissions.attachmentStatus': {
    call: ({ permissions }) => permissions.attachmentStatus(),
    request: 'GET /permissions/attachments/status',
    answer: { json: { isAttachmentAllowed: true, revokedDate: null } },
    result: { isAttachmentAllowed: true },
  },
}

const person = { subjectDetailsType: 'PersonByIdentifier', ...names }
const entity = { subjectDetailsType: 'EntityByIdentifier', fullName: 'Spółka testowa' }
const author = { type: 'Pesel', value: pesel }

const subunit = {
  id: permissionId,
  authorizedIdentifier: author,
  subunitIdentifier: { type: 'InternalId', value: internalId },
  authorIdentifier: author,
  permissionScope: 'CredentialsManage',
  description,
  startDate: written,
}
const entityPermission = {
  id: permissionId,
  contextIdentifier: { type: 'Nip', value: nip },
  permissionScope: 'InvoiceRead',
  description,
  startDate: written,
  canDelegate: true,
}
const authorization = {
  id: permissionId,
  authorizedEntityIdentifier: { type: 'PeppolId', value: peppolId },
  authorizingEntityIdentifier: { type: 'Nip', value: nip },
  authorizationScope: 'PefInvoicing',
  description,
  startDate: written,
}
const euPermission = {
  id: permissionId,
  authorIdentifier: author,
  vatUeIdentifier: 'DE123456789',
  euEntityName: 'Beispiel GmbH',
  authorizedFingerprintIdentifier: fingerprint,
  permissionScope: 'VatUeManage',
  description,
  startDate: written,
}

const queries: Record<Queries, WireRow> = {
  'permissions.queryPersonal': {
    call: ({ permissions }) =>
      permissions.queryPersonal({
        contextIdentifier: { type: 'InternalId', value: internalId },
        targetIdentifier: { type: 'AllPartners' },
        permissionTypes: ['VatUeManage'],
        permissionState: 'Inactive',
        pageSize: 100,
      }),
    request: 'POST /permissions/query/personal/grants?pageSize=100',
    body: {
      contextIdentifier: { type: 'InternalId', value: internalId },
      targetIdentifier: { type: 'AllPartners' },
      permissionTypes: ['VatUeManage'],
      permissionState: 'Inactive',
    },
    answer: {
      json: { permissions: [personPermission({ subjectEntityDetails: null, newMember: 1 })], hasMore: true },
    },
    result: { items: [personPermission({ startDate: instant, newMember: 1 })], hasMore: true },
  },
  'permissions.queryPersons': {
    call: ({ permissions }) =>
      permissions.queryPersons({
        queryType: 'PermissionsInCurrentContext',
        authorIdentifier: { type: 'System' },
        authorizedIdentifier: { type: 'Pesel', value: pesel },
        pageOffset: 2,
      }),
    request: 'POST /permissions/query/persons/grants?pageOffset=2',
    body: {
      queryType: 'PermissionsInCurrentContext',
      authorIdentifier: { type: 'System' },
      authorizedIdentifier: { type: 'Pesel', value: pesel },
    },
    answer: { json: { permissions: [personPermission({ subjectPersonDetails: person })], hasMore: false } },
    result: { items: [personPermission({ subjectPersonDetails: person, startDate: instant })], hasMore: false },
  },
  'permissions.querySubunits': {
    call: ({ permissions }) =>
      permissions.querySubunits({ subunitIdentifier: { type: 'InternalId', value: internalId } }),
    request: 'POST /permissions/query/subunits/grants',
    body: { subunitIdentifier: { type: 'InternalId', value: internalId } },
    answer: { json: { permissions: [{ ...subunit, subunitName: null }], hasMore: false } },
    result: { items: [{ ...subunit, startDate: instant }], hasMore: false },
  },
  'permissions.queryEntities': {
    call: ({ permissions }) => permissions.queryEntities(),
    request: 'POST /permissions/query/entities/grants',
    body: {},
    answer: { json: { permissions: [entityPermission], hasMore: false } },
    result: { items: [{ ...entityPermission, startDate: instant }], hasMore: false },
  },
  'permissions.queryEntityRoles': {
    call: ({ permissions }) => permissions.queryEntityRoles({ pageSize: 10, pageOffset: 0 }),
    request: 'GET /permissions/query/entities/roles?pageSize=10&pageOffset=0',
    answer: { json: { roles: [{ role: 'CourtBailiff', description, startDate: written }], hasMore: false } },
    result: { items: [{ role: 'CourtBailiff', description, startDate: instant }], hasMore: false },
  },
  'permissions.querySubordinateEntityRoles': {
    call: ({ permissions }) =>
      permissions.querySubordinateEntityRoles({ subordinateEntityIdentifier: { type: 'Nip', value: nip } }),
    request: 'POST /permissions/query/subordinate-entities/roles',
    body: { subordinateEntityIdentifier: { type: 'Nip', value: nip } },
    answer: {
      json: {
        roles: [
          {
            subordinateEntityIdentifier: { type: 'Nip', value: nip },
            role: 'VatGroupSubUnit',
            description,
            startDate: written,
          },
        ],
        hasMore: false,
      },
    },
    result: {
      items: [
        {
          subordinateEntityIdentifier: { type: 'Nip', value: nip },
          role: 'VatGroupSubUnit',
          description,
          startDate: instant,
        },
      ],
      hasMore: false,
    },
  },
  'permissions.queryAuthorizations': {
    call: ({ permissions }) =>
      permissions.queryAuthorizations({
        queryType: 'Granted',
        authorizedIdentifier: { type: 'PeppolId', value: peppolId },
        permissionTypes: ['PefInvoicing'],
      }),
    request: 'POST /permissions/query/authorizations/grants',
    body: {
      queryType: 'Granted',
      authorizedIdentifier: { type: 'PeppolId', value: peppolId },
      permissionTypes: ['PefInvoicing'],
    },
    answer: {
      json: { authorizationGrants: [{ ...authorization, subjectEntityDetails: entity }], hasMore: false },
    },
    result: { items: [{ ...authorization, subjectEntityDetails: entity, startDate: instant }], hasMore: false },
  },
  'permissions.queryEuEntities': {
    call: ({ permissions }) =>
      permissions.queryEuEntities({ vatUeIdentifier: 'DE123456789', authorizedFingerprintIdentifier: 'C0FF' }),
    request: 'POST /permissions/query/eu-entities/grants',
    body: { vatUeIdentifier: 'DE123456789', authorizedFingerprintIdentifier: 'C0FF' },
    answer: { json: { permissions: [{ ...euPermission, euEntityDetails: foreignEntity }], hasMore: false } },
    result: { items: [{ ...euPermission, euEntityDetails: foreignEntity, startDate: instant }], hasMore: false },
  },
}

describe('section 3.5: grants', () => eachOperation(grants))
describe('section 3.6: revocations and statuses', () => eachOperation(revocations))
describe('section 3.7: searches', () => eachOperation(queries))

describe('appendix C.5', () => {
  eachOperation({
    'permissions.grantPerson': {
      call: ({ permissions }) => permissions.grantPerson(bookkeeper),
      request: 'POST /permissions/persons/grants',
      body: {
        subjectIdentifier: { type: 'Pesel', value: '15062788702' },
        permissions: ['InvoiceRead', 'InvoiceWrite'],
        description: 'Bookkeeping',
        subjectDetails: {
          subjectDetailsType: 'PersonByIdentifier',
          personById: { firstName: 'Adam', lastName: 'Testowy' },
        },
      },
      answer: { status: 202, json: { referenceNumber: '20250626-EG-333C814000-C529F710D8-D2' } },
      result: { referenceNumber: '20250626-EG-333C814000-C529F710D8-D2' },
    },
  })
})
