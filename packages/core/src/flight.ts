/**
 * One renewal of one key in this process: reads the record, does what the pure core decides, and ends with an
 * outcome for everybody who waits. The runner of engine.md 1.1.
 *
 * @see engine.md sections 6, 7.2 and 9.7
 * @module
 */
import { acquire } from './acquire.ts'
import type { Cockpit, Turn } from './cockpit.ts'
import { open, take } from './cockpit.ts'
import { commitPending } from './commit.ts'
import type { Clock } from './clock.ts'
import { over } from './clock.ts'
import { StoreError, TokenError } from './errors.ts'
import { Ledger } from './ledger.ts'
import { memoryStore } from './memory-store.ts'
import type { Trigger } from './observer.ts'
import type { Asks, Cool, Decision, TokenRecord } from './protocol.ts'
import { blankRecord, decide, graceMs, meets } from './protocol.ts'
import { spread, watchKey } from './services.ts'
import type { Flight, Outcome, Slot } from './slot.ts'
import { coolError, corrupt, facts } from './told.ts'
import type { Vault } from './vault.ts'
import { createVault } from './vault.ts'

const pollFirstMs = 25
const pollMaxMs = 400
const pollMaxWatchedMs = 2000 // Doubling, so that a lost notice at most doubles a wait.
const glanceSpreadMs = 2000
const coolTrustMs = 1000
const aloneFirstMs = 20_000 // A lease and its grace.
const aloneSpreadMs = 60_000
const contentionMaxMs = 900_000 // Longer than any provider's sign-in takes.

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
  const { services } = slot
  const key = await slot.key()
  return { slot, ledger: new Ledger(services.store, key, slot), vault: createVault(key, services.ring) }
}

async function fly(slot: Slot, flight: Flight): Promise<Outcome> {
  const cockpit = { ...(await board(slot)), flight, solo: false, unopened: { gen: 0 } }
  const { ledger, vault } = cockpit
  const { services } = slot
  try {
    if (!services.alone) slot.unwatch ??= watchKey(ledger.store, ledger.key, () => noticed(slot))
    await ledger.read()
    slot.storeAhead = ledger.now() - services.clock.mono()
    slot.silent = false
    if (ledger.corrupt) throw corrupt()
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
    // Only who still has the newer record can write it back.
    const memory = { ...slot.seen, gen: found && !solo ? (slot.record?.gen ?? 0) : 0, credential }
    const asks = gather(slot, flight, record)
    const after = Math.max(asks.after, cockpit.unopened.gen)
    const canRenew = self.canRenew && cockpit.unopened.gen !== record.gen
    const since = { mono: clock.mono(), wall: clock.wall() }
    const decision = decide(
      record,
      ledger.now(),
      { ...asks, after },
      { ...self, canRenew },
      memory,
      ledger.nowAtLeast(),
    )
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
      case 'cool': {
        const coolMs = Math.max(1, decision.cool.until - ledger.now())
        rememberCool(slot, decision.cool, coolMs)
        return { error: coolError(slot, decision.cool, ledger.now()), coolMs }
      }
      case 'wait': {
        if (flight.ahead && flight.waiters === 0) {
          // Nobody waits for it: the notice, or the next caller who finds the token due, brings what the holder got.
          slot.restUntil = clock.mono() + decision.until - ledger.nowAtLeast() + spread(slot.services, 1000)
          return {}
        }
        waiting =
          waiting?.fence === decision.lease.fence ? waiting : { fence: decision.lease.fence, since: clock.mono() }
        await otherHolder(
          cockpit,
          // Spread over one poll at the lease's end, where everybody who waits would wake in the same millisecond.
          Math.min(
            pause * (0.75 + slot.services.random() / 2),
            decision.until - ledger.nowAtLeast() + 1 + spread(slot.services, pollMaxMs),
          ),
        )
        pause = Math.min(pause * 2, slot.unwatch ? pollMaxWatchedMs : pollMaxMs)
        await ledger.read()
        const { gen, lease: now } = ledger.record ?? record
        // The holder is at work and says so: a sign-in of many steps may take minutes.
        const isAtWork = now?.fence === decision.lease.fence && now.until > decision.lease.until
        // Or tokens came that are over already, while this process was stopped, perhaps.
        if (isAtWork || gen > record.gen) giveUp = Math.min(clock.mono() + span, bound)
        if (now?.fence !== decision.lease.fence) {
          const { fence, holder } = decision.lease
          slot.emit('lease.waited', { fence, holder, duration: clock.mono() - waiting.since })
        }
        break
      }
      case 'acquire':
        turn = await acquire(cockpit, decision, since)
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

// So that not each of many callers makes a flight of its own to hear the same.
function rememberCool(slot: Slot, cool: Cool, coolMs: number): void {
  if (cool.class !== 'transient' && cool.class !== 'throttled') return // Others may be passed.
  const now = slot.services.clock.mono()
  slot.cooling = { cool, until: now + coolMs, trustedUntil: now + Math.min(coolMs, coolTrustMs) }
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

// A token that cannot be opened is none (engine.md 9.8): the loop goes on to a new one.
async function adopted(cockpit: Cockpit, record: TokenRecord, settled = false): Promise<Turn> {
  const token = await adopt(cockpit, record, 'store')
  if (token) return { token, settled }
  if (record.epoch < cockpit.slot.seen.epoch) await cockpit.ledger.read()
  else cockpit.unopened.gen = record.gen
  return undefined
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
  if (!contents || record.epoch < slot.seen.epoch) return undefined // Forgotten while it was opened.
  const left = Math.min(record.life, record.until - ledger.now())
  const ends = { mono: clock.mono() + left, wall: clock.wall() + left, life: record.life }
  const renewLeft = record.renewUntil === undefined ? undefined : record.renewUntil - ledger.now()
  const token = slot.hold(record.gen, contents, ends, renewLeft)
  slot.accept(record)
  slot.emit('refresh.adopted', { generation: record.gen, age: record.life - left, source })
  return token
}

async function repair({ slot, ledger }: Cockpit, record: TokenRecord): Promise<void> {
  const known = slot.record ?? blankRecord(record.salt, slot.seen)
  const repaired = await take(ledger, () => ({ step: 'repair', known }))
  if (repaired) slot.emit('store.rollback', { generation: known.gen })
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
  const stop = (): void => woken.abort(over)
  slot.wake = stop
  flight.stop.signal.addEventListener('abort', stop, { once: true })
  await slot.services.clock.sleep(ms, woken.signal).catch(() => undefined) // Woken early is as good.
  flight.stop.signal.removeEventListener('abort', stop)
  slot.wake = undefined
}

function noticed(slot: Slot): void {
  slot.cooling = undefined
  if (slot.wake) slot.wake()
  else if (slot.glance !== 'none') slot.glance = 'again'
  else if (!slot.flight && !slot.closed) void lookSoon(slot)
}

// One look at a time, and one more for the notices that came meanwhile. While the old token stays good there is no haste:
// a fleet that looked all at once would stop its own store.
async function lookSoon(slot: Slot): Promise<void> {
  const { services } = slot
  slot.glance = 'soon'
  try {
    do {
      const ms = slot.options.grant.traits.exclusive ? 0 : spread(services, glanceSpreadMs)
      if (ms > 0) await services.clock.sleep(ms, services.closing, true)
      slot.glance = 'soon'
      if (!slot.closed && !slot.flight) await glance(slot)
    } while (slot.glance !== 'soon')
  } catch {
    // A hint: what it misses, the next flight reads.
  } finally {
    slot.glance = 'none'
  }
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
  waitForStore(slot, error)
  slot.shadow ??= memoryStore({ clock: storeClock(slot) })
  const own = new Ledger(slot.shadow, ledger.key, slot)
  await own.read()
  return loop({ slot, flight, ledger: own, vault, solo: true, unopened: { gen: 0 } })
}

// A store that answers too late is alive, and so is the rest of the fleet: an exclusive token obtained alone would end
// theirs, and the looks that this costs would slow the store further. So whoever knows the record gives a holder the time
// of its lease, and does not go alone together with all the others.
function waitForStore(slot: Slot, { details }: StoreError): void {
  const { clock, random, store } = slot.services
  if (slot.silent) return
  slot.silent = true
  if (details['reason'] !== 'deadline' || store.scope !== 'fleet' || slot.seen.fence === 0) return
  if (!slot.options.grant.traits.exclusive) return
  slot.soloAfter = Math.max(slot.soloAfter ?? -Infinity, clock.mono() + aloneFirstMs + aloneSpreadMs * random())
}

// The private record's clock: the shared store's as known here, never this host's, since its fences meet others later.
function storeClock(slot: Slot): Clock {
  const { clock } = slot.services
  const start = slot.storeAhead === undefined ? slot.seen.fence : clock.mono() + slot.storeAhead
  const shift = start - clock.wall()
  return {
    mono: () => clock.mono(),
    wall: () => clock.wall() + shift,
    sleep: (ms, signal, background) => clock.sleep(ms, signal, background),
  }
}
