/**
 * `latchkey forget PROFILE` drops a token everywhere; `latchkey revoke PROFILE` also tells the server.
 *
 * @see engine.md sections 8.1 and 8.2
 * @module
 */
import type { TokenFate } from '@latchkey/core'
import { exitOf, ReportedFailure } from '../failure.ts'
import type { ConfigFlags } from '../flags.ts'
import type { CommonOptions, Io } from '../io.ts'
import { json } from '../output.ts'
import { openProfiles } from '../profiles.ts'
import { unlessStopped } from '../stopping.ts'

/** Does nothing to a profile without a token, and says the same. */
export async function forget(profile: string, options: CommonOptions & ConfigFlags, io: Io): Promise<void> {
  await using profiles = await openProfiles(options, io)
  const { tokenSource } = await profiles.tokens(profile, 'record')
  await unlessStopped(tokenSource.forget(), io)
  io.out(options.json ? json({ profile, forgotten: true }) : forgotten(profile))
}

/** @throws {ReportedFailure} The server did not confirm it. The token is forgotten all the same. */
export async function revoke(profile: string, options: CommonOptions & ConfigFlags, io: Io): Promise<void> {
  await using profiles = await openProfiles(options, io)
  const { tokenSource } = await profiles.tokens(profile, 'token')
  const { access, refresh } = await unlessStopped(tokenSource.revoke(), io)
  if (options.json) io.out(json({ profile, forgotten: true, access, refresh }))
  else {
    const told = refresh.fate === 'absent' ? '' : `Refresh token: ${wordsFor(refresh)}\n`
    io.out(`${forgotten(profile)}Access token: ${wordsFor(access)}\n${told}`)
  }
  const failed = [access, refresh].find((each) => each.fate === 'failed')
  if (failed?.fate === 'failed') throw new ReportedFailure(await exitOf(failed.reason))
}

function forgotten(profile: string): string {
  return `Forgotten: the stored token of ${profile}. Whoever asks next gets a new one.\n`
}

function wordsFor(fate: TokenFate): string {
  switch (fate.fate) {
    case 'absent':
      return 'there was none.'
    case 'revoked':
      return 'the server has ended it.'
    case 'notSupported':
      return 'this provider has no way to end one; it lives until it expires or a newer one takes its place.'
    case 'remains':
      return `its login is ended, but it is accepted until ${new Date(fate.until).toISOString()}.`
    case 'failed':
      return `the server did not confirm its end (${fate.reason}). It may be accepted until it expires.`
    default:
      return fate satisfies never
  }
}
