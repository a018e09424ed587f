/**
 * KSeF tokens over the API: who sees and revokes which.
 *
 * @see spec/ksef.md sections 2.14, 3.3
 * @module
 */
import { z } from 'zod'
import { fields, items, oneOf, optional, readInput, referenceNumber, text } from '../fields.ts'
import { isSameContext } from '../identity.ts'
import { answer, type Call, nothing, param, type ProtectedOperation } from '../operation.ts'
import { continuePage } from '../pages.ts'
import { isSamePerson } from '../parties.ts'
import { type Permission, tokenPermissions } from '../permissions/names.ts'
import { forbidden, refused } from '../refusal.ts'
import { formatInstant } from '../times.ts'
import { createKsefToken, type KsefToken, ksefTokenStatuses, revokeKsefToken } from './ksef-token.ts'

const generateRequest = fields({
  permissions: items(oneOf(tokenPermissions), 1, 100),
  description: text(5, 256),
})

/** `POST /tokens` */
const generateToken: ProtectedOperation = {
  name: 'generateKsefToken',
  method: 'POST',
  path: '/v2/tokens',
  who: 'bearer',
  needsXades: true,
  takes: 'json',
  run({ world, body, context, identity, permissions: present }) {
    const { permissions, description } = readInput(generateRequest, body)
    if (context.type !== 'Nip' && context.type !== 'InternalId') {
      throw refused(26002, `Bieżący typ kontekstu: ${context.type}. Dozwolone typy kontekstu: Nip, InternalId.`)
    }
    const missing = permissions.filter((name) => !present.includes(name))
    if (missing.length > 0) throw refused(26001, missing.join(', '))
    const wanted = { author: identity, context, description, permissions: [...new Set(permissions)] }
    const { reference, token } = createKsefToken(world, wanted)
    return answer(202, { referenceNumber: reference, token })
  },
}

const filter = fields({
  status: items(oneOf(ksefTokenStatuses), 0, 100),
  description: optional(z.string().min(3)),
  authorIdentifier: optional(z.string().min(3)),
  authorIdentifierType: optional(oneOf(['Nip', 'Pesel', 'Fingerprint'])),
})

/** `GET /tokens` */
const listTokens: ProtectedOperation = {
  name: 'ksefTokens',
  method: 'GET',
  path: '/v2/tokens',
  who: 'bearer',
  run(call) {
    const { world, query } = call
    const wanted = readInput(filter, {
      status: query.getAll('status'),
      description: query.get('description'),
      authorIdentifier: query.get('authorIdentifier'),
      authorIdentifierType: query.get('authorIdentifierType'),
    })
    const fitting = [...world.tables.ksefTokens.values()].filter(
      (token) =>
        isWithin(call, token, ['CredentialsManage', 'CredentialsRead']) &&
        (wanted.status.length === 0 || wanted.status.includes(token.status)) &&
        holds(token.description, wanted.description) &&
        holds(token.author.value, wanted.authorIdentifier) &&
        (wanted.authorIdentifierType === undefined || wanted.authorIdentifierType === token.author.kind),
    )
    const page = continuePage(call, fitting, 100, ({ createdAt, reference }) => ({ at: createdAt, key: reference }))
    return answer(200, { continuationToken: page.continuationToken, tokens: page.rows.map(describeToken) })
  },
}

/** `GET /tokens/{referenceNumber}` */
const tokenStatus: ProtectedOperation = {
  name: 'ksefTokenStatus',
  method: 'GET',
  path: '/v2/tokens/{referenceNumber}',
  who: 'bearer',
  run: (call) => answer(200, describeToken(find(call, ['CredentialsManage', 'CredentialsRead']))),
}

/** `DELETE /tokens/{referenceNumber}` */
const revokeToken: ProtectedOperation = {
  name: 'revokeKsefToken',
  method: 'DELETE',
  path: '/v2/tokens/{referenceNumber}',
  who: 'bearer',
  run(call) {
    revokeKsefToken(call.world, find(call, ['CredentialsManage']))
    return nothing()
  },
}

/** The operations on KSeF tokens. */
export const tokenOperations: readonly ProtectedOperation[] = [generateToken, listTokens, tokenStatus, revokeToken]

/** The token that a path names. @throws {Refusal} There is none, or it is another's. */
function find(call: Call, sufficient: readonly Permission[]): KsefToken {
  const given = { referenceNumber: param(call, 'referenceNumber') }
  const input = readInput(fields({ referenceNumber: referenceNumber() }), given)
  const token = call.world.tables.ksefTokens.get(input.referenceNumber)
  if (token === undefined) {
    throw refused(21405, `Token o numerze referencyjnym ${input.referenceNumber} nie został znaleziony.`)
  }
  if (!isWithin(call, token, sufficient)) throw forbidden('insufficient-resource-access')
  return token
}

/** True of a token of the context that is the caller's own, or anybody's for who may manage credentials. */
function isWithin(call: Call, token: KsefToken, sufficient: readonly Permission[]): boolean {
  if (!isSameContext(token.context, call.context)) return false
  if (call.session.ksefToken === token.reference) return true
  if (sufficient.some((name) => call.permissions.includes(name))) return true
  return call.session.ksefToken === null && isSamePerson(call.world, token.author, call.identity)
}

function holds(whole: string, part: string | undefined): boolean {
  return part === undefined || whole.toLowerCase().includes(part.toLowerCase())
}

function describeToken(token: KsefToken): object {
  const { author, context } = token
  return {
    referenceNumber: token.reference,
    authorIdentifier: { type: author.kind, value: author.value },
    contextIdentifier: context,
    description: token.description,
    requestedPermissions: token.permissions,
    dateCreated: formatInstant(token.createdAt),
    lastUseDate: token.lastUsedAt === null ? null : formatInstant(token.lastUsedAt),
    status: token.status,
    statusDetails: token.statusDetails.length === 0 ? null : token.statusDetails,
  }
}
