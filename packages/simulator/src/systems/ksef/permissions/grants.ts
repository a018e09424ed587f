/**
 * The seven operations that grant.
 *
 * @see spec/ksef.md section 3.5 and appendix A
 * @module
 */
import { z } from 'zod'
import { fields, identifier, identifierOr, items, oneOf, optional, readInput, text } from '../fields.ts'
import { type Context, isSameContext, patterns } from '../identity.ts'
import type { Call, Operation } from '../operation.ts'
import { areDistinct, checkDetails, description, entityDetails, euSubjectDetails } from './inputs.ts'
import { personSubjectDetails, scopes } from './inputs.ts'
import { accept } from './operations.ts'
import type { EuEntity, Grant, SubjectDetails } from './rows.ts'
import { authorizationScopes, euScopes, invoiceScopes, personScopes } from './scopes.ts'

const personKinds = ['Nip', 'Pesel', 'Fingerprint'] as const

const personRequest = fields({
  subjectIdentifier: identifier(personKinds),
  permissions: scopes(personScopes),
  description,
  subjectDetails: personSubjectDetails,
}).superRefine((request, context) => checkDetails(request.subjectIdentifier, request.subjectDetails, context))

const entityRequest = fields({
  subjectIdentifier: identifier(['Nip']),
  permissions: items(fields({ type: oneOf(invoiceScopes), canDelegate: optional(z.boolean()) }), 1, 2).refine(
    (permissions) => areDistinct(permissions.map(({ type }) => type)),
    'must not contain duplicates.',
  ),
  description,
  subjectDetails: entityDetails,
})

const authorizationRequest = fields({
  subjectIdentifier: identifier(['Nip', 'PeppolId']),
  permission: oneOf(authorizationScopes),
  description,
  subjectDetails: entityDetails,
})

const indirectRequest = fields({
  subjectIdentifier: identifier(personKinds),
  targetIdentifier: optional(identifierOr('AllPartners', ['Nip', 'InternalId'])),
  permissions: scopes(invoiceScopes),
  description,
  subjectDetails: personSubjectDetails,
}).superRefine((request, context) => checkDetails(request.subjectIdentifier, request.subjectDetails, context))

const subunitRequest = fields({
  subjectIdentifier: identifier(personKinds),
  contextIdentifier: identifier(['InternalId', 'Nip']).superRefine(({ type, value }, context) => {
    if (type !== 'InternalId' || !patterns.InternalId.test(value) || hasCheckDigit(value)) return
    context.addIssue({ code: 'custom', path: ['value'], message: 'has a wrong check digit.' })
  }),
  description,
  subunitName: optional(text(5, 256)),
  subjectDetails: personSubjectDetails,
}).superRefine(({ contextIdentifier, subjectIdentifier, subjectDetails, subunitName }, context) => {
  checkDetails(subjectIdentifier, subjectDetails, context)
  if (contextIdentifier.type !== 'InternalId' || subunitName !== undefined) return
  context.addIssue({ code: 'custom', path: ['subunitName'], message: 'must not be empty.' })
})

const euAdministrationRequest = fields({
  subjectIdentifier: identifier(['Fingerprint']),
  contextIdentifier: identifier(['NipVatUe']),
  description,
  euEntityName: text(5, 256),
  subjectDetails: euSubjectDetails,
  euEntityDetails: fields({ fullName: text(0, 100), address: text(0, 512) }),
})

const euRequest = fields({
  subjectIdentifier: identifier(['Fingerprint']),
  permissions: scopes(invoiceScopes),
  description,
  subjectDetails: euSubjectDetails,
})

/** The operations. */
export const grantOperations = [
  grantOperation('grantPerson', 'persons', 'CredentialsManage', personRequest, (call, request) =>
    request.permissions.map((scope) => ({ ...commonOf(call, request), kind: 'person', scope })),
  ),
  grantOperation('grantEntity', 'entities', 'CredentialsManage', entityRequest, (call, request) =>
    request.permissions.map(({ type: scope, canDelegate = false }) => ({
      ...commonOf(call, request),
      ...{ kind: 'entity', scope, canDelegate },
    })),
  ),
  grantOperation('grantAuthorization', 'authorizations', 'CredentialsManage', authorizationRequest, (call, request) => [
    { ...commonOf(call, request), kind: 'authorization', scope: request.permission },
  ]),
  grantOperation('grantIndirect', 'indirect', 'CredentialsManage', indirectRequest, (call, request) =>
    request.permissions.map((scope) => ({
      ...commonOf(call, request),
      ...{ kind: 'indirect', scope, target: targetOf(request.targetIdentifier) },
    })),
  ),
  grantOperation('grantSubunit', 'subunits', 'SubunitManage', subunitRequest, (call, request) => [
    {
      ...commonOf(call, request),
      ...{ kind: 'subunit', scope: 'CredentialsManage', context: request.contextIdentifier },
      subunitName: request.subunitName ?? null,
    },
  ]),
  grantOperation(
    'grantEuEntityAdministration',
    'eu-entities/administration',
    'CredentialsManage',
    euAdministrationRequest,
    (call, request) => {
      const euEntity = { name: request.euEntityName, ...request.euEntityDetails }
      const context = request.contextIdentifier
      return euScopes.map((scope) => ({
        ...commonOf(call, request),
        kind: 'euAdministrator',
        scope,
        context,
        euEntity,
      }))
    },
  ),
  grantOperation('grantEuEntity', 'eu-entities', 'VatUeManage', euRequest, (call, request) => {
    // Without an administrator nobody holds VatUeManage any more, and the operation will fail for that.
    const euEntity = euEntityOf(call)
    if (euEntity === undefined) return []
    return request.permissions.map((scope) => ({
      ...commonOf(call, request),
      kind: 'euRepresentative',
      scope,
      euEntity,
    }))
  }),
] as const satisfies readonly Operation[]

function grantOperation<Schema extends z.ZodType>(
  name: string,
  kind: string,
  needs: 'CredentialsManage' | 'SubunitManage' | 'VatUeManage',
  schema: Schema,
  grantsOf: (call: Call, request: z.output<Schema>) => Grant[],
): Operation {
  return {
    name,
    method: 'POST',
    path: `/v2/permissions/${kind}/grants`,
    takes: 'json',
    who: [needs],
    run(call: Call) {
      const grants = grantsOf(call, readInput(schema, call.body))
      return accept(call, [needs], { do: 'grant', grants })
    },
  }
}

interface Described {
  readonly subjectIdentifier: { readonly type: Grant['subject']['kind']; readonly value: string }
  readonly description: string
  readonly subjectDetails: SubjectDetails
}

/** `startedAt` is set anew when the grant takes effect. */
function commonOf(call: Call, { subjectIdentifier, description: text, subjectDetails }: Described) {
  const { type: kind, value } = subjectIdentifier
  const { world, identity: author, context: from, now: startedAt } = call
  return {
    ...{ id: world.ids.uuid(), author, from, subject: { kind, value } },
    ...{ description: text, details: subjectDetails, startedAt },
  }
}

function targetOf(target: z.output<typeof indirectRequest>['targetIdentifier']): Context | null {
  return target === undefined || target.type === 'AllPartners' ? null : target
}

function euEntityOf({ world, context }: Call): EuEntity | undefined {
  for (const grant of world.tables.grants.values()) {
    if (grant.kind === 'euAdministrator' && isSameContext(grant.context, context)) return grant.euEntity
  }
  return undefined
}

/** The last digit checks the others: weights 1, 3, 1, 3, …, modulo 10. */
function hasCheckDigit(internalId: string): boolean {
  const digits = [...internalId.replace('-', '')].map(Number)
  const check = digits.pop()
  return digits.reduce((sum, digit, index) => sum + digit * (index % 2 === 0 ? 1 : 3), 0) % 10 === check
}
