/**
 * A grant or revocation whose answer is lost: where it is looked for, and what is not taken for it.
 *
 * @see spec/ksef.md sections 3.5 to 3.7, DESIGN "Unknown is a value"
 * @module
 */
import type { Scripted } from '@latchkey/testkit'
import { describe, expect, test } from 'vitest'
import { resolved, since } from '../support/resolved.ts'
import { lost, on } from '../support/services.ts'
import type { Services } from '../support/services.ts'
import {
  bookkeeper,
  description,
  entityByFp,
  entityDetails,
  fingerprint,
  foreignEntity,
  internalId,
  nip,
  nipVatUe,
  peppolId,
  permissionId,
  personById,
  personPermission,
  pesel,
} from '../support/samples.ts'

describe('section 3.7: a grant is looked for where it shows', () => {
  const by = { type: 'Fingerprint', value: fingerprint } as const
  const granted = { id: permissionId, description, startDate: since(200) }
  const euGrant = {
    subjectIdentifier: by,
    description,
    subjectDetails: entityByFp,
  } as const
  const rows: readonly (readonly [
    string,
    string,
    (auth: Services) => Promise<unknown>,
    string,
    object,
    readonly object[],
  ])[] = [
    [
      'grantPerson',
      'persons',
      ({ permissions }) => permissions.grantPerson({ ...bookkeeper, permissions: ['InvoiceRead'] }),
      'persons',
      { queryType: 'PermissionsInCurrentContext', authorizedIdentifier: bookkeeper.subjectIdentifier },
      [personPermission({ permissionScope: 'InvoiceRead', startDate: since(200) })],
    ],
    [
      'grantEntity',
      'entities',
      ({ permissions }) =>
        permissions.grantEntity({
          subjectIdentifier: { type: 'Nip', value: nip },
          permissions: [{ type: 'InvoiceWrite', canDelegate: true }],
          description,
          subjectDetails: entityDetails,
        }),
      'persons',
      { queryType: 'PermissionsGrantedInCurrentContext', authorizedIdentifier: { type: 'Nip', value: nip } },
      [personPermission({ permissionScope: 'InvoiceWrite', startDate: since(200) })],
    ],
    [
      'grantIndirect',
      'indirect',
      ({ permissions }) => permissions.grantIndirect({ ...bookkeeper, permissions: ['InvoiceRead'] }),
      'persons',
      { queryType: 'PermissionsGrantedInCurrentContext', authorizedIdentifier: bookkeeper.subjectIdentifier },
      [personPermission({ permissionScope: 'InvoiceRead', startDate: since(200) })],
    ],
    [
      'grantAuthorization',
      'authorizations',
      ({ permissions }) =>
        permissions.grantAuthorization({
          subjectIdentifier: { type: 'PeppolId', value: peppolId },
          permission: 'PefInvoicing',
          description,
          subjectDetails: entityDetails,
        }),
      'authorizations',
      {
        queryType: 'Granted',
        authorizedIdentifier: { type: 'PeppolId', value: peppolId },
        permissionTypes: ['PefInvoicing'],
      },
      [
        {
          ...granted,
          authorizationScope: 'PefInvoicing',
          authorizedEntityIdentifier: { type: 'PeppolId', value: peppolId },
          authorizingEntityIdentifier: { type: 'Nip', value: nip },
        },
      ],
    ],
    [
      'grantSubunit',
      'subunits',
      ({ permissions }) =>
        permissions.grantSubunit({
          subjectIdentifier: { type: 'Nip', value: nip },
          contextIdentifier: { type: 'InternalId', value: internalId },
          subunitName: 'Shop in Łódź',
          description,
          subjectDetails: personById,
        }),
      'subunits',
      { subunitIdentifier: { type: 'InternalId', value: internalId } },
      [
        {
          ...granted,
          permissionScope: 'CredentialsManage',
          authorizedIdentifier: { type: 'Nip', value: nip },
          authorIdentifier: { type: 'Nip', value: nip },
          subunitIdentifier: { type: 'InternalId', value: internalId },
        },
      ],
    ],
    [
      'grantEuEntity',
      'eu-entities',
      ({ permissions }) => permissions.grantEuEntity({ ...euGrant, permissions: ['InvoiceRead'] }),
      'eu-entities',
      { authorizedFingerprintIdentifier: fingerprint },
      [euPermission('InvoiceRead')],
    ],
    [
      'grantEuEntityAdministration',
      'eu-entities/administration',
      ({ permissions }) =>
        permissions.grantEuEntityAdministration({
          ...euGrant,
          contextIdentifier: { type: 'NipVatUe', value: nipVatUe },
          euEntityName: 'Beispiel GmbH, Musterweg 1',
          euEntityDetails: foreignEntity,
        }),
      'eu-entities',
      { vatUeIdentifier: 'DE123456789', authorizedFingerprintIdentifier: fingerprint },
      [euPermission('VatUeManage')],
    ],
  ]

  function euPermission(permissionScope: string): object {
    return {
      ...granted,
      permissionScope,
      authorIdentifier: { type: 'Nip', value: nip },
      vatUeIdentifier: 'DE123456789',
      euEntityName: 'Beispiel GmbH',
      authorizedFingerprintIdentifier: fingerprint,
    }
  }

  test.each(rows)('%s', async (_, path, call, searched, filter, permissions) => {
    const request = `POST /permissions/query/${searched}/grants`
    const bodies: unknown[] = []
    const answer = (found: readonly object[]) => ({
      [searched === 'authorizations' ? 'authorizationGrants' : 'permissions']: found,
      hasMore: false,
    })
    const { resolution } = await resolved(
      [
        on(`POST /permissions/${path}/grants`, lost),
        on(request, ({ text }) => {
          bodies.push(JSON.parse(text))
          return Response.json(answer(permissions))
        }),
      ],
      call,
    )
    expect(resolution).toMatchObject({ state: 'settled', result: [{ id: permissionId }] })
    expect(bodies).toEqual([filter])
  })

  const search = 'POST /permissions/query/persons/grants'
  const shown = (...permissions: readonly object[]): Scripted => on(search, { json: { permissions, hasMore: false } })
  test.each([
    ['one of the two permissions', [personPermission({ permissionScope: 'InvoiceRead', startDate: since(200) })]],
    [
      'another description',
      ['InvoiceRead', 'InvoiceWrite'].map((permissionScope) =>
        personPermission({ permissionScope, startDate: since(200), description: 'Something else' }),
      ),
    ],
    [
      'older ones',
      ['InvoiceRead', 'InvoiceWrite'].map((permissionScope) =>
        personPermission({ permissionScope, startDate: since(-60_001) }),
      ),
    ],
  ])('%s is not the grant', async (_, permissions) => {
    const { resolution, wall } = await resolved(
      [on('POST /permissions/persons/grants', lost), shown(...permissions)],
      ({ permissions: service }) => service.grantPerson(bookkeeper),
    )
    expect(resolution).toEqual({ state: 'unknown', askAgainAt: wall + 5_000 })
  })

  const toClient = { targetIdentifier: { type: 'Nip', value: nip } } as const
  const toUnit = { targetIdentifier: { type: 'InternalId', value: internalId } } as const
  const toAll = { targetIdentifier: { type: 'AllPartners' } } as const
  test.each<readonly [string, object, object, string]>([
    ['of one client, for that client', toClient, toClient, 'settled'],
    ['of one client, for another one', toClient, toUnit, 'unknown'],
    ['of one client, for all', toClient, toAll, 'unknown'],
    ['of all clients, for one', toAll, toClient, 'unknown'],
    ['of all clients, without a target', toAll, {}, 'settled'],
    ['of all clients by no target, for all', {}, toAll, 'settled'],
  ])('section 3.5: an indirect grant %s: %s', async (_, asked, listed, state) => {
    const permission = personPermission({ permissionScope: 'InvoiceRead', startDate: since(200), ...listed })
    const { resolution } = await resolved(
      [on('POST /permissions/indirect/grants', lost), shown(permission)],
      ({ permissions }) => permissions.grantIndirect({ ...bookkeeper, permissions: ['InvoiceRead'], ...asked }),
    )
    expect(resolution).toMatchObject({ state })
  })

  test('the administrator of a unit is not another one’s', async () => {
    const permission = {
      ...granted,
      permissionScope: 'CredentialsManage',
      authorizedIdentifier: { type: 'Pesel', value: pesel },
      authorIdentifier: { type: 'Nip', value: nip },
      subunitIdentifier: { type: 'Nip', value: nip },
    }
    const { resolution } = await resolved(
      [
        on('POST /permissions/subunits/grants', lost),
        on('POST /permissions/query/subunits/grants', { json: { permissions: [permission], hasMore: false } }),
      ],
      ({ permissions }) =>
        permissions.grantSubunit({
          subjectIdentifier: { type: 'Nip', value: nip },
          contextIdentifier: { type: 'Nip', value: nip },
          description,
          subjectDetails: personById,
        }),
    )
    expect(resolution).toMatchObject({ state: 'unknown' })
  })

  test('what the caller does to the input afterwards changes nothing', async () => {
    const input = { ...bookkeeper, permissions: ['InvoiceRead' as const] }
    const { resolution } = await resolved(
      [
        on('POST /permissions/persons/grants', () => {
          input.description = 'Changed by now'
          throw lost
        }),
        shown(personPermission({ permissionScope: 'InvoiceRead', startDate: since(200) })),
      ],
      ({ permissions }) => permissions.grantPerson(input),
    )
    expect(resolution).toMatchObject({ state: 'settled' })
  })

  test('a revocation says where to look: no search shows what is gone', async () => {
    const { resolution, message } = await resolved(
      [on(`DELETE /permissions/authorizations/grants/${permissionId}`, lost)],
      ({ permissions }) => permissions.revokeAuthorization({ permissionId }),
    )
    expect(resolution).toEqual({ state: 'unknown' })
    expect(message).toContain('Search for the permission')
  })
})
