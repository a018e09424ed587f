/**
 * Takes the lease and makes one attempt under it: a token with its commit, or a failure with its cool-down.
 *
 * @see engine.md sections 6.6 to 6.11
 * @module
 */
import { Attempt } from './attempt.ts'
import type { Cockpit, Turn } from './cockpit.ts'
import { open, take } from './cockpit.ts'
import { commit, defer, orphan } from './commit.ts'
import { isLatchkeyError, TokenError } from './errors.ts'
import { coolAfter, judgeFailure } from './failure.ts'
import type { Ledger } from './ledger.ts'
import type { Decision, Lease } from './protocol.ts'
import { graceMs, reduce } from './protocol.ts'
import { receive } from './receive.ts'
import { Secret } from './secret.ts'
import type { Uncommitted } from './slot.ts'
import { alone, noteCool, told } from './told.ts'

const soloEveryMs = 60_000

/**
 * @param since - Both clocks before the decision: the lease that it states runs from there, whatever comes in between.
 */
export async function acquire(
  cockpit: Cockpit,
  decision: Extract<Decision, { do: 'acquire' }>,
  since: { readonly mono: number; readonly wall: number },
): Promise<Turn> {
  const { slot, flight, ledger, vault, solo } = cockpit
  const { services, options } = slot
  const { clock, random } = services
  const { grant } = options
  const { lease } = decision
  const { fence, holder } = lease
  // Alone with the provider: the store is silent, or what others keep there is sealed under keys that this process
  // lacks. Two such processes would end each other's exclusive tokens as fast as they could ask.
  const locked = cockpit.unopened.gen > 0 && cockpit.unopened.gen === lease.base
  if ((solo || locked) && grant.traits.exclusive) {
    const { soloAfter = -Infinity } = slot
    if (since.mono < soloAfter) throw alone(slot, solo, soloAfter - since.mono)
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
  if (swap === 'unknown') return disown(ledger, lease)
  slot.see(decision.record)
  if (slot.record?.gen === decision.record.gen && !solo) slot.record = decision.record
  slot.emit(decision.takesOver ? 'lease.takenOver' : 'lease.acquired', { fence, holder })
  if (decision.taints) slot.emit('renewal.tainted', { reason: 'takeover' })
  if (slot.refused > 0 && lease.base === slot.refused) {
    slot.emit('token.refused', { generation: lease.base, verdict: 'refused', action: 'renew' })
  }

  const durable = swap === 'durable' || grant.traits.renewal !== 'rotating'
  const old = durable ? sealed : undefined
  const path = old?.refresh === undefined ? 'primary' : 'renewal'
  const start = clock.mono()
  const { trigger } = flight
  const { forgets } = slot
  slot.emit('refresh.start', { trigger, path, fence, waiters: flight.waiters })
  const ended = (
    outcome: 'done' | 'failed' | 'unknown',
    generation: number,
    more: { class?: string; code?: string } = {},
  ): void =>
    slot.emit('refresh.end', {
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
      slot.emit(extended ? 'lease.extended' : 'lease.lost', { fence, holder })
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
      slot.emit('lease.lost', { fence, holder })
      if (flight.stop.signal.aborted) {
        await take(ledger, () => ({ step: 'release', fence })).catch(() => false) // It runs out by itself.
        return undefined
      }
      await ledger.read()
      return disown(ledger, lease)
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
    if (taint) slot.emit('renewal.tainted', { reason: 'unknown_outcome' })
    const denied =
      failure.class === 'denied' && grant.credential
        ? await vault.print(grant.credential.reveal(), decision.record.salt)
        : undefined
    const cool = coolAfter(failure, attempt, previous, ledger.now(), random, denied)
    // Where the store is silent the lease runs out by itself, and a spent refresh token is tainted by whoever takes over.
    const silent = await take(ledger, () => ({ step: 'fail', lease, cool, taint })).then(
      () => false,
      () => true,
    )
    const { record } = ledger
    if (!silent && record && record.epoch === decision.record.epoch && record.gen > lease.base) {
      flight.sent = false // Somebody else has brought a token meanwhile.
      return undefined
    }
    noteCool(slot, cool, ledger.now())
    if (cool && (silent || record?.cool === cool)) {
      slot.emit('cooldown.start', { class: cool.class, until: cool.until, step: cool.step, code: cool.code })
    }
    return { error: told(slot, error, cool && Math.max(0, cool.until - ledger.now())) }
  }
  attempt.end()

  const { token: before } = slot
  const echo =
    before !== undefined && before.reveal() === work.contents.access && slot.refused === before.generation
      ? before.generation
      : 0
  const unwanted = (): Turn => {
    ended('done', 0)
    orphan(slot, work)
    flight.sent = false
    return flight.waiters > 0 ? undefined : {}
  }
  try {
    const token = await commit(slot, ledger, vault, work, !solo)
    if (!token) return unwanted()
    if (solo) defer(slot, { ...work, fence: token.generation, alone: true, tried: undefined }, 'store')
    slot.coolDown = undefined
    if (previous) slot.emit('cooldown.end', { class: previous.class, step: previous.step })
    ended('done', token.generation)
    return { token, issued: true, ...(echo && { echo }) }
  } catch (error) {
    if (work.forgets !== slot.forgets) return unwanted()
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

// Our own lease, under which nothing was sent: free again, without a taint. Another process may have drawn the same fence.
function disown(ledger: Ledger, { fence, holder }: Lease): undefined {
  const { record } = ledger
  if (record?.lease?.holder === holder) ledger.record = reduce(record, { step: 'release', fence }) ?? record
  return undefined
}
