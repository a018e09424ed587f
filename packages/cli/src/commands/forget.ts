/**
 * `latchkey forget PROFILE` drops a token everywhere; `latchkey revoke PROFILE` also tells the server.
 *
 * @see engine.md sections 8.1 and 8.2
 * @module
 */
import type { ConfigFlags } from '../flags.ts'
import type { CommonOptions, Io } from '../io.ts'
import { json } from '../output.ts'
import { openProfiles } from '../profiles.ts'
import { showRevoked } from '../revoked.ts'
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
  const report = await unlessStopped(tokenSource.revoke(), io)
  await showRevoked(report, { profile }, forgotten(profile), options, io)
}

function forgotten(profile: string): string {
  return `Forgotten: the stored token of ${profile}. Whoever asks next gets a new one.\n`
}
