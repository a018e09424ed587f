/**
 * The source that callers hold: answers from memory where it can, otherwise joins the key's flight and makes each
 * caller's own answer of its outcome.
 *
 * @see engine.md sections 4, 6.1, 6.2, 7 and 8
 * @module
 */
import { commitOnce, orphan, revokeTokens } from './commit.ts'
import { over } from './clock.ts'
import { described, surveyed } from './description.ts'
import { invalidArgument, TokenError } from './errors.ts'
import { coolError, corrupt } from './told.ts'
import { launch } from './flight.ts'
import type { HeldToken } from './held-token.ts'
import { Ledger } from './ledger.ts'
import type { Trigger } from './observer.ts'
import { assertKnown } from './options.ts'
import type { TokenRecord } from './protocol.ts'
import { blankRecord, drawFence, reduce, servableMs } from './protocol.ts'
import type { Services } from './services.ts'
import { spread } from './services.ts'
import type { Outcome, SlotOptions } from './slot.ts'
import { Slot } from './slot.ts'
import type { Description, Evidence, Generation, Need, RevokeReport, Token, TokenSource } from './source.ts'
import { createVault } from './vault.ts'
import { Waiting } from './waiting.ts'

const patienceMs = 5000
const rounds = 8
const coolSpreadMs = 250
const nothingSpecial: Need = Object.freeze({})
const needNames = ['signal', 'after', 'minRemaining', 'patience']
const forgetTries = 64

/** A source with a life to close. */
export interface ManagedTokenSource extends TokenSource, AsyncDisposable {
  readonly keyLabel: string
  /** What this process knows of the key: no waiting, no I/O. */
  describe(): Description
  /**
   * What the shared record says of the key. Asks the store, never the provider, and changes nothing.
   *
   * @throws {StoreError} `LATCHKEY_STORE_UNAVAILABLE`, `LATCHKEY_STORE_CORRUPT`, `LATCHKEY_STORE_UNSUPPORTED`
   */
  inspect(): Promise<Description>
  /** Rejects waiting callers, lets what was sent finish and commits it, releases leases. */
  close(): Promise<void>
}

export class ManagedSource implements ManagedTokenSource {
  readonly #slot: Slot
  readonly #onClose: (canonical: string) => void

  constructor(options: SlotOptions, services: Services, onClose: (canonical: string) => void) {
    this.#slot = new Slot(options, services)
    this.#onClose = onClose
  }

  get keyLabel(): string {
    return this.#slot.options.keyLabel
  }

  get(need?: Need): Promise<Token> {
    const slot = this.#slot
    if (need === undefined) {
      const now = slot.services.clock.mono()
      if (now < slot.nextLook && slot.ready) {
        slot.usedAt = now
        return slot.ready
      }
      return this.#plain()
    }
    return this.#get(need)
  }

  peek(): Token | undefined {
    const slot = this.#slot
    if (slot.services.clock.mono() < slot.nextLook) return slot.token
    return slot.closed || slot.look(0, 0) === 'spent' || slot.doubt ? undefined : slot.token
  }

  refuse(generation: Generation, evidence: Evidence = {}): void {
    if (typeof generation !== 'number' || Number.isNaN(generation)) {
      throw invalidArgument('refuse: takes the generation of the token that was refused')
    }
    const slot = this.#slot
    const newer = (slot.token?.generation ?? 0) > generation
    const action = newer ? 'newer' : slot.flight ? 'wait' : 'renew'
    if (!newer && generation > slot.refused && Number.isFinite(generation)) slot.refused = generation
    if (newer || slot.flight) slot.emit('token.refused', { generation, verdict: evidence.verdict ?? 'refused', action })
    slot.aim()
  }

  async forget(): Promise<void> {
    await this.#displace()
  }

  async revoke(): Promise<RevokeReport> {
    const slot = this.#slot
    const local = slot.token
    const record = await this.#displace()
    const vault = createVault(await slot.key(), slot.services.ring)
    const contents = record?.token === undefined ? undefined : await vault.open(record.token, record)
    const access = contents?.access ?? local?.reveal()
    const report = await revokeTokens(slot, { access, refresh: contents?.refresh })
    const generation = record?.gen ?? local?.generation ?? 0
    for (const fate of [report.access, report.refresh]) {
      if (fate.fate === 'failed') slot.emit('token.revokeFailed', { generation, reason: fate.reason })
      if (fate.fate === 'revoked') slot.emit('token.revoked', { generation })
    }
    return report
  }

  describe(): Description {
    return described(this.#slot)
  }

  async inspect(): Promise<Description> {
    const slot = this.#slot
    if (slot.closed) throw this.#closedError()
    const ledger = new Ledger(slot.services.store, await slot.key(), slot)
    await ledger.read()
    if (ledger.corrupt) throw corrupt(this.#facts())
    return surveyed(slot, ledger.record ?? blankRecord('', slot.seen), ledger.now())
  }

  async close(): Promise<void> {
    const slot = this.#slot
    if (slot.closed) return slot.flight?.work
    slot.closed = true
    slot.aim()
    slot.unwatch?.()
    this.#onClose(slot.options.canonical)
    slot.waiting?.leaveAll(this.#closedError())
    if (slot.flight && !slot.flight.sent) slot.flight.stop.abort(this.#closedError())
    await slot.flight?.work
    if (slot.pending) await commitOnce(slot).catch(() => undefined) // The store had its chance; the token ends with us.
    slot.drop()
    slot.emit('engine.closed', {})
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Housekeeping: renews ahead of time what is kept warm and was used lately. */
  tick(now: number): void {
    const slot = this.#slot
    const { keepWarm } = slot.options
    if (
      !keepWarm ||
      slot.closed ||
      slot.flight ||
      now - slot.usedAt > slot.services.idleMs ||
      now < (slot.restUntil ?? now)
    )
      return
    if (slot.token && slot.look(0, 0) !== 'fresh') launch(slot, 'warm', true)
  }

  /** When the key was used last, and whether it can be let go. */
  idleSince(): number | undefined {
    const { flight, pending, waiting, usedAt } = this.#slot
    return flight || pending || waiting?.size ? undefined : usedAt
  }

  /** Lets go of everything in memory; the stored record stays, in a store of one's own as long as there is room. */
  evict(): void {
    const slot = this.#slot
    slot.unwatch?.()
    slot.unwatch = undefined
    slot.drop()
    slot.services.retire?.(slot.options.canonical)
    slot.emit('key.evicted', {})
  }

  /** Callers who ask for nothing special and wait for one flight share one promise. */
  #plain(): Promise<Token> {
    const slot = this.#slot
    const { flight } = slot
    if (flight?.shared) {
      flight.waiters += 1 // They have no signal, so they never leave.
      return flight.shared
    }
    const work = this.#get(nothingSpecial)
    if (slot.flight?.plain) slot.flight.shared ??= work
    return work
  }

  async #get(need: Need): Promise<Token> {
    const slot = this.#slot
    const { services, options } = slot
    assertKnown(need, needNames, 'get')
    const { signal, after = 0, minRemaining = 0 } = need
    let patience = need.patience ?? patienceMs
    for (const [name, value] of Object.entries({ after, minRemaining, patience })) {
      if (typeof value !== 'number' || !(value >= 0))
        throw invalidArgument(`need.${name} must be a number of at least 0`)
    }
    for (let round = 0; round < rounds;) {
      if (signal?.aborted) throw signal.reason
      if (slot.closed) throw this.#closedError()
      const now = (slot.usedAt = services.clock.mono())
      const state = slot.look(after, minRemaining)
      const { token } = slot
      const swapping = round === 0 && options.grant.traits.exclusive && slot.flight?.sent
      if (token && state !== 'spent' && !swapping && !slot.doubt) {
        if (state === 'due' && !slot.flight && now >= (slot.restUntil ?? now)) launch(slot, 'due', true)
        return token
      }
      const vain =
        slot.unmet?.generation === token?.generation && minRemaining >= (slot.unmet?.minRemaining ?? Infinity)
      if (token && vain && slot.look(after, 0) !== 'spent') throw this.#unmet(token)

      const outcome = this.#stillCooling(now) ?? (await this.#join(need, this.#trigger(after, state === 'spent')))
      const mine = this.#answer(outcome, need)
      if (mine) return mine
      const usable = slot.look(after, minRemaining) !== 'spent' && !slot.doubt ? slot.token : undefined
      if (usable && (outcome.error !== undefined || outcome.token)) return usable
      if (outcome.error === undefined) {
        round += 1
        continue
      }
      if (outcome.coolMs === undefined || outcome.coolMs > patience) throw outcome.error
      patience -= outcome.coolMs
      // Spread a little, since everybody who waits would come back at the same instant.
      await this.#pause(outcome.coolMs + spread(services, Math.min(coolSpreadMs, outcome.coolMs / 4)), signal)
    }
    throw new TokenError(
      'LATCHKEY_LEASE_CONTENDED',
      'The token was dropped as often as it was renewed. Try again.',
      this.#facts(),
    )
  }

  #trigger(after: number, spent: boolean): Trigger {
    const { token, refused } = this.#slot
    if (!token && refused === 0) return 'cold'
    if (refused > 0 && refused >= (token?.generation ?? 0)) return 'refused'
    if (token && after >= token.generation) return 'demanded'
    return spent ? 'spent' : 'due'
  }

  /** What a flight's outcome means for a caller who waited for it; throws where it means no. */
  #answer(outcome: Outcome, need: Need): HeldToken | undefined {
    const { token, echo, issued, settled } = outcome
    const { after = 0, minRemaining = 0 } = need
    if (!token || this.#slot.token !== token) return undefined
    if (settled && token.generation === after) return token
    if (token.generation <= after) {
      if (!issued) return undefined
      throw new TokenError(
        'LATCHKEY_NEED_UNMET',
        'A token was asked for that is newer than any that can be issued.',
        this.#facts(),
      )
    }
    if (echo !== undefined && after >= echo) {
      const text = 'The authorization server handed back the very token that was refused.'
      throw new TokenError('LATCHKEY_TOKEN_REJECTED', text, { ...this.#facts(), reason: 'unchanged' })
    }
    if (token.remaining() >= servableMs(token.lifetime, minRemaining)) return token
    this.#slot.look(after, minRemaining)
    // An attempt takes no longer than `longest`: where more time went by since it was sent, the process stood still.
    const stalled = token.lifetime - token.remaining() > this.#slot.options.grant.traits.longest
    if (issued && !stalled && !this.#slot.doubt) {
      this.#slot.unmet = { generation: token.generation, minRemaining }
      throw this.#unmet(token)
    }
    return undefined
  }

  /** A cool-down that was read a moment ago, told without another look at the store. */
  #stillCooling(now: number): Outcome | undefined {
    const { cooling, flight, refused } = this.#slot
    if (!cooling || flight || refused > 0 || now >= cooling.trustedUntil) return undefined
    const coolMs = cooling.until - now
    return { error: coolError(this.#slot, { ...cooling.cool, until: coolMs }, 0), coolMs }
  }

  /** Joins the key's flight or starts one; leaving it is this caller's own affair. */
  async #join(need: Need, trigger: Trigger): Promise<Outcome> {
    const slot = this.#slot
    const { after = 0, minRemaining = 0 } = need
    if (slot.flight?.stop.signal.aborted) await this.#attend(slot.flight.work, need.signal)
    const flight = slot.flight ?? launch(slot, trigger, false)
    flight.after = Math.max(flight.after, after)
    const demands = need.after !== undefined && (slot.refused === 0 || slot.refused < after)
    if (demands) flight.demanded = Math.max(flight.demanded, after)
    flight.minRemaining = Math.max(flight.minRemaining, minRemaining)
    flight.waiters += 1
    if (need === nothingSpecial) flight.plain = true
    try {
      return await this.#attend(flight.done, need.signal)
    } finally {
      flight.waiters -= 1
      if (flight.waiters === 0 && !flight.owned && !flight.sent) flight.stop.abort(new Error('nobody waits'))
    }
  }

  async #pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const stop = new AbortController()
    try {
      await this.#attend(this.#slot.services.clock.sleep(ms, stop.signal), signal)
    } finally {
      stop.abort(over)
    }
  }

  /** Waits for `work`, unless the caller's signal or `close` ends the wait first. Leaves no listener behind. */
  #attend<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const waiting = (this.#slot.waiting ??= new Waiting())
    return new Promise<T>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error) // As below.
      const leave = (error: Error): void => {
        waiting.remove(leave, signal)
        reject(error)
      }
      waiting.add(leave, signal)
      work.then((value) => {
        waiting.remove(leave, signal)
        resolve(value)
      }, leave)
    })
  }

  /** Swaps in a new epoch; returns the record that it displaced. */
  async #displace(): Promise<TokenRecord | null> {
    const slot = this.#slot
    if (slot.closed) throw this.#closedError()
    const { services } = slot
    const generation = slot.token?.generation ?? 0
    const { pending } = slot
    slot.drop()
    slot.forgets += 1
    slot.pending = slot.shadow = undefined
    if (pending) orphan(slot, pending)
    const ledger = new Ledger(services.store, await slot.key(), slot)
    await ledger.read()
    for (let tries = 0; tries < forgetTries; tries += 1) {
      const old = ledger.record
      const fence = drawFence(old, slot.seen, ledger.now())
      const base = old ?? blankRecord(services.nonce(), slot.seen)
      const next = reduce(base, { step: 'forget', now: ledger.now(), fence }) ?? base
      const swap = await ledger.swap(next, true)
      if (swap === 'conflict' || (swap === 'unknown' && ledger.record?.epoch !== fence)) continue
      slot.drop()
      slot.seen = { gen: 0, epoch: fence, fence }
      slot.coolDown = undefined
      slot.emit('token.forgotten', { generation: Math.max(generation, old?.gen ?? 0) })
      return old
    }
    throw new TokenError(
      'LATCHKEY_LEASE_CONTENDED',
      'Other processes kept changing the record. Try again.',
      this.#facts(),
    )
  }

  #unmet(token: Token): TokenError {
    const text = `A new token of ${this.keyLabel} came with ${Math.floor(token.remaining())} of ${token.lifetime} ms left, less than is needed. Ask for less.`
    return new TokenError('LATCHKEY_NEED_UNMET', text, this.#facts())
  }

  #closedError(): TokenError {
    return new TokenError('LATCHKEY_CLOSED', `The token source ${this.keyLabel} is closed.`, this.#facts())
  }

  #facts(): { provider: string; keyLabel: string } {
    return { provider: this.#slot.options.provider, keyLabel: this.keyLabel }
  }
}
