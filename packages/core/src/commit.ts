/**
 * Brings an issued token into the record, and keeps it safe in this process for as long as it cannot be brought there.
 *
 * @see engine.md sections 6.8 and 6.9
 * @module
 */
import { Attempt } from './attempt.ts'
import type { Clock } from './clock.ts'
import { clockJumpMs } from './clock.ts'
import { LatchkeyError } from './errors.ts'
import type { Deadline, HeldToken } from './held-token.ts'
import { Ledger } from './ledger.ts'
import type { TokenRecord } from './protocol.ts'
import { admit, blankRecord, reduce } from './protocol.ts'
import type { Revocable } from './grant.ts'
import type { RevokeReport, TokenFate } from './source.ts'
import type { Slot, Uncommitted } from './slot.ts'
import { Secret } from './secret.ts'
import type { Vault } from './vault.ts'
import { createVault } from './vault.ts'

const commitTries = 16
const retryFirstMs = 500
const retryMaxMs = 30_000

/**
 * Commits to the ledger's record; `undefined` where the answer is no longer wanted. Throws what the store throws.
 *
 * @param shared - False for the private record of a process whose store does not answer.
 */
export async function commit(
  slot: Slot,
  ledger: Ledger,
  vault: Vault,
  work: Uncommitted,
  shared: boolean,
): Promise<HeldToken | undefined> {
  const { clock } = slot.services
  const { exclusive, renewal } = slot.options.grant.traits
  const { epoch, contents, deadline, issued } = work
  for (let tries = 0; tries < commitTries; tries += 1) {
    const { record } = ledger
    const fence = fenceOf(work, ledger, clock)
    if (record && work.forgets === slot.forgets && landed(record, work)) return settled(slot, record, work, shared)
    const generation = admit(record, { fence, epoch, issued: issued.issuedAt }, exclusive, ledger.now(), slot.seen)
    if (generation === 0 || work.forgets !== slot.forgets) {
      const forgotten = work.forgets !== slot.forgets || (record !== null && record.epoch !== epoch)
      const reason = forgotten ? 'forgotten' : 'overtaken'
      slot.emit('commit.refused', { generation: fence, fence, reason })
      return undefined
    }
    const base = record ?? blankRecord(slot.services.nonce(), { epoch, fence })
    const now = ledger.nowAtLeast()
    const left = clock.mono()
    const unsure = work.tried?.unsure ?? false
    const tried = (work.tried = await sealedFor(work, { epoch: base.epoch, gen: generation }, vault))
    const next = reduce(base, {
      step: 'commit',
      fence,
      generation,
      // A try may have landed in a record that is gone, and somebody may have taken the refresh token from there.
      taint: unsure && (record === null || fence < (record.born ?? 0)),
      answer: {
        token: tried.sealed,
        issued: issued.issuedAt,
        until: Math.floor(now + lifeLeft(deadline, clock)),
        life: deadline.life,
        spendable: contents.refresh === undefined ? undefined : await vault.print(contents.refresh, base.salt),
        renewUntil: work.renewEnd === undefined ? undefined : Math.floor(now + work.renewEnd - left),
        primaryNext: issued.next === 'primary' || undefined,
      },
    })
    if (next === null) return undefined
    tried.unsure = true // Until the store has told, which it may fail to do.
    const swap = await ledger.swap(next, renewal === 'rotating')
    if (swap !== 'unknown') tried.unsure = unsure
    if (tries > 2) await clock.sleep(Math.min(10 * 2 ** tries, 400) * (0.5 + slot.services.random() / 2)) // A storm: give others room.
    // Where the key was forgotten here meanwhile, the next round says so.
    if ((swap === 'done' || swap === 'durable') && work.forgets === slot.forgets)
      return settled(slot, next, work, shared)
  }
  throw new Error('contended')
}

// Fences are instants of the store's clock. One that was drawn without it is told by when the request was sent.
function fenceOf({ alone, fence, deadline }: Uncommitted, ledger: Ledger, clock: Clock): number {
  if (!alone) return fence
  return Math.max(fence, Math.floor(ledger.now() - (clock.mono() - (deadline.mono - deadline.life))))
}

// The swap was applied, whatever was heard of it. The sealed text tells it from another's, who may have drawn the same number.
function landed({ epoch, gen, token }: TokenRecord, { tried }: Uncommitted): boolean {
  return tried !== undefined && token === tried.sealed && gen === tried.place.gen && epoch === tried.place.epoch
}

function settled(slot: Slot, record: TokenRecord, work: Uncommitted, shared: boolean): HeldToken {
  const { gen: generation } = record
  if (shared) {
    slot.accept(record)
    slot.emit('commit.accepted', { generation, fence: work.fence })
  } else slot.see(record)
  return slot.hold(generation, work.contents, work.deadline, renewLeft(slot, work))
}

function renewLeft(slot: Slot, { renewEnd }: Uncommitted): number | undefined {
  return renewEnd === undefined ? undefined : renewEnd - slot.services.clock.mono()
}

// Sealed once for one place, so that a swap whose outcome nobody knows can be recognised later.
async function sealedFor(
  { tried, contents }: Uncommitted,
  place: Pick<TokenRecord, 'epoch' | 'gen'>,
  vault: Vault,
): Promise<NonNullable<Uncommitted['tried']>> {
  if (tried?.place.gen === place.gen && tried.place.epoch === place.epoch) return tried
  return { place, sealed: await vault.seal(contents, place), unsure: tried?.unsure ?? false }
}

/** What an answer's token still lives. Where the clocks went apart since it was sent for, the machine may have slept. */
function lifeLeft({ mono, wall }: Deadline, clock: Clock): number {
  const byMono = mono - clock.mono()
  const byWall = wall - clock.wall()
  return byMono - byWall > clockJumpMs ? byWall : byMono
}

/** Keeps what could not be committed: served from memory, and committed again until the store has judged it. */
export function defer(slot: Slot, work: Uncommitted, reason: string): HeldToken {
  const { fence } = work
  slot.see({ fence })
  slot.emit('commit.deferred', { generation: fence, fence, reason })
  slot.pending = work
  void settle(slot)
  return slot.token?.generation === fence
    ? slot.token
    : slot.hold(fence, work.contents, work.deadline, renewLeft(slot, work))
}

/** Commits what is pending, if anything, before the ledger's record is used. */
export async function commitPending(slot: Slot, ledger: Ledger, vault: Vault): Promise<void> {
  const work = slot.pending
  if (!work) return
  slot.pending = undefined // Taken, so that nobody else commits it too.
  try {
    const token = await commit(slot, ledger, vault, work, true)
    if (token) slot.emit('commit.recovered', { generation: token.generation, fence: work.fence })
    else {
      slot.drop()
      orphan(slot, work)
    }
  } catch (error) {
    slot.pending = work
    void settle(slot)
    throw error
  }
}

/** Tells the provider, behind everybody's back, that a token nobody will use can end. */
export function orphan(slot: Slot, work: Uncommitted): void {
  const { access } = work.contents
  // A renewal goes on with a login that others use: only a login of one's own is ended with it.
  const refresh = work.login ? work.contents.refresh : undefined
  const { exclusive } = slot.options.grant.traits
  // Where a swap may have been applied, others may have taken the token from the record, and its login may live on there.
  if (!slot.options.grant.revoke || exclusive || work.tried?.unsure) return
  void revokeTokens(slot, { access, refresh }).then((report) => {
    if (report.access.fate === 'revoked') slot.emit('orphan.revoked', { generation: work.fence })
  })
}

/** Calls the grant's `revoke`, outside any lease. Never rejects. */
export async function revokeTokens(
  slot: Slot,
  what: { readonly access?: string | undefined; readonly refresh?: string | undefined },
): Promise<RevokeReport> {
  const { clock, random, fetch } = slot.services
  const { grant } = slot.options
  const fates = (fate: TokenFate): RevokeReport => ({
    access: what.access === undefined ? { fate: 'absent' } : fate,
    refresh: what.refresh === undefined ? { fate: 'absent' } : fate,
  })
  if (!grant.revoke) return fates({ fate: 'notSupported' })
  const since = { mono: clock.mono(), wall: clock.wall() }
  const { longest } = grant.traits
  const options = { clock, random, fetch: fetch ?? globalThis.fetch, longest, lease: 3 * longest, since }
  const run = new Attempt({
    ...options,
    extend: () => Promise.resolve(true),
    sending: () => undefined,
    abandoned: () => false,
  })
  const secret = (text: string | undefined): Secret | undefined => (text === undefined ? undefined : new Secret(text))
  const tokens: Revocable = { access: secret(what.access), refresh: secret(what.refresh) }
  try {
    const said = await run.within(grant.revoke(tokens, run))
    const report = fates({ fate: 'revoked' })
    return said && what.access !== undefined
      ? { ...report, access: { fate: 'remains', until: said.remainsUntil } }
      : report
  } catch (error) {
    return fates({ fate: 'failed', reason: error instanceof LatchkeyError ? error.code : 'failed' })
  } finally {
    run.end()
  }
}

/** One try, apart from any flight, to commit what is pending. */
export async function commitOnce(slot: Slot): Promise<void> {
  const key = await slot.key()
  const ledger = new Ledger(slot.services.store, key, slot)
  await ledger.read()
  await commitPending(slot, ledger, createVault(key, slot.services.ring))
}

async function settle(slot: Slot): Promise<void> {
  const { clock, closing, random } = slot.services
  if (slot.settling) return
  slot.settling = true
  try {
    for (let pause = retryFirstMs; slot.pending && !closing.aborted; pause = Math.min(pause * 2, retryMaxMs)) {
      await clock.sleep(pause * (0.5 + random() / 2), closing, true)
      if (slot.flight) continue // A flight commits what is pending before anything else.
      await commitOnce(slot).catch(() => undefined) // The store still does not answer; the next round tries again.
    }
  } catch {
    // Closed, or a clock that cannot wait: going round without a pause would stop the process.
  }
  slot.settling = false
}
