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
import type { Answer, Dialect, Operation, RequestEvent, TryOutcome, UnknownFacts } from './operation.ts'
import { decideRetry, maybeProcessed } from './retry.ts'
import type { Decision, Finding } from './retry.ts'
import type { Follow } from './shared-signals.ts'
import { unknownOutcome } from './unknown-outcome.ts'
import type { WireRequest } from './wire-request.ts'

/** A pipeline's options, complete and checked. */
export interface Settings {
  readonly source: TokenSource
  readonly base: URL
  readonly dialect: Dialect
  readonly fetch: typeof globalThis.fetch
  readonly clock: Clock
  readonly random: () => number
  readonly timeoutMs: number
  readonly bodyMaxBytes: number
  readonly headers: Readonly<Record<string, string>>
  readonly log: ((event: RequestEvent) => void) | undefined
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
  const { settings, signal } = call
  let sent = 0
  let refused = false
  let noToken: unknown
  try {
    const reply = await exchange<Logged>({
      source: settings.source,
      repeatable: () => repeatable,
      get: (after) =>
        getToken(call, after).catch((error: unknown) => {
          noToken = error
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
    if (error !== noToken || signal?.aborted) throw error
    // No token: nothing was processed in this round, which says nothing about the rounds before it.
    const finding: Finding = { kind: 'noToken' }
    if (isLatchkeyError(error)) return { kind: 'bad', finding, error }
    if (error instanceof DeadlineError) return { kind: 'bad', finding, error: timeoutError(context(call), 'deadline') }
    throw error
  }
}

function getToken(call: Call, after: number | undefined): Promise<Token> {
  const { settings, signal } = call
  const span = { clock: settings.clock, ms: remaining(call), signal, follow: settings.follow }
  return within(span, (ends) => settings.source.get({ after, signal: ends }))
}

interface Logged {
  readonly tried: Tried
  readonly log: (outcome: TryOutcome) => void
}

async function send(call: Call, token: Token): Promise<Logged> {
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
        generation: token.generation,
        ...(tried?.kind === 'answer' ? { status: tried.answer.status } : {}),
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
