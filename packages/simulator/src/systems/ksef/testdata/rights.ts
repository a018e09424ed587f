/**
 * Test data about who may do what: permissions as the ZAW-FA form gives them, consents to attachments, and contexts in
 * which nobody may authenticate.
 *
 * @see spec/ksef.md sections 3.16, 3.19
 * @module
 */
import { contextIdentifier, day, fields, identifier, items, matching, oneOf, optional } from '../fields.ts'
import { readInput, text } from '../fields.ts'
import { type Context, contextText, isSameContext, patterns } from '../identity.ts'
import { nothing, type PublicCall, type PublicOperation } from '../operation.ts'
import { addGrants } from '../permissions/operations.ts'
import type { Grant } from '../permissions/rows.ts'
import { personScopes } from '../permissions/scopes.ts'
import { statusOnly } from '../refusal.ts'
import { parseInstant } from '../times.ts'
import { checkRoom } from './room.ts'

const parties = {
  contextIdentifier: identifier(['Nip']),
  authorizedIdentifier: identifier(['Nip', 'Pesel', 'Fingerprint']),
}

const grantRequest = fields({
  ...parties,
  permissions: items(fields({ description: text(5, 256), permissionType: oneOf(personScopes) }), 1, 100),
})

const nip = matching(patterns.Nip)
const withdrawalRequest = fields({ nip, expectedEndDate: optional(day()) })

/** The operations. */
export const rightOperations: readonly PublicOperation[] = [
  operation('grantTestPermissions', 'permissions', grantPermissions),
  operation('revokeTestPermissions', 'permissions/revoke', revokePermissions),
  operation('allowAttachments', 'attachment', allowAttachments),
  operation('withdrawAttachments', 'attachment/revoke', withdrawAttachments),
  {
    ...operation('blockContext', 'context/block', ({ world, body }) => {
      const context = contextText(readContext(body))
      checkRoom(world.tables.blockedContexts, context)
      world.tables.blockedContexts.set({ context })
    }),
    rateGroup: 'other',
  },
  {
    ...operation('unblockContext', 'context/unblock', ({ world, body }) =>
      world.tables.blockedContexts.delete(contextText(readContext(body))),
    ),
    rateGroup: 'other',
  },
]

function operation(name: string, path: string, run: (call: PublicCall) => void): PublicOperation {
  return {
    name,
    method: 'POST',
    path: `/v2/testdata/${path}`,
    who: 'public',
    takes: 'json',
    run: (call) => {
      run(call)
      return nothing(200)
    },
  }
}

function grantPermissions({ world, body, now }: PublicCall): void {
  const { contextIdentifier: from, authorizedIdentifier, permissions } = readInput(grantRequest, body)
  const subject = { kind: authorizedIdentifier.type, value: authorizedIdentifier.value }
  const grants = permissions.map(({ permissionType: scope, description }): Grant => ({
    ...{ kind: 'person', scope, id: world.ids.uuid(), author: null, from, subject },
    ...{ description, details: null, startedAt: now },
  }))
  if (!addGrants(world, grants)) throw statusOnly(507)
}

/** Only what came from the test data: what somebody granted is his to revoke. */
function revokePermissions({ world, body }: PublicCall): void {
  const { contextIdentifier: from, authorizedIdentifier } = readInput(fields(parties), body)
  const { grants } = world.tables
  for (const { id, author, subject, ...grant } of [...grants.values()]) {
    const isMeant = subject.kind === authorizedIdentifier.type && subject.value === authorizedIdentifier.value
    if (author === null && isMeant && isSameContext(grant.from, from)) grants.delete(id)
  }
}

/** The consent holds from a moment later on. One that was not withdrawn goes on. */
function allowAttachments({ world, body, now }: PublicCall): void {
  const request = readInput(fields({ nip }), body)
  const { attachmentConsents } = world.tables
  if (attachmentConsents.get(request.nip)?.until === null) return
  checkRoom(attachmentConsents, request.nip)
  const from = now + world.switches.attachmentConsentMs
  attachmentConsents.set({ nip: request.nip, from, until: null })
}

function withdrawAttachments({ world, body, now }: PublicCall): void {
  const request = readInput(withdrawalRequest, body)
  const consent = world.tables.attachmentConsents.get(request.nip)
  if (consent === undefined) return
  const { expectedEndDate: lastDay } = request
  consent.until = lastDay === undefined ? now : parseInstant(`${lastDay}T00:00:00`)
}

function readContext(body: unknown): Context {
  return readInput(fields({ contextIdentifier: contextIdentifier() }), body).contextIdentifier
}
