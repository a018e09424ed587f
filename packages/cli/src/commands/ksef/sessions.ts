/**
 * `latchkey ksef sessions …`: what is signed in, and ending it.
 *
 * @see spec/ksef.md sections 2.12 and 3.2
 * @module
 */
import type { AuthenticationSession } from '@latchkey/ksef'
import type { ProfileFlags } from '../../flags.ts'
import type { CommonOptions, Io } from '../../io.ts'
import { showPages } from '../../listing.ts'
import type { Listing } from '../../listing.ts'
import { json } from '../../output.ts'
import { showRevoked } from '../../revoked.ts'
import { UsageError } from '../../usage.ts'
import type { ListFlags, SessionEndFlags } from './flags.ts'
import { pageSizeFor } from './page-size.ts'
import { ksefTarget } from './target.ts'
import { moment, statusText } from './words.ts'

const listing: Listing<AuthenticationSession> = {
  name: 'sessions',
  heading: ['reference', 'current', 'method', 'started', 'refresh token until', 'status'],
  cells: ({ referenceNumber, isCurrent, authenticationMethodInfo, startDate, refreshTokenValidUntil, status }) => [
    ...[referenceNumber, isCurrent ? 'yes' : '', authenticationMethodInfo.displayName, moment(startDate)],
    ...[moment(refreshTokenValidUntil), statusText(status)],
  ],
}

export async function sessionList(options: CommonOptions & ListFlags, io: Io): Promise<void> {
  await using target = await ksefTarget(options, io)
  const { signal } = io
  const pages = target.auth.sessions.all({ pageSize: pageSizeFor(options.limit, 100) }, { signal })
  await showPages(target.pages(pages), listing, options, io)
}

/** The current one is also forgotten here. */
export async function sessionEnd(
  referenceNumber: string | undefined,
  options: CommonOptions & SessionEndFlags,
  io: Io,
): Promise<void> {
  const { current = false } = options
  if (current === (referenceNumber !== undefined)) {
    throw new UsageError('Say which session: a reference of `latchkey ksef sessions`, or --current.')
  }
  if (referenceNumber === undefined) return endCurrent(options, io)
  await using target = await ksefTarget(options, io)
  await target.ask(target.auth.sessions.close({ referenceNumber }, { signal: io.signal }))
  io.out(options.json ? json({ referenceNumber, ended: true }) : `Ended: ${referenceNumber}\n`)
}

async function endCurrent(options: CommonOptions & ProfileFlags, io: Io): Promise<void> {
  await using target = await ksefTarget(options, io)
  const report = await target.ask(target.auth.tokenSource.revoke())
  await showRevoked(report, { current: true }, 'Forgotten: the sign-in of this credential and context.\n', options, io)
}
