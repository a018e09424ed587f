/**
 * `latchkey status`: what the shared record says of each profile. Asks the store, and no provider.
 *
 * @module
 */
import type { Description } from '@latchkey/core'
import { describeFailure } from '../failure.ts'
import type { Failure } from '../failure.ts'
import { ReportedFailure } from '../failure.ts'
import { profileNamed } from '../config/load.ts'
import type { ConfigFlags } from '../flags.ts'
import type { CommonOptions, Io } from '../io.ts'
import { json, printable, table } from '../output.ts'
import type { Profiles } from '../profiles.ts'
import { openProfiles } from '../profiles.ts'
import { unlessStopped } from '../stopping.ts'

interface Row {
  readonly profile: string
  readonly provider: string
  readonly environment: string
  readonly found?: Description
  readonly failure?: Failure
}

/** @throws {ReportedFailure} A row has an error; the others were shown all the same. */
export async function status(names: readonly string[], options: CommonOptions & ConfigFlags, io: Io): Promise<void> {
  await using profiles = await openProfiles(options, io)
  const { config } = profiles
  const chosen = names.length > 0 ? [...new Set(names)] : Object.keys(config.profiles)
  for (const name of chosen) profileNamed(config, name) // All names first, so that a slip shows nothing.
  const rows = await unlessStopped(Promise.all(chosen.map((name) => look(profiles, name))), io)
  if (options.json) io.out(json({ profiles: rows.map(document) }))
  else if (rows.length === 0) io.err(`${config.file} has no profiles.\n`)
  else io.out(table(heading, rows.map(cells)))
  const failures = rows.flatMap(({ profile, failure }) => (failure ? [{ profile, failure }] : []))
  for (const { profile, failure } of options.json ? [] : failures) {
    io.err(`${profile}: ${failure.code}: ${printable(failure.message)}\n`)
  }
  const [first] = failures
  if (first) throw new ReportedFailure(first.failure.exit)
}

async function look(profiles: Profiles, profile: string): Promise<Row> {
  const { provider, environment } = profileNamed(profiles.config, profile)
  const row = { profile, provider, environment }
  try {
    const { tokenSource } = await profiles.tokens(profile, 'record')
    return { ...row, found: await tokenSource.inspect() }
  } catch (error) {
    return { ...row, failure: await describeFailure(error) }
  }
}

const heading = ['profile', 'provider', 'environment', 'state', 'generation', 'remaining', 'holder', 'cool-down']

function cells({ profile, provider, environment, found, failure }: Row): readonly string[] {
  const start = [profile, provider, environment]
  if (!found) return [...start, failure?.code ?? '', '', '', '', '']
  const { state, generation, remaining, heldBy = '', coolDown } = found
  return [
    ...start,
    state,
    generation === 0 ? '' : String(generation),
    state === 'none' ? '' : span(remaining),
    heldBy,
    coolDown ? `${coolDown.class} (${coolDown.code}) until ${new Date(coolDown.retryAt).toISOString()}` : '',
  ]
}

function document({ profile, provider, environment, found, failure }: Row) {
  const start = { profile, provider, environment }
  if (!found) return { ...start, error: { code: failure?.code, message: failure?.message, ...failure?.details } }
  const { state, generation, remaining, heldBy, coolDown } = found
  return {
    ...start,
    state,
    generation,
    remainingMs: Math.floor(remaining),
    ...(heldBy !== undefined && { holder: heldBy }),
    ...(coolDown && {
      coolDown: { class: coolDown.class, code: coolDown.code, until: new Date(coolDown.retryAt).toISOString() },
    }),
  }
}

/** `1h 02m`, `58m 12s` or `9s`. */
function span(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const two = (value: number): string => String(value).padStart(2, '0')
  if (hours > 0) return `${hours}h ${two(minutes)}m`
  return minutes > 0 ? `${minutes}m ${two(rest)}s` : `${rest}s`
}
