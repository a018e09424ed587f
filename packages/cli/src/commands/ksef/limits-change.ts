/**
 * `latchkey ksef limits set|reset`: other limits for tests, and back. KSeF has them in the environment test alone.
 *
 * @see spec/ksef.md section 3.8
 * @module
 */
import type { ContextLimits, Limits, RateLimitsOverride, SubjectLimitsOverride } from '@latchkey/ksef'
import type { ProfileFlags } from '../../flags.ts'
import type { CommonOptions, Io } from '../../io.ts'
import { json } from '../../output.ts'
import { refuseBesideFile, requestFromFile } from '../../request-file.ts'
import { UsageError } from '../../usage.ts'
import type { LimitsSetFlags } from './flags.ts'
import type { LimitKind } from './limit-kinds.ts'
import { ksefTarget } from './target.ts'

type Run = { readonly signal: AbortSignal }

/** The requests are checked by the client. */
const kinds: Readonly<
  Record<
    LimitKind,
    { set(limits: Limits, given: unknown, run: Run): Promise<void>; reset(limits: Limits, run: Run): Promise<void> }
  >
> = {
  context: {
    set: (limits, given, run) => limits.setSession(given as ContextLimits, run),
    reset: (limits, run) => limits.resetSession(run),
  },
  subject: {
    set: (limits, given, run) => limits.setSubject(given as SubjectLimitsOverride, run),
    reset: (limits, run) => limits.resetSubject(run),
  },
  rate: {
    set: (limits, given, run) => limits.setRateLimits(given as RateLimitsOverride, run),
    reset: (limits, run) => limits.resetRateLimits(run),
  },
}

export async function limitsSet(which: LimitKind, options: CommonOptions & LimitsSetFlags, io: Io): Promise<void> {
  const set = await setting(which, options, io)
  await using target = await ksefTarget(options, io)
  await target.ask(set(target.auth.limits, { signal: io.signal }))
  io.out(options.json ? json({ which, set: true }) : `Set: ${which}\n`)
  io.err(`Take it back with: latchkey ksef limits reset ${which} ${target.flags}\n`)
}

export async function limitsReset(which: LimitKind, options: CommonOptions & ProfileFlags, io: Io): Promise<void> {
  await using target = await ksefTarget(options, io)
  await target.ask(kinds[which].reset(target.auth.limits, { signal: io.signal }))
  io.out(options.json ? json({ which, reset: true }) : `Reset: ${which}\n`)
}

async function setting(
  which: LimitKind,
  { file, production }: LimitsSetFlags,
  io: Io,
): Promise<(limits: Limits, run: Run) => Promise<void>> {
  if (production && which !== 'rate') throw new UsageError('--production is for `latchkey ksef limits set rate`.')
  if (file === undefined) {
    if (production) return (limits, run) => limits.setProductionRateLimits(run)
    throw new UsageError(`--file is missing: the limits to set.${which === 'rate' ? ' Or pass --production.' : ''}`)
  }
  refuseBesideFile(file, 'the limits', { '--production': production })
  const { request, send } = await requestFromFile(file, io)
  return (limits, run) => send(() => kinds[which].set(limits, request, run))
}
