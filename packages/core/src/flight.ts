/**
 * One renewal of one key in this process: reads the record, does what the pure core decides, and ends with an
 * outcome for everybody who waits. The runner of engine.md 1.1.
 *
 * @see engine.md sections 6, 7.2 and 9.7
 * @module
 */
import { Attempt } from './attempt.ts'
import { commit, commitPending, defer, orphan } from './commit.ts'
import { isLatchkeyError, StoreError, TokenError } from './errors.ts'
import type { ErrorFacts } from './errors.ts'
import { coolAfter, judgeFailure } from './failure.ts'
import type { Issued } from './grant.ts'
import { Ledger } from './ledger.ts'
import { lifetimeMs } from './lifetime.ts'
import { memoryStore } from './memory-store.ts'
import type { Trigger } from './observer.ts'
import type { Asks, Cool, Decision, Step, TokenRecord } from './protocol.ts'
import { blankRecord, decide, graceMs, meets, reduce } from './protocol.ts'
import { Secret } from './secret.ts'
import type { Flight, Outcome, Slot, Uncommitted } from './slot.ts'
import type { Contents, Vault } from './vault.ts'
import { createVault } from './vault.ts'

const stepTries = 16
const pollFirstMs = 25
const pollMaxMs = 400
const soloEveryMs = 60_000
const contentionMaxMs = 900_000 // Longer than any provider's sign-in takes.
const defaultLifetimeMs = 300_000
const shortLifetimeMs = 10_000

/** What one turn of the loop brings: an outcome, or nothing yet. */
type Turn = Outcome | undefined

interface Cockpit {
  readonly slot: Slot
  readonly flight: Flight
  readonly ledger: Ledger
  readonly vault: Vault
  /** The store does not answer: a private record, and never the refresh token. */
  readonly solo: boolean
  /** The generation whose token cannot be opened. */
  readonly unopened: { gen: number }
}

/** Starts a flight; there is at most one per key and process. */
export function launch(slot: Slot, trigger: Trigger, owned: boolean): Flight {
  const before = slot.flight?.work // Winding down, stopped for want of waiters.
  let settle!: (outcome: Outcome) => void
  const done = new Promise<Outcome>((resolve) => (settle = resolve))
  const stop = new AbortController()
  const flight: Flight = {
    done,
    trigger,
    stop,
    owned,
    work: Promise.resolve(),
    after: 0,
    demanded: -1,
    minRemaining: 0,
    waiters: 0,
    plain: false,
    shared: undefined,
    ahead: trigger === 'due' || trigger === 'warm',
    sent: false,
  }
  slot.flight = flight
  flight.work = Promise.resolve(before)
    .then(() => fly(slot, flight))
    .catch((error: unknown): Outcome => ({ error }))
    .then((outcome) => {
      if (slot.flight === flight) slot.flight = undefined
      if (outcome.error !== undefined) {
        slot.doubt = false
        slot.restUntil = slot.services.clock.mono() + (outcome.coolMs ?? 1000)
      }
      slot.aim()
      settle(outcome)
    })
  return flight
}

/** Reads the record because somebody said that it changed; asks the provider for nothing. */
export async function glance(slot: Slot): Promise<void> {
  const cockpit = await board(slot)
  await cockpit.ledger.read()
  const { record } = cockpit.ledger
  if (!record || slot.flight) return
  slot.meet(record)
  if (record.gen > (slot.token?.generation ?? 0) && record.epoch === slot.seen.epoch) {
    if (
      meets(record, cockpit.ledger.now(), {
        after: 0,
        minRemaining: 0,
        refused: slot.refused,
        ahead: 0,
        demanded: false,
      })
    ) {
      await adopt(cockpit, record, 'notice')
    }
  }
}

async function board(slot: Slot): Promise<Omit<Cockpit, 'flight' | 'solo' | 'unopened'>> {
  const { services, emit } = slot
  const key = await slot.key()
  return { slot, ledger: new Ledger(services.store, key, services, emit), vault: createVault(key, services.ring) }
}

async function fly(slot: Slot, flight: Flight): Promise<Outcome> {
  const cockpit = { ...(await board(slot)), flight, solo: false, unopened: { gen: 0 } }
  const { ledger, vault } = cockpit
  try {
    if (!slot.services.alone) slot.unwatch ??= ledger.store.watch?.(ledger.key, () => noticed(slot))
    await ledger.read()
    if (ledger.corrupt) throw new StoreError('LATCHKEY_STORE_CORRUPT', 'The stored record cannot be read.')
    await commitPending(slot, ledger, vault)
    return await loop(cockpit)
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    return withoutStore(slot, flight, vault, ledger, error)
  }
}

async function loop(cockpit: Cockpit): Promise<Outcome> {
  const { slot, flight, ledger, solo } = cockpit
  const { clock } = slot.services
  const { grant } = slot.options
  const self = {
    holder: slot.holder,
    traits: grant.traits,
    canRenew: !solo && grant.renew !== undefined,
    budget: slot.services.budget,
  }
  const span = 3 * (grant.traits.longest + 2 * graceMs)
  const bound = clock.mono() + Math.max(span, contentionMaxMs)
  let giveUp = clock.mono() + span
  let pause = pollFirstMs
  let lost = 0
  let waiting: { readonly fence: number; readonly since: number } | undefined
  while (clock.mono() < giveUp) {
    if (flight.stop.signal.aborted) return { error: flight.stop.signal.reason }
    const found = ledger.record
    if (found && !solo) slot.meet(found)
    const record = known(slot, ledger, found ?? blankRecord(slot.services.nonce(), slot.seen))
    const credential =
      record.cool?.denied && grant.credential
        ? await cockpit.vault.print(grant.credential.reveal(), record.salt)
        : undefined
    const memory = { ...slot.seen, gen: found && !solo ? slot.seen.gen : 0, credential }
    const asks = gather(slot, flight, record)
    const after = Math.max(asks.after, cockpit.unopened.gen)
    const canRenew = self.canRenew && cockpit.unopened.gen !== record.gen
    const decision = decide(record, ledger.now(), { ...asks, after }, { ...self, canRenew }, memory)
    let turn: Turn
    switch (decision.do) {
      case 'adopt':
        if (slot.refused > 0)
          slot.emit('token.refused', { generation: slot.refused, verdict: 'refused', action: 'adopt' })
        turn = await adopted(cockpit, record)
        break
      case 'repair':
        await repair(cockpit, record)
        break
      case 'settle':
        await clock.sleep(decision.until - ledger.now(), flight.stop.signal).catch(() => undefined) // The loop sees the stop.
        slot.emit('token.refused', { generation: record.gen, verdict: 'refused', action: 'settle' })
        slot.refused = 0
        turn = await adopted(cockpit, record, true)
        break
      case 'dismiss':
        turn = await dismiss(cockpit, record, decision)
        break
      case 'cool':
        return {
          error: coolError(slot, decision.cool, ledger.now()),
          coolMs: Math.max(1, decision.cool.until - ledger.now()),
        }
      case 'wait': {
        waiting =
          waiting?.fence === decision.lease.fence ? waiting : { fence: decision.lease.fence, since: clock.mono() }
        await otherHolder(
          cockpit,
          Math.min(pause * (0.75 + slot.services.random() / 2), decision.until - ledger.now() + 1),
        )
        pause = Math.min(pause * 2, pollMaxMs)
        await ledger.read()
        const now = ledger.record?.lease
        // The holder is at work and says so: a sign-in of many steps may take minutes.
        if (now?.fence === decision.lease.fence && now.until > decision.lease.until) {
          giveUp = Math.min(clock.mono() + span, bound)
        }
        if (now?.fence !== decision.lease.fence) {
          const { fence, holder } = decision.lease
          slot.emit('lease.waited', { fence, holder, duration: clock.mono() - waiting.since })
        }
        break
      }
      case 'acquire':
        turn = await acquire(cockpit, decision)
        // Others were faster, again: give them room.
        if (!turn && (lost += 1) > 1)
          await otherHolder(cockpit, Math.min(pollFirstMs * 2 ** lost, pollMaxMs) * (0.5 + slot.services.random() / 2))
        break
      default:
        decision satisfies never
    }
    if (turn) return turn
  }
  throw new TokenError(
    'LATCHKEY_LEASE_CONTENDED',
    'Other processes kept renewing this token without bringing one. Try again; if it stays so, look at their logs.',
    facts(slot),
  )
}

// What this process knows better than the record: when the token in hand ends by the clocks that saw it come.
function known(slot: Slot, ledger: Ledger, record: TokenRecord): TokenRecord {
  if (slot.token?.generation !== record.gen || slot.doubt) return record
  return { ...record, until: Math.min(record.until, Math.floor(ledger.now() + slot.token.remaining())) }
}

function gather(slot: Slot, flight: Flight, record: TokenRecord): Asks {
  const { after, minRemaining, ahead, waiters } = flight
  // Nobody issued such a generation, as far as anybody knows.
  if (slot.refused > Math.max(record.gen, slot.token?.generation ?? 0)) slot.refused = 0
  const onlyAhead = ahead && waiters === 0
  return {
    after,
    minRemaining,
    refused: slot.refused,
    ahead: onlyAhead ? slot.windowFor(record) : 0,
    demanded: flight.demanded >= record.gen,
  }
}

/** Swaps in a step, as long as it applies. Returns what became of it; store trouble passes through. */
async function take(ledger: Ledger, step: (record: TokenRecord) => Step): Promise<boolean> {
  for (let tries = 0; tries < stepTries; tries += 1) {
    const next = ledger.record && reduce(ledger.record, step(ledger.record))
    if (!next) return false
    const swap = await ledger.swap(next)
    if (swap === 'done' || swap === 'durable') return true
  }
  return false
}

// A token that cannot be opened is none (engine.md 9.8): the loop goes on to a new one.
async function adopted(cockpit: Cockpit, record: TokenRecord, settled = false): Promise<Turn> {
  const token = await adopt(cockpit, record, 'store')
  if (!token) cockpit.unopened.gen = record.gen
  return token && { token, settled }
}

async function adopt(
  { slot, ledger, vault }: Pick<Cockpit, 'slot' | 'ledger' | 'vault'>,
  record: TokenRecord,
  source: 'store' | 'notice',
) {
  const { clock } = slot.services
  if (record.gen === slot.token?.generation && !slot.doubt) {
    slot.accept(record)
    slot.aim()
    return slot.token
  }
  const contents = await open(slot, vault, record)
  if (!contents) return undefined
  const left = Math.min(record.life, record.until - ledger.now())
  const token = slot.hold(record.gen, contents, {
    mono: clock.mono() + left,
    wall: clock.wall() + left,
    life: record.life,
  })
  slot.accept(record)
  slot.emit('refresh.adopted', { generation: record.gen, age: record.life - left, source })
  return token
}

async function open(slot: Slot, vault: Vault, record: TokenRecord): Promise<Contents | undefined> {
  const contents = record.token === undefined ? undefined : await vault.open(record.token, record)
  if (contents) return contents
  slot.emit('store.corrupt', { operation: 'open', reason: 'no key of the ring opens it' })
  if (slot.services.storeTrouble === 'degrade') return undefined
  const text = 'The stored token cannot be opened with this key ring. Give every process the same keys.'
  throw new StoreError('LATCHKEY_SEALED_BY_UNKNOWN_KEY', text)
}

async function repair({ slot, ledger }: Cockpit, record: TokenRecord): Promise<void> {
  const known = slot.record ?? blankRecord(record.salt, slot.seen)
  slot.emit('store.rollback', { generation: known.gen })
  await take(ledger, () => ({ step: 'repair', known }))
}

async function dismiss(
  { slot, ledger }: Cockpit,
  record: TokenRecord,
  decision: Extract<Decision, { do: 'dismiss' }>,
): Promise<Turn> {
  const { cool } = decision
  if (decision.record) {
    const swap = await ledger.swap(decision.record)
    if (swap !== 'done' && swap !== 'durable') return undefined
    slot.emit('cooldown.start', { class: cool.class, until: cool.until, step: cool.step, code: cool.code })
  }
  slot.emit('token.refused', { generation: record.gen, verdict: 'refused', action: 'budget' })
  slot.refused = 0
  slot.aim()
  return { error: coolError(slot, cool, ledger.now()) }
}

// Sits out a pause, unless a notice comes or nobody waits any more.
async function otherHolder({ slot, flight }: Cockpit, ms: number): Promise<void> {
  const woken = new AbortController()
  const stop = (): void => woken.abort()
  slot.wake = stop
  flight.stop.signal.addEventListener('abort', stop, { once: true })
  await slot.services.clock.sleep(ms, woken.signal).catch(() => undefined) // Woken early is as good.
  flight.stop.signal.removeEventListener('abort', stop)
  slot.wake = undefined
}

function noticed(slot: Slot): void {
  if (slot.wake) slot.wake()
  else if (!slot.flight && !slot.closed) glance(slot).catch(() => undefined) // A hint: what it misses, the next flight reads.
}

async function acquire(cockpit: Cockpit, decision: Extract<Decision, { do: 'acquire' }>): Promise<Turn> {
  const { slot, flight, ledger, vault, solo } = cockpit
  const { services, options, emit } = slot
  const { clock, random } = services
  const { grant } = options
  const { lease } = decision
  const { fence, holder } = lease
  const since = { mono: clock.mono(), wall: clock.wall() }
  if (solo && grant.traits.exclusive) {
    if (since.mono < slot.soloAfter) throw storeSilent(slot, slot.soloAfter - since.mono)
    slot.soloAfter = since.mono + soloEveryMs * (1 + 0.3 * random())
  }
  const previous = decision.record.cool
  const sealed = decision.path === 'renewal' ? await open(slot, vault, decision.record) : undefined
  if (decision.path === 'renewal' && !sealed) {
    cockpit.unopened.gen = decision.record.gen
    return undefined
  }
  const swap = await ledger.swap(decision.record, decision.path === 'renewal')
  if (swap === 'conflict') return undefined
  if (swap === 'unknown') return disown(ledger, fence)
  slot.see(decision.record)
  if (slot.record?.gen === decision.record.gen && !solo) slot.record = decision.record
  emit(decision.takesOver ? 'lease.takenOver' : 'lease.acquired', { fence, holder })
  if (decision.taints) emit('renewal.tainted', { reason: 'takeover' })
  if (slot.refused > 0 && lease.base === slot.refused) {
    emit('token.refused', { generation: lease.base, verdict: 'refused', action: 'renew' })
  }

  const durable = swap === 'durable' || grant.traits.renewal !== 'rotating'
  const old = durable ? sealed : undefined
  const path = old?.refresh === undefined ? 'primary' : 'renewal'
  const start = clock.mono()
  const { trigger } = flight
  const { forgets } = slot
  emit('refresh.start', { trigger, path, fence, waiters: flight.waiters })
  const ended = (
    outcome: 'done' | 'failed' | 'unknown',
    generation: number,
    more: { class?: string; code?: string } = {},
  ): void =>
    emit('refresh.end', {
      trigger,
      path,
      outcome,
      fence,
      generation,
      waiters: flight.waiters,
      duration: clock.mono() - start,
      ...more,
    })

  const attempt = new Attempt({
    clock,
    random,
    fetch: services.fetch ?? globalThis.fetch,
    longest: grant.traits.longest,
    lease: grant.traits.longest + graceMs,
    since,
    extend: async () => {
      const until = (): number => Math.floor(ledger.now()) + grant.traits.longest + graceMs
      const extended = await take(ledger, () => ({ step: 'extend', fence, until: until() }))
      emit(extended ? 'lease.extended' : 'lease.lost', { fence, holder })
      return extended
    },
    sending: (may) => {
      flight.sent = may
      slot.aim()
    },
    abandoned: () => flight.stop.signal.aborted,
  })

  let work: Uncommitted
  try {
    const issued = await attempt.within(
      old?.refresh !== undefined && grant.renew
        ? grant.renew({ refresh: new Secret(old.refresh), access: new Secret(old.access), scopes: old.scopes }, attempt)
        : grant.obtain(attempt),
    )
    work = receive(
      slot,
      issued,
      attempt,
      { fence, epoch: decision.record.epoch, forgets, kept: old?.refresh, renewUntil: decision.record.renewUntil },
      ledger,
    )
  } catch (thrown) {
    attempt.end()
    if (attempt.lost && !flight.sent) {
      emit('lease.lost', { fence, holder })
      if (flight.stop.signal.aborted) {
        await take(ledger, () => ({ step: 'release', fence })).catch(() => false) // It runs out by itself.
        return undefined
      }
      await ledger.read()
      return disown(ledger, fence)
    }
    const failure = judgeFailure(thrown, attempt, path)
    const lost = failure.class === 'expired' && decision.record.tainted !== undefined
    const error = lost ? lostLogin(failure.error) : failure.error
    ended(attempt.unanswered ? 'unknown' : 'failed', lease.base, { class: failure.class, code: error.code })
    if (failure.class === 'spent') {
      await take(ledger, () => ({ step: 'spent', lease }))
      flight.sent = false
      return undefined
    }
    const taint = path === 'renewal' && attempt.spent
    if (taint) emit('renewal.tainted', { reason: 'unknown_outcome' })
    const denied =
      failure.class === 'denied' && grant.credential
        ? await vault.print(grant.credential.reveal(), decision.record.salt)
        : undefined
    const cool = coolAfter(failure, attempt, previous, ledger.now(), random, denied)
    // Where the store is silent the lease runs out by itself, and a spent refresh token is tainted by whoever takes over.
    await take(ledger, () => ({ step: 'fail', lease, cool, taint })).catch(() => false)
    noteCool(slot, cool, ledger.now())
    if (cool) emit('cooldown.start', { class: cool.class, until: cool.until, step: cool.step, code: cool.code })
    return { error: told(slot, error, cool && Math.max(0, cool.until - ledger.now())) }
  }
  attempt.end()

  const { token: before } = slot
  const echo =
    before !== undefined && before.reveal() === work.contents.access && slot.refused === before.generation
      ? before.generation
      : 0
  try {
    const token = await commit(slot, ledger, vault, work, !solo)
    if (!token) {
      ended('done', 0)
      orphan(slot, work)
      flight.sent = false
      return flight.waiters > 0 ? undefined : {}
    }
    if (solo) defer(slot, { ...work, fence: token.generation }, 'store')
    slot.coolDown = undefined
    if (previous) emit('cooldown.end', { class: previous.class, step: previous.step })
    ended('done', token.generation)
    return { token, issued: true, ...(echo && { echo }) }
  } catch (error) {
    const token = defer(slot, work, isLatchkeyError(error) ? error.code : 'contended')
    ended('done', token.generation)
    return { token, issued: true, ...(echo && { echo }) }
  }
}

// Whether the login lives on nobody knows: the answer that carried its refresh token was lost (G8).
function lostLogin(cause: TokenError): TokenError {
  const text =
    'The answer that brought the last refresh token was lost, and there is no credential for a new login. Sign in again.'
  return new TokenError('LATCHKEY_OUTCOME_UNKNOWN', text, { failure: 'expired', cause })
}

// Our own lease, under which nothing was sent: free again, without a taint.
function disown(ledger: Ledger, fence: number): undefined {
  if (ledger.record) ledger.record = reduce(ledger.record, { step: 'release', fence }) ?? ledger.record
  return undefined
}

interface Terms {
  readonly fence: number
  readonly epoch: number
  readonly forgets: number
  /** The refresh token in hand, kept where the answer brings none. */
  readonly kept: string | undefined
  readonly renewUntil: number | undefined
}

/** Checks an answer and works out when its tokens end (engine.md 3.1, 3.2, 3.7 and 10.4). */
function receive(slot: Slot, issued: Issued, attempt: Attempt, terms: Terms, ledger: Ledger): Uncommitted {
  const { grant } = slot.options
  const access = visible(issued.access)
  const refresh = issued.refresh ? visible(issued.refresh.token) : terms.kept
  const { sentAt, last } = attempt
  const providerNow = last?.now ?? slot.services.clock.wall()
  const stated = lifetimeMs(issued.lifetime, providerNow)
  const life = stated ?? grant.traits.assumedLifetime ?? defaultLifetimeMs
  const unclocked =
    issued.lifetime !== undefined && 'at' in issued.lifetime && issued.lifetime.now === undefined && !last?.dated
  if (stated === undefined || unclocked) slot.emit('lifetime.assumed', { value: life })
  if (life <= shortLifetimeMs) slot.emit('lifetime.short', { value: life })
  const renewLife = lifetimeMs(issued.refresh?.lifetime, providerNow)
  const kept =
    issued.refresh || terms.renewUntil === undefined
      ? undefined
      : slot.services.clock.mono() + terms.renewUntil - ledger.now()
  return {
    contents: { access, refresh, scheme: schemeOf(issued), scopes: issued.scopes },
    issued,
    deadline: { mono: sentAt.mono + life, wall: sentAt.wall + life, life },
    fence: terms.fence,
    epoch: terms.epoch,
    login: terms.kept === undefined,
    forgets: terms.forgets,
    renewEnd: renewLife ? sentAt.mono + renewLife : kept, // A refresh lifetime of zero means that none is stated.
  }
}

// RFC 6750's scheme is compared without regard to case, but some resources want it spelled like this.
function schemeOf({ scheme = 'Bearer' }: Issued): string {
  if (/^bearer$/i.test(scheme)) return 'Bearer'
  if (/^[\w!#$%&'*+.^`|~-]{1,64}$/.test(scheme)) return scheme
  throw new TokenError('LATCHKEY_BAD_TOKEN', 'The token endpoint answered with a token type that is not a word.', {
    failure: 'transient',
  })
}

function visible(secret: Secret): string {
  const text = secret instanceof Secret ? secret.reveal() : ''
  if (/^[\x21-\x7e]{1,16384}$/.test(text)) return text
  if (text === '')
    throw new TokenError('LATCHKEY_NO_TOKEN', 'The token endpoint answered without a token.', { failure: 'transient' })
  throw new TokenError(
    'LATCHKEY_BAD_TOKEN',
    'The token endpoint answered with a token that is not visible ASCII of at most 16 KiB.',
    { failure: 'transient' },
  )
}

/** The policy for a silent store: what is in hand goes on working, else a token for this process alone. */
async function withoutStore(
  slot: Slot,
  flight: Flight,
  vault: Vault,
  ledger: Ledger,
  error: StoreError,
): Promise<Outcome> {
  const { services } = slot
  if (!services.degraded) {
    services.degraded = true
    slot.emit('store.degraded', { operation: error.operation ?? 'read', reason: error.code })
  }
  const told = new StoreError(error.code, error.message, { ...error.details, ...facts(slot), cause: error.cause })
  const lost = error.code !== 'LATCHKEY_STORE_UNAVAILABLE' && error.code !== 'LATCHKEY_STORE_CORRUPT'
  if (lost || services.storeTrouble === 'fail' || slot.look(flight.after, flight.minRemaining) !== 'spent')
    return { error: told }
  slot.shadow ??= memoryStore({ clock: services.clock })
  const own = new Ledger(slot.shadow, ledger.key, services, slot.emit)
  await own.read()
  return loop({ slot, flight, ledger: own, vault, solo: true, unopened: { gen: 0 } })
}

function storeSilent(slot: Slot, ms: number): TokenError {
  const retryAt = Math.ceil(slot.services.clock.wall() + ms)
  const text = 'The shared store does not answer, and a token obtained alone was tried a moment ago. Check the store.'
  return new TokenError('LATCHKEY_STORE_UNAVAILABLE', text, { ...facts(slot), retryAt })
}

function coolError(slot: Slot, cool: Cool, now: number): TokenError {
  noteCool(slot, cool, now)
  const { code, providerCode, status } = cool
  const ms = Math.max(0, Math.ceil(cool.until - now))
  const text =
    cool.class === 'refused'
      ? `The resource refuses fresh tokens of ${slot.options.keyLabel}. A new one would not help: check what the credential may do.`
      : `The token endpoint failed a moment ago (${code}), so nobody asks it for another ${ms} ms.`
  return told(
    slot,
    new TokenError(code, text, {
      providerCode,
      status,
      retryable: cool.class === 'transient' || cool.class === 'throttled',
      reason: cool.class,
    } as ErrorFacts),
    ms,
  )
}

function noteCool(slot: Slot, cool: Cool | undefined, now: number): void {
  const retryAt = Math.ceil(slot.services.clock.wall() + (cool ? cool.until - now : 0))
  slot.coolDown = cool && { class: cool.class, code: cool.code, step: cool.step, retryAt }
}

/** The error as callers of this key get it: whose it is, and when to try again. */
function told(slot: Slot, error: TokenError, waitMs: number | undefined): TokenError {
  const { code, message, details, retryable, failure, cause } = error
  const retryAt = waitMs === undefined ? undefined : Math.ceil(slot.services.clock.wall() + waitMs)
  return new TokenError(code, message, {
    ...details,
    ...facts(slot),
    retryable,
    ...(failure && { failure }),
    ...(retryAt !== undefined && { retryAt }),
    ...(cause !== undefined && { cause }),
  })
}

function facts(slot: Slot): { provider: string; keyLabel: string } {
  const { provider, keyLabel } = slot.options
  return { provider, keyLabel }
}
