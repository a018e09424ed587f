/**
 * Requests for permissions, filled in as far as a test does not care.
 *
 * @see spec/ksef.md sections 3.5 to 3.7
 * @module
 */
import type { Simulator } from '../../../src/index.ts'
import type { Reply } from '../../support.ts'
import { type Call, type Identifier, delayMs } from './user.ts'

const description = 'Nadane w teście'
const byId = { subjectDetailsType: 'PersonByIdentifier', personById: { firstName: 'Adam', lastName: 'Testowy' } }
const byFingerprint = {
  subjectDetailsType: 'PersonByFingerprintWithIdentifier',
  personByFpWithId: { firstName: 'Eva', lastName: 'Muster', identifier: { type: 'Nip', value: '1111111111' } },
}

/** An identifier as the API writes it. */
export function identifier([type, value]: Identifier): { type: string; value: string } {
  return { type, value }
}

function detailsOf([type]: Identifier): object {
  return type === 'Fingerprint' ? byFingerprint : byId
}

/** Bodies of grants, by kind. */
export const bodies = {
  person: (subject: Identifier, permissions: readonly string[]) => ({
    subjectIdentifier: identifier(subject),
    permissions,
    description,
    subjectDetails: detailsOf(subject),
  }),
  entity: (nip: string, permissions: readonly { type: string; canDelegate?: boolean }[]) => ({
    subjectIdentifier: { type: 'Nip', value: nip },
    permissions,
    description,
    subjectDetails: { fullName: 'Firma testowa' },
  }),
  authorization: (subject: Identifier, permission: string) => ({
    subjectIdentifier: identifier(subject),
    permission,
    description,
    subjectDetails: { fullName: 'Firma testowa' },
  }),
  indirect: (subject: Identifier, permissions: readonly string[], target?: { type: string; value?: string }) => ({
    subjectIdentifier: identifier(subject),
    ...(target === undefined ? {} : { targetIdentifier: target }),
    permissions,
    description,
    subjectDetails: detailsOf(subject),
  }),
  subunit: (subject: Identifier, context: Identifier) => ({
    subjectIdentifier: identifier(subject),
    contextIdentifier: identifier(context),
    description,
    subunitName: 'Oddział w Gdyni',
    subjectDetails: detailsOf(subject),
  }),
  euAdministration: (fingerprint: string, context: string) => ({
    subjectIdentifier: { type: 'Fingerprint', value: fingerprint },
    contextIdentifier: { type: 'NipVatUe', value: context },
    description,
    euEntityName: 'Muster GmbH, Berlin',
    subjectDetails: byFingerprint,
    euEntityDetails: { fullName: 'Muster GmbH', address: 'Berlin' },
  }),
  euEntity: (fingerprint: string, permissions: readonly string[]) => ({
    subjectIdentifier: { type: 'Fingerprint', value: fingerprint },
    permissions,
    description,
    subjectDetails: byFingerprint,
  }),
}

/** Where each kind is granted. */
export const paths: Readonly<Record<keyof typeof bodies, string>> = {
  person: 'permissions/persons/grants',
  entity: 'permissions/entities/grants',
  authorization: 'permissions/authorizations/grants',
  indirect: 'permissions/indirect/grants',
  subunit: 'permissions/subunits/grants',
  euAdministration: 'permissions/eu-entities/administration/grants',
  euEntity: 'permissions/eu-entities/grants',
}

/** How an accepted operation ends: the code of its status. */
export async function endOf(simulator: Simulator, call: Call, accepted: Reply): Promise<number> {
  if (accepted.status !== 202) throw new Error(accepted.text)
  await simulator.clock.advance(delayMs)
  const reply = await call('GET', `permissions/operations/${String(accepted.json['referenceNumber'])}`)
  return (reply.json['status'] as { code: number }).code // Of an operation of the caller's context.
}

/** Grants, waits, and says how it ended. */
export async function grant(simulator: Simulator, call: Call, kind: keyof typeof bodies, body: object) {
  return endOf(simulator, call, await call('POST', paths[kind], body))
}

/** The rows of a query, which must succeed. */
export async function rowsOf(
  call: Call,
  path: string,
  filters: object = {},
): Promise<readonly Record<string, unknown>[]> {
  const reply = await call('POST', `permissions/query/${path}`, filters)
  if (reply.status !== 200) throw new Error(reply.text)
  const { permissions, roles, authorizationGrants } = reply.json
  return (permissions ?? roles ?? authorizationGrants) as Record<string, unknown>[] // One of the three.
}
