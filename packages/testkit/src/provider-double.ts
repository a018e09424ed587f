/**
 * An authorization server and a resource in one, for tests: it counts, it ends tokens as real servers do, it fails
 * when told to, and it writes down every rule that its client broke.
 *
 * @see engine.md sections 12.3, 14 (G2, G3, G7) and 16.4
 * @module
 */
import { systemClock } from '@latchkey/core'
import type { Clock, Grant } from '@latchkey/core'
import { dripping, fetchFrom, listenWith } from './provider-doors.ts'
import type { Listening, Served } from './provider-doors.ts'
import { brokenAnswer, createFaultQueue } from './provider-faults.ts'
import type { Fault, FaultKind, TokenOperation } from './provider-faults.ts'
import { providerGrant } from './provider-grant.ts'
import { createLedger } from './provider-ledger.ts'
import type { IssuedPair, LedgerRules } from './provider-ledger.ts'

/** A clock that may also know how much time went by in the world, as {@link virtualClock} does. */
export interface WorldClock extends Clock {
  elapsed?(): number
}

export interface ProviderDoubleOptions extends Partial<LedgerRules> {
  /** The server's time follows it, suspends included; steps of its wall clock do not reach the server. @default the machine's */
  readonly clock?: WorldClock
  /** How far the server's calendar is ahead of this process', milliseconds. @default 0 */
  readonly aheadMs?: number
  /** Passes before a token request is processed, whether or not the client still waits. @default 0 */
  readonly latencyMs?: number
  /** Passes before the resource looks at a token. @default 0 */
  readonly resourceLatencyMs?: number
  /** The resource refuses tokens that are younger, and this is no violation. @default 0 */
  readonly settleMs?: number
  /** How the end of a token is stated. @default 'seconds' */
  readonly statedAs?: 'seconds' | 'instant'
  /** States `issued_at`, epoch milliseconds. @default false */
  readonly statesIssueTime?: boolean
  readonly clientId?: string
  readonly clientSecret?: string
  /** The trait `longest` of the grant, milliseconds. @default 15 000 */
  readonly longestMs?: number
}

/**
 * A rule that the client broke. `replay`: a spent refresh token was sent where the server does not allow it.
 * `overlap`: two token requests in flight. `deadToken`: a call with a token known to be over (`about` tells why).
 * `unknownToken`: a call with a token never issued here. `impatient`: a token request before `Retry-After` was over.
 */
export interface Violation {
  readonly kind: 'replay' | 'overlap' | 'deadToken' | 'unknownToken' | 'impatient'
  /** Milliseconds of the server's time since its start. */
  readonly at: number
  readonly about: string
}

/** Counts since the start, without any secret. */
export interface ProviderReport {
  /** Obtains and renewals that arrived, whatever came of them. */
  readonly tokenRequests: number
  readonly obtains: number
  readonly renewals: number
  readonly revocations: number
  readonly resourceCalls: number
  readonly refusals: number
  /** Most token requests in flight at one time. */
  readonly inFlightMax: number
  readonly liveTokens: number
  readonly violations: readonly Violation[]
  readonly violationsMissed: number
}

export interface ProviderKey {
  readonly provider: string
  readonly environment: string
  readonly tokenEndpoint: string
  readonly clientId: string
}

export interface ProviderDouble {
  /** Serves `/token`, `/revoke` and `/resource` in this process, under any origin. */
  readonly fetch: typeof globalThis.fetch
  readonly origin: string
  /** A grant for this server, by default at {@link ProviderDouble.origin}. */
  grant(origin?: string): Grant
  /** What `createTokenSource` needs as its key. */
  key(origin?: string): ProviderKey
  /** Serves the same on 127.0.0.1, at a port of the system's choice. */
  listen(): Promise<Listening>
  /** True while the resource would let this token in. Counts nothing. */
  accepts(access: string): boolean
  /** Queues faults for the token requests to come. */
  fail(...faults: readonly Fault[]): void
  /** Forgets the queued faults. */
  heal(): void
  /** The resource refuses this many calls, whatever their token. */
  refuseCalls(count: number): void
  /** Ends all access tokens, behind the client's back. */
  endAccessTokens(): void
  /** Ends all logins with their refresh and access tokens. */
  endLogins(): void
  /** From now on only this secret is right. */
  changeSecret(clientSecret: string): void
  /** Every secret that was ever in play, for {@link assertNoSecrets}. */
  secrets(): string[]
  report(): ProviderReport
}

const violationsMax = 1_000

/** @see ProviderDoubleOptions for the habits; by default one that issues shareable tokens of five minutes and no refresh tokens. */
export function providerDouble(options: ProviderDoubleOptions = {}): ProviderDouble {
  const clock: WorldClock = options.clock ?? systemClock
  const { aheadMs = 0, latencyMs = 0, resourceLatencyMs = 0, settleMs = 0, clientId = 'client-1' } = options
  const rules: LedgerRules = {
    exclusive: options.exclusive ?? false,
    renewal: options.renewal ?? 'none',
    replay: options.replay ?? (options.renewal === 'reusable' ? 'safe' : 'fatal'),
    lifetimeMs: options.lifetimeMs ?? 300_000,
    refreshLifetimeMs: options.refreshLifetimeMs ?? 1_800_000,
    graceMs: options.graceMs ?? 10_000,
    expiry: options.expiry ?? 'sliding',
  }
  let clientSecret = options.clientSecret ?? 'double-client-secret'
  const secretsSeen = new Set([clientSecret])
  const startMono = clock.mono()
  const startWall = clock.wall() + aheadMs
  const now = (): number => clock.elapsed?.() ?? clock.mono() - startMono
  const startedAt = now()
  const date = (): number => startWall + now() - startedAt

  const ledger = createLedger(rules, now)
  const faults = createFaultQueue()
  const counts = {
    obtain: 0,
    renew: 0,
    revoke: 0,
    resourceCalls: 0,
    refusals: 0,
    inFlight: 0,
    inFlightMax: 0,
    refuseNext: 0,
  }
  const violations: Violation[] = []
  let violationsMissed = 0
  let calmUntil = -Infinity

  function violated(kind: Violation['kind'], about: string): void {
    if (violations.length < violationsMax) violations.push({ kind, at: now() - startedAt, about })
    else violationsMissed += 1
  }

  async function serve(request: Request, text: string, gone: AbortSignal): Promise<Served> {
    const { pathname } = new URL(request.url)
    if (pathname === '/resource') return serveResource(request)
    if (request.method !== 'POST' || (pathname !== '/token' && pathname !== '/revoke')) {
      return json(404, { error: `The double serves no ${request.method} ${pathname}.` })
    }
    const form = new URLSearchParams(text)
    const operation =
      pathname === '/revoke' ? 'revoke' : form.get('grant_type') === 'refresh_token' ? 'renew' : 'obtain'
    const fault = faults.take(operation)
    if (fault?.kind === 'unreachable') return 'refused' // It never arrived, so it does not count.
    counts[operation] += 1
    if (operation === 'revoke') return answerToken(operation, fault, request, form, gone)
    if (now() < calmUntil) violated('impatient', operation)
    counts.inFlight += 1
    counts.inFlightMax = Math.max(counts.inFlightMax, counts.inFlight)
    if (counts.inFlight > 1) violated('overlap', `${counts.inFlight} in flight`)
    try {
      return await answerToken(operation, fault, request, form, gone)
    } finally {
      counts.inFlight -= 1
    }
  }

  async function answerToken(
    operation: TokenOperation,
    fault: FaultKind | undefined,
    request: Request,
    form: URLSearchParams,
    gone: AbortSignal,
  ): Promise<Served> {
    if (latencyMs > 0) await clock.sleep(latencyMs)
    if (fault?.kind === 'dropBefore') return 'reset'
    if (fault?.kind === 'hang') return untilGone(gone)
    const broken = brokenAnswer(fault)
    if (broken) {
      if (fault?.kind === 'status' && typeof fault.retryAfter === 'number') calmUntil = now() + fault.retryAfter * 1_000
      return broken
    }
    const answer = process(operation, request, form, fault)
    if (fault?.kind === 'slow') await clock.sleep(fault.ms, gone).catch(() => undefined)
    return fault?.kind === 'dropAfter' ? 'reset' : answer
  }

  function process(
    operation: TokenOperation,
    request: Request,
    form: URLSearchParams,
    fault: FaultKind | undefined,
  ): Response {
    if (request.headers.get('authorization') !== basic(clientId, clientSecret))
      return json(401, { error: 'invalid_client' })
    if (operation === 'revoke') {
      ledger.revoke(form.get('token') ?? '')
      return json(200, {})
    }
    const same = fault?.kind === 'sameToken' ? ledger.present() : undefined
    if (same) return tokenAnswer(same, fault)
    if (operation === 'obtain') {
      if (form.get('grant_type') !== 'client_credentials') return json(400, { error: 'unsupported_grant_type' })
      return tokenAnswer(ledger.obtain(), fault)
    }
    const outcome = ledger.renew(form.get('refresh_token') ?? '')
    if ('pair' in outcome) return tokenAnswer(outcome.pair, fault)
    if (outcome.refused === 'replay') violated('replay', 'a spent refresh token was sent again')
    return json(400, { error: 'invalid_grant' })
  }

  function tokenAnswer(pair: IssuedPair, fault: FaultKind | undefined): Response {
    const seconds = pair.lifetimeMs / 1_000
    const statedEnd = Math.floor(date() / 1_000) * 1_000 + pair.lifetimeMs // `Date` has whole seconds as well.
    const fields: Record<string, unknown> = {
      access_token: pair.access,
      token_type: 'Bearer',
      ...(options.statedAs === 'instant' ? { expires_at: new Date(statedEnd).toISOString() } : { expires_in: seconds }),
      ...(pair.refresh !== undefined && { refresh_token: pair.refresh }),
      ...(pair.refreshLifetimeMs !== undefined && { refresh_expires_in: pair.refreshLifetimeMs / 1_000 }),
      ...(options.statesIssueTime && { issued_at: date() }),
      ...(fault?.kind === 'fields' && fault.fields),
    }
    const text = (fault?.kind === 'bom' ? '\uFEFF' : '') + JSON.stringify(fields)
    return answer(200, fault?.kind === 'drip' ? dripping(text, fault.ms, clock) : text)
  }

  async function serveResource(request: Request): Promise<Response> {
    counts.resourceCalls += 1
    if (resourceLatencyMs > 0) await clock.sleep(resourceLatencyMs)
    const [, access = ''] = /^Bearer (.+)$/i.exec(request.headers.get('authorization') ?? '') ?? []
    const fate = ledger.fate(access)
    const onPurpose = counts.refuseNext > 0
    if (onPurpose) counts.refuseNext -= 1
    else if (fate === 'unknown') violated('unknownToken', 'a call with a token never issued here')
    else if (fate !== 'live') violated('deadToken', fate)
    if (!onPurpose && accepts(access)) return json(200, { served: true })
    counts.refusals += 1
    return json(401, { error: 'invalid_token' }, { 'www-authenticate': 'Bearer error="invalid_token"' })
  }

  function accepts(access: string): boolean {
    return ledger.fate(access) === 'live' && (ledger.age(access) ?? 0) >= settleMs
  }

  function json(status: number, value: unknown, headers: Record<string, string> = {}): Response {
    return answer(status, JSON.stringify(value), headers)
  }

  function answer(
    status: number,
    body: string | ReadableStream<Uint8Array>,
    headers: Record<string, string> = {},
  ): Response {
    const common = { 'content-type': 'application/json', date: new Date(date()).toUTCString() }
    return new Response(body, { status, headers: { ...common, ...headers } })
  }

  const dated = (served: Served): Served => {
    if (typeof served !== 'string' && !served.headers.has('date'))
      served.headers.set('date', new Date(date()).toUTCString())
    return served
  }
  const handle = async (request: Request, gone: AbortSignal): Promise<Served> =>
    dated(await serve(request, await request.text(), gone))

  const double: ProviderDouble = {
    origin: 'https://provider.test',
    fetch: (input, init) => fetchFrom(handle, new Request(input, init)),
    grant: (origin = double.origin) => {
      const settle = settleMs > 0 ? { settle: settleMs } : {}
      const { exclusive, renewal, replay } = rules
      const traits = { exclusive, renewal, replay, longest: options.longestMs ?? 15_000, ...settle }
      return providerGrant({ origin, clientId, clientSecret, traits })
    },
    key: (origin = double.origin) => ({
      provider: 'double',
      environment: 'test',
      tokenEndpoint: `${origin}/token`,
      clientId,
    }),
    listen: () => listenWith(handle),
    accepts,
    fail: (...queued) => faults.add(...queued),
    heal: () => faults.clear(),
    refuseCalls: (count) => {
      counts.refuseNext = count
    },
    endAccessTokens: () => ledger.endAccessTokens(),
    endLogins: () => ledger.endLogins(),
    changeSecret: (secret) => {
      clientSecret = secret
      secretsSeen.add(secret)
    },
    secrets: () => [
      ...secretsSeen,
      ...[...secretsSeen].map((secret) => basic(clientId, secret).slice(6)),
      ...ledger.tokens(),
    ],
    report: () => ({
      tokenRequests: counts.obtain + counts.renew,
      obtains: counts.obtain,
      renewals: counts.renew,
      revocations: counts.revoke,
      resourceCalls: counts.resourceCalls,
      refusals: counts.refusals,
      inFlightMax: counts.inFlightMax,
      liveTokens: ledger.live(),
      violations: [...violations],
      violationsMissed,
    }),
  }
  return double
}

function basic(clientId: string, clientSecret: string): string {
  const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`
  return `Basic ${Buffer.from(pair).toString('base64')}`
}

function untilGone(gone: AbortSignal): Promise<'reset'> {
  return new Promise((resolve) => {
    if (gone.aborted) return resolve('reset')
    gone.addEventListener('abort', () => resolve('reset'), { once: true })
  })
}
