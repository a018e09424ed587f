/**
 * The operations that take permissions back, and those that tell about operations and about attachments.
 *
 * @see spec/ksef.md section 3.6
 * @module
 */
import { fields, readInput, referenceNumber, text } from '../fields.ts'
import { isSameContext } from '../identity.ts'
import { answer, type Call, type Operation } from '../operation.ts'
import { forbidden, refused, statusOnly } from '../refusal.ts'
import { formatInstant } from '../times.ts'
import type { Permission } from './names.ts'
import { accept, retentionMs } from './operations.ts'
import { statusOf } from './outcomes.ts'

/** The operations. */
export const revocationOperations = [
  revocation('revokeCommon', 'common', ['CredentialsManage', 'VatUeManage', 'SubunitManage']),
  revocation('revokeAuthorization', 'authorizations', ['CredentialsManage']),
  {
    name: 'permissionOperationStatus',
    method: 'GET',
    path: '/v2/permissions/operations/{referenceNumber}',
    who: 'bearer',
    run: operationStatus,
  },
  {
    name: 'attachmentStatus',
    method: 'GET',
    path: '/v2/permissions/attachments/status',
    who: ['CredentialsManage', 'CredentialsRead'],
    run: attachmentStatus,
  },
] as const satisfies readonly Operation[]

function revocation(name: string, which: 'common' | 'authorizations', anyOf: readonly Permission[]): Operation {
  return {
    name,
    method: 'DELETE',
    path: `/v2/permissions/${which}/grants/{permissionId}`,
    who: anyOf,
    run: (call) => {
      const { permissionId } = readInput(fields({ permissionId: text(36, 36) }), call.params)
      return accept(call, anyOf, { do: 'revoke', permissionId, which })
    },
  }
}

function operationStatus(call: Call) {
  const { referenceNumber: reference } = readInput(fields({ referenceNumber: referenceNumber() }), call.params)
  const operation = call.world.tables.permissionOperations.get(reference)
  // No code is documented for a number that nothing has.
  if (operation === undefined) throw refused(21405, `'referenceNumber' ${reference} does not exist.`)
  if (!isSameContext(operation.context, call.context)) throw forbidden('insufficient-resource-access')
  if (call.now - operation.acceptedAt > retentionMs) throw statusOnly(410)
  return answer(200, { status: statusOf(operation.outcome) })
}

function attachmentStatus({ world, context, now }: Call) {
  const consent = context.type === 'Nip' ? world.tables.attachmentConsents.get(context.value) : undefined
  const isAllowed = consent !== undefined && consent.from <= now && (consent.until === null || now < consent.until)
  const until = consent?.until ?? null
  return answer(200, { isAttachmentAllowed: isAllowed, revokedDate: until === null ? null : formatInstant(until) })
}
