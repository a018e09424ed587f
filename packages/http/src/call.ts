/**
 * One call of the pipeline: rounds of trying, with a decision after each, until it is done, has failed or is unknown.
 *
 * @module
 */
import { isLatchkeyError } from '@latchkey/core'
import type { Clock, LatchkeyError, Token, TokenSource } from '@latchkey/core'
import { attempt, pipelineError, timeoutError } from './attempt.ts'
import type { Tried, TryContext } from './attempt.ts'
import { DeadlineError, pause, within } from './deadline.ts'
import { exchange } from './exchange.ts'
import type { Answer, Dialect, Operation, Pace, RequestEvent, TryOutcome, UnknownFacts } from './operation.ts'
import { decideRetry, maybeProcessed } from './retry.ts'
import type { Decision, Finding } from './retry.ts'
import type { Follow } from './shared-signals.ts'
import { unknownOutcome } from './unknown-outcome.ts'
import type { WireRequest } from './wire-request.ts'

/** A pipeline's options, complete and checked. */
export interface Settings {
  /** Absent: requests carry no token. */
  readonly source: TokenSource | undefined
  readonly base: URL
  readonly dialect: Dialect
  readonly fetch: typeof globalThis.fetch
  readonly clock: Clock
  readonly random: () => number
  readonly timeoutMs: number
  readonly bodyMaxBytes: number
  readonly headers: Readonly<Record<string, string>>
  readonly log: ((event: RequestEvent) => void) | undefined
  readonly pace: Pace | undefined
  /** How this client listens to its callers' signals. */
  readonly follow: Follow
  /** The value of a token's `Authorization` header. */
  readonly authorization: (token: Token) => string
}

/** A call and how far it got. */
export interface Call {
  readonly settings: Settings
  readonly operation: Operation
  readonly wire: WireRequest
  readonly unknown: UnknownFacts | undefined
  readonly signal: AbortSignal | undefined
  /** The total deadline, by the monotonic clock. */
  readonly endsAt: number
  /** On the wire so far. */
  tries: number
}

const attemptsMaxDefault = 3 // spec/daraja.md 4.9.

// How a round ended: a good answer, or a finding with the error that it would be told as.
type Round =
  | { readonly kind: 'done'; readonly answer: Answer }
  | { readonly kind: 'bad'; readonly finding: Finding; readonly error: LatchkeyError }

/** Runs a call to its end. Rejects as `Pipeline.send` does. */
export async function runCall(call: Call): Promise<Answer> {
  const { settings, operation, signal } = call
  let mayHaveHappened = false
  let refusalRepeated = false
  for (let count = 1; ; count += 1) {
    const decide = (finding: Finding): Decision =>
      decideRetry({
        effect: operation.effect,
        finding,
        mayHaveHappened,
        refusalRepeated,
        attempt: count,
        attemptsMax: operation.attemptsMax ?? attemptsMaxDefault,
        spacingMs: operation.spacingMs ?? 0,
        remainingMs: remaining(call),
        random: settings.random(),
      })
    const repeatable = decide({ kind: 'refused' }).action === 'again'
    const round = await tryOnce(call, repeatable, () => (refusalRepeated = true))
    if (round.kind === 'done') return round.answer

    const { finding, error } = round
    // Still refused: it has been repeated, or there is no newer token to repeat it with.
    if (finding.kind === 'refused') refusalRepeated = true
    const decision = decide(finding)
    if (decision.action === 'unknown') {
      throw unknownOutcome(settings.dialect, operation, call.unknown, error, call.tries)
    }
    if (decision.action !== 'again') throw error
    mayHaveHappened ||= maybeProcessed(finding)
    await pause({ clock: settings.clock, ms: decision.waitMs, signal, follow: settings.follow })
  }
}

// One try, and the repeat after a refused token if there may be one.
async function tryOnce(call: Call, repeatable: boolean, repeating: () => void): Promise<Round> {
  const { settings } = call
  const { source } = settings
  if (source === undefined) return tryOpen(call)
  let sent = 0
  let refused = false
  let unready: unknown
  try {
    const reply = await exchange<Logged>({
      source,
      repeatable: () => repeatable,
      get: (after) =>
        ready(call, source, after).catch((error: unknown) => {
          unready = error
          throw error
        }),
      async send(token) {
        if (sent > 0) repeating()
        sent += 1
        return send(call, token)
      },
      judge({ tried, log }) {
        const verdict = tried.kind === 'answer' ? settings.dialect.classify(tried.answer) : 'fine'
        refused = verdict === 'refused'
        if (refused) log('refused')
        return verdict
      },
      evidence: ({ tried }) => (tried.kind === 'answer' ? { status: tried.answer.status } : {}),
      discard() {
        // The answer has been read to its end.
      },
    })
    return refused ? refusedRound(call, reply) : judgeRound(call, reply)
  } catch (error) {
    if (error !== unready) throw error
    return unreadyRound(call, error)
  }
}

// Without a token a try needs its turn alone.
async function tryOpen(call: Call): Promise<Round> {
  try {
    await turn(call)
  } catch (error) {
    return unreadyRound(call, error)
  }
  return judgeRound(call, await send(call, undefined))
}

// Not sent: nothing was processed in this round, which says nothing about the rounds before it.
function unreadyRound(call: Call, error: unknown): Round {
  if (call.signal?.aborted) throw error
  const finding: Finding = { kind: 'unready' }
  if (isLatchkeyError(error)) return { kind: 'bad', finding, error }
  if (error instanceof DeadlineError) return { kind: 'bad', finding, error: timeoutError(context(call), 'deadline') }
  throw error
}

// A token, and then a turn: those who waited for one token together must not all go at the instant it arrives.
async function ready(call: Call, source: TokenSource, after: number | undefined): Promise<Token> {
  const token = await getToken(call, source, after)
  if (call.settings.pace === undefined) return token
  await turn(call)
  // The turn may have come late. A token that was asked for by its generation is the newest already.
  return after === undefined ? getToken(call, source, after) : token
}

function getToken(call: Call, source: TokenSource, after: number | undefined): Promise<Token> {
  return inTime(call, (signal) => source.get({ after, signal }))
}

async function turn(call: Call): Promise<void> {
  const { pace } = call.settings
  if (pace === undefined) return
  await inTime(call, (signal) => pace(call.operation, { signal, remainingMs: remaining(call) }))
}

function inTime<T>(call: Call, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { settings, signal } = call
  return within({ clock: settings.clock, ms: remaining(call), signal, follow: settings.follow }, work)
}

interface Logged {
  readonly tried: Tried
  readonly log: (outcome: TryOutcome) => void
}

async function send(call: Call, token: Token | undefined): Promise<Logged> {
  const { settings, operation } = call
  call.tries += 1
  const startedAt = settings.clock.mono()
  const log = (outcome: TryOutcome, tried?: Tried, endedAt = settings.clock.mono()): void => {
    try {
      settings.log?.({
        type: 'request.end',
        provider: settings.dialect.provider,
        operation: operation.name,
        ...(operation.rateGroup === undefined ? {} : { rateGroup: operation.rateGroup }),
        attempt: call.tries,
        generation: token?.generation ?? 0,
        ...(tried?.kind === 'answer' ? answered(tried.answer) : {}),
        durationMs: endedAt - startedAt,
        outcome,
      })
    } catch {
      // A log that throws must not affect the call.
    }
  }
  try {
    const tried = await attempt(context(call), call.wire, token)
    const endedAt = settings.clock.mono()
    if (tried.kind !== 'answer') log(tried.kind, tried, endedAt)
    return { tried, log: (outcome) => log(outcome, tried, endedAt) }
  } catch (error) {
    log('aborted') // A try rejects with the caller's own abort reason and nothing else.
    throw error
  }
}

function answered({ status, retryAfterMs }: Answer): Pick<RequestEvent, 'status' | 'retryAfterMs'> {
  return retryAfterMs === undefined ? { status } : { status, retryAfterMs }
}

function context(call: Call): TryContext {
  const { settings, operation, signal, tries } = call
  const { clock, fetch, dialect, bodyMaxBytes, follow, authorization } = settings
  const timeoutMs = Math.min(operation.timeoutMs ?? settings.timeoutMs, remaining(call))
  return { clock, fetch, dialect, operation, bodyMaxBytes, timeoutMs, attempt: tries, signal, follow, authorization }
}

function remaining({ endsAt, settings }: Call): number {
  return endsAt - settings.clock.mono()
}

function refusedRound(call: Call, { tried }: Logged): Round {
  const { dialect } = call.settings
  const judgement = tried.kind === 'answer' ? dialect.judge(call.operation, tried.answer) : undefined
  const error =
    judgement?.kind === 'failed'
      ? judgement.error
      : pipelineError(
          context(call),
          'malformed',
          'the token was refused by an answer that reads as a success',
          'refused',
        )
  return { kind: 'bad', finding: { kind: 'refused' }, error }
}

function judgeRound(call: Call, { tried, log }: Logged): Round {
  if (tried.kind !== 'answer') return { kind: 'bad', finding: { kind: tried.kind }, error: tried.error }
  const { answer } = tried
  const { status } = answer
  // A status of 0 is how a browser's `fetch` shows a redirect that it does not follow.
  if (status === 0 || (status >= 300 && status < 400)) {
    log('failed')
    const error = pipelineError(
      context(call),
      'malformed',
      `it answered with a redirect (${status}), which is not followed`,
      'redirect',
      { status },
    )
    return { kind: 'bad', finding: { kind: 'failed', status, retryable: false, processed: 'unknown' }, error }
  }
  const judgement = call.settings.dialect.judge(call.operation, answer)
  log(judgement.kind)
  if (judgement.kind === 'done') return { kind: 'done', answer }
  const { error, processed } = judgement
  const finding: Finding = {
    kind: 'failed',
    status,
    retryable: error.retryable,
    processed,
    retryAfterMs: answer.retryAfterMs,
  }
  return { kind: 'bad', finding, error }
}
