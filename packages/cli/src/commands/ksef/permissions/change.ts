/**
 * `latchkey ksef permissions grant|revoke|status|attachments`: changes, which KSeF takes first and carries out later.
 *
 * @see spec/ksef.md sections 3.5, 3.6 and 3.18
 * @module
 */
import type { PermissionOperationStatus } from '@latchkey/ksef'
import type { CommonOptions, Io } from '../../../io.ts'
import { sendOnce } from '../../../lost-answer.ts'
import { json, pairs } from '../../../output.ts'
import type { WaitFlags } from '../flags.ts'
import { ksefTarget } from '../target.ts'
import type { KsefTarget } from '../target.ts'
import { moment, statusText } from '../words.ts'
import type { AttachmentFlags, GrantFlags, PermissionRevokeFlags, PermissionStatusFlags } from './flags.ts'
import type { GrantKind } from './grant-kinds.ts'
import { prepareGrant } from './grant-terms.ts'

/** The list that shows what a grant of the kind made. */
const shownBy: Readonly<Record<GrantKind, string>> = {
  person: '--persons',
  entity: '--granted',
  authorization: '--authorizations',
  indirect: '--granted',
  subunit: '--subunits',
  'eu-entity': '--eu-entities',
  'eu-administrator': '--eu-entities',
}

export async function permissionGrant(kind: GrantKind, options: CommonOptions & GrantFlags, io: Io): Promise<void> {
  const { send } = await prepareGrant(kind, options, io)
  await using target = await ksefTarget(options, io)
  const look = `The grant may have been taken. Look before you repeat it: latchkey ksef permissions list ${shownBy[kind]} ${target.flags}`
  const grant = () => target.ask(send(target.auth.permissions, io.signal))
  const { referenceNumber } = await sendOnce(grant, look, io)
  await follow(target, referenceNumber, options, io)
}

export async function permissionRevoke(
  permissionId: string,
  options: CommonOptions & PermissionRevokeFlags,
  io: Io,
): Promise<void> {
  await using target = await ksefTarget(options, io)
  const { permissions } = target.auth
  const run = { signal: io.signal }
  const look = `It may be revoked: then no list has ${permissionId} any more. Look: latchkey ksef permissions list --help`
  const revoke = () =>
    target.ask(
      options.authorization
        ? permissions.revokeAuthorization({ permissionId }, run)
        : permissions.revokeCommon({ permissionId }, run),
    )
  const { referenceNumber } = await sendOnce(revoke, look, io)
  await follow(target, referenceNumber, options, io)
}

export async function permissionStatus(
  referenceNumber: string,
  options: CommonOptions & PermissionStatusFlags,
  io: Io,
): Promise<void> {
  await using target = await ksefTarget(options, io)
  show(referenceNumber, await statusOf(target, referenceNumber, options, io), options, io)
}

export async function permissionAttachments(options: CommonOptions & AttachmentFlags, io: Io): Promise<void> {
  await using target = await ksefTarget(options, io)
  const found = await target.ask(target.auth.permissions.attachmentStatus({ signal: io.signal }))
  if (options.json) return io.out(json(found))
  const { isAttachmentAllowed = false, revokedDate } = found
  io.out(pairs({ 'attachments allowed': isAttachmentAllowed ? 'yes' : 'no', until: moment(revokedDate) }))
}

/** Before anything is waited for, how to come back to it. */
async function follow(
  target: KsefTarget,
  referenceNumber: string,
  options: CommonOptions & WaitFlags,
  io: Io,
): Promise<void> {
  io.err(
    `Taken as ${referenceNumber}. Follow it with: latchkey ksef permissions status ${referenceNumber} ${target.flags}\n`,
  )
  if (options.wait) show(referenceNumber, await statusOf(target, referenceNumber, options, io), options, io)
  else io.out(options.json ? json({ referenceNumber }) : `${referenceNumber}\n`)
}

function statusOf(
  target: KsefTarget,
  referenceNumber: string,
  { wait, waitMax }: WaitFlags,
  { signal }: Io,
): Promise<PermissionOperationStatus> {
  const { permissions } = target.auth
  return target.ask(
    wait
      ? permissions.waitForOperation({ referenceNumber, timeoutMs: waitMax, signal })
      : permissions.operationStatus({ referenceNumber }, { signal }),
  )
}

function show(referenceNumber: string, found: PermissionOperationStatus, options: CommonOptions, io: Io): void {
  if (options.json) return io.out(json({ referenceNumber, ...found }))
  io.out(pairs({ reference: referenceNumber, outcome: found.outcome, status: statusText(found.status) }))
}
