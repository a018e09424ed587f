/**
 * `latchkey ksef certificates list|limits|status`: what there is, what is left, and how far a request is.
 *
 * @see spec/ksef.md sections 2.15 and 3.4
 * @module
 */
import type { CertificateInfo, EnrollmentStatus } from '@latchkey/ksef'
import type { ProfileFlags } from '../../../flags.ts'
import type { CommonOptions, Io } from '../../../io.ts'
import { showPages } from '../../../listing.ts'
import type { Listing } from '../../../listing.ts'
import { json, pairs, table } from '../../../output.ts'
import { pageSizeFor } from '../page-size.ts'
import { ksefTarget } from '../target.ts'
import { identifier, moment, statusText } from '../words.ts'
import type { CertificateListFlags, CertificateStatusFlags } from './flags.ts'

const listing: Listing<CertificateInfo> = {
  name: 'certificates',
  heading: ['serial', 'name', 'type', 'status', 'subject', 'valid from', 'valid to', 'last used'],
  cells: ({ certificateSerialNumber, name, type, status, subjectIdentifier, validFrom, validTo, lastUseDate }) => [
    ...[certificateSerialNumber, name, type, status, identifier(subjectIdentifier)],
    ...[moment(validFrom), moment(validTo), moment(lastUseDate)],
  ],
}

export async function certificateList(options: CommonOptions & CertificateListFlags, io: Io): Promise<void> {
  await using target = await ksefTarget(options, io)
  const { name, type, status, limit } = options
  const query = { name, type, status, pageSize: pageSizeFor(limit, 50) }
  await showPages(target.pages(target.auth.certificates.all(query, { signal: io.signal })), listing, options, io)
}

export async function certificateLimits(options: CommonOptions & ProfileFlags, io: Io): Promise<void> {
  await using target = await ksefTarget(options, io)
  const limits = await target.ask(target.auth.certificates.limits({ signal: io.signal }))
  if (options.json) return io.out(json(limits))
  const { canRequest, enrollment, certificate } = limits
  const rows = Object.entries({ requests: enrollment, 'active certificates': certificate })
  io.out(
    table(
      ['what', 'left', 'of'],
      rows.map(([what, { remaining, limit }]) => [what, `${remaining}`, `${limit}`]),
    ),
  )
  if (!canRequest) io.err('No certificate can be asked for now.\n')
}

export async function certificateStatus(
  referenceNumber: string,
  options: CommonOptions & CertificateStatusFlags,
  io: Io,
): Promise<void> {
  await using target = await ksefTarget(options, io)
  const { certificates } = target.auth
  const { signal } = io
  const found: EnrollmentStatus = await target.ask(
    options.wait
      ? certificates.waitForEnrollment({ referenceNumber, timeoutMs: options.waitMax, signal })
      : certificates.enrollmentStatus({ referenceNumber }, { signal }),
  )
  if (options.json) return io.out(json({ referenceNumber, ...found }))
  const { requestDate, status, certificateSerialNumber: serial } = found
  io.out(pairs({ reference: referenceNumber, requested: moment(requestDate), status: statusText(status), serial }))
  if (serial !== undefined) io.err(`Fetch it: latchkey ksef certificates get ${serial} --out FILE ${target.flags}\n`)
}
