/**
 * What one process knows of one key: the token in hand with its deadlines by both clocks, the record that it came
 * from, and what is under way. Apart from the flight, which changes it, and the source, which answers from it.
 *
 * @see engine.md sections 3.4, 4 and 6.1
 * @module
 */
import { clockJumpMs } from './clock.ts'
import type { Freshness } from './freshness.ts'
import { freshness, windowMs } from './freshness.ts'
import type { Grant, Issued } from './grant.ts'
import type { Deadline, HeldRefreshToken } from './held-token.ts'
import { HeldToken } from './held-token.ts'
import type { EngineEvent, EventFields, EventName, Trigger } from './observer.ts'
import { publish } from './observer.ts'
import type { Description, Token } from './source.ts'
import type { Cool, Memory, TokenRecord } from './protocol.ts'
import type { Contents } from './vault.ts'
import { Secret } from './secret.ts'
import type { Waiting } from './waiting.ts'
import type { Services } from './services.ts'
import type { Key, Store } from './store.ts'
import { storedKey } from './key.ts'

const wallLookMs = 1000
const nothingSeen: Memory = Object.freeze({ gen: 0, epoch: 0, fence: 0 })

export interface SlotOptions {
  readonly grant: Grant
  readonly canonical: string
  readonly provider: string
  readonly environment: string
  readonly keyLabel: string
  readonly keepWarm: boolean
}

/** What a flight brings to those who wait for it. Never a rejection: each caller makes its own of it. */
export interface Outcome {
  readonly token?: HeldToken | undefined
  /** The token was requested by this flight. */
  readonly issued?: boolean
  /** The settle time was sat out: the same token may be used once more. */
  readonly settled?: boolean
  /** The provider handed back the very token that was refused under this generation. */
  readonly echo?: number
  readonly error?: unknown
  /** A cool-down is running: milliseconds that a patient caller may sit out. */
  readonly coolMs?: number
}

export interface Flight {
  readonly done: Promise<Outcome>
  readonly trigger: Trigger
  readonly stop: AbortController
  work: Promise<void>
  after: number
  /** The newest generation that an explicit demand no longer wants; -1 = no demand. */
  demanded: number
  minRemaining: number
  ahead: boolean
  waiters: number
  /** Somebody who asks for nothing special waits for it, and with whom others may wait. */
  plain: boolean
  shared: Promise<Token> | undefined
  /** The engine's own: not stopped when nobody waits. */
  owned: boolean
  /** A request may have left. */
  sent: boolean
}

/** A token that was issued but could not be committed yet (engine.md 6.9). */
export interface Uncommitted {
  readonly contents: Contents
  readonly issued: Issued
  readonly deadline: Deadline
  readonly fence: number
  readonly epoch: number
  /** When the refresh token ends, on the monotonic clock. */
  readonly renewEnd: number | undefined
  /** Made with the main credential: the refresh token is of a login of its own. */
  readonly login: boolean
  /** How often the key had been forgotten here when the token was requested. */
  readonly forgets: number
  /** Requested while the store was silent: `fence` is of a private record. */
  readonly alone?: boolean
  /** What was last sent to the store for it, and whether the store ever left open what became of that. */
  tried?: { readonly place: Pick<TokenRecord, 'epoch' | 'gen'>; readonly sealed: string; unsure: boolean } | undefined
}

export class Slot {
  readonly options: SlotOptions
  readonly services: Services
  token: HeldToken | undefined
  ready: Promise<HeldToken> | undefined
  /** Before this instant (monotonic) the token in hand is good for whoever asks for nothing special. */
  nextLook = -Infinity
  usedAt = -Infinity
  /** The generation that a resource refused and nobody judged yet. */
  refused = 0
  /** This generation was issued in vain for a need of that many milliseconds. */
  unmet: { readonly generation: number; readonly minRemaining: number } | undefined
  record: TokenRecord | undefined
  seen: Memory = nothingSeen
  flight: Flight | undefined
  pending: Uncommitted | undefined
  /** The loop that commits what is pending is running. */
  settling = false
  /** The private record of a process whose store does not answer. */
  shadow: Store | undefined
  soloAfter: number | undefined
  /** How far the store's clock is ahead of this process' monotonic one, as read last. */
  storeAhead: number | undefined
  /** The store has not answered this key since its last success. */
  silent = false
  /** Until then (monotonic) no renewal starts behind a caller's back. */
  restUntil: number | undefined
  coolDown: Description['coolDown']
  /** The fleet's cool-down as read last: until `trustedUntil` (monotonic) callers hear of it without another look. */
  cooling: { readonly cool: Cool; readonly until: number; readonly trustedUntil: number } | undefined
  /** A look at the record that a notice asked for. */
  glance: 'none' | 'soon' | 'again' = 'none'
  forgets = 0
  doubt = false
  closed = false
  unwatch: (() => void) | undefined
  /** Wakes a flight that waits for another holder. */
  wake: (() => void) | undefined
  /** Made by the first who waits. */
  waiting: Waiting | undefined
  #deadline: Deadline | undefined
  #window = 0
  #freshUntil = 0
  #lookedAt = 0

  /** Tells this slot from every other, also of the same engine. */
  readonly #id: number

  constructor(options: SlotOptions, services: Services) {
    this.options = options
    this.services = services
    this.#id = services.slots += 1
  }

  get holder(): string {
    return `${this.services.holder}.${this.#id}`
  }

  /** The stored key. Nobody sees those of a store of one's own, so they are left unhashed. */
  async key(): Promise<Key> {
    const { canonical } = this.options
    const { alone, prefix } = this.services
    return alone ? (canonical as Key) : storedKey(canonical, prefix) // A key of our own making.
  }

  emit<Name extends EventName>(name: Name, fields: EventFields[Name]): void {
    const { provider, environment, keyLabel } = this.options
    const event = { type: `latchkey.${name}`, provider, environment, keyLabel, ...fields } as unknown as EngineEvent // The name decides the fields.
    publish(this.services.observer, event)
  }

  /**
   * Takes a token into use, with deadlines on both clocks. The jitter is drawn once per generation.
   *
   * @param renewLeft - Milliseconds that its refresh token lives on.
   */
  hold(generation: number, contents: Contents, deadline: Deadline, renewLeft?: number): HeldToken {
    const { clock, random } = this.services
    const { life } = deadline
    if (generation !== this.token?.generation) {
      this.#window = windowMs(life, this.options.grant.traits.exclusive, random())
    }
    const refresh = contents.refresh === undefined ? undefined : refreshToken(contents.refresh, renewLeft, clock.wall())
    const token = new HeldToken(generation, contents, new Secret(contents.access), deadline, clock, refresh)
    this.token = token
    this.#deadline = deadline
    this.#freshUntil = deadline.mono - this.#window
    this.#lookedAt = clock.mono()
    this.doubt = false
    this.cooling = undefined
    if (this.refused < generation) this.refused = 0
    this.ready = Promise.resolve(token)
    this.aim()
    return token
  }

  /** Remembers an accepted record. */
  accept(record: TokenRecord): void {
    if (!this.services.alone) this.record = record // Nobody can roll back a store of one's own.
    this.see(record)
    this.seen = { ...this.seen, gen: record.gen, epoch: record.epoch }
  }

  see(record: Pick<TokenRecord, 'fence'>): void {
    if (record.fence > this.seen.fence) this.seen = { ...this.seen, fence: record.fence }
  }

  /** A record of another epoch: what was in hand has been forgotten elsewhere. */
  meet(record: TokenRecord): void {
    if (record.epoch > this.seen.epoch) {
      this.drop()
      this.seen = { gen: 0, epoch: record.epoch, fence: this.seen.fence }
    }
    this.see(record)
  }

  drop(): void {
    this.token = this.ready = this.record = this.#deadline = undefined
    this.refused = 0
    this.cooling = undefined
    this.nextLook = -Infinity
  }

  /** Sets the instant up to which the hot path may answer. */
  aim(): void {
    const usable = this.token !== undefined && this.refused < this.token.generation && !this.doubt && !this.closed
    const held = this.flight?.sent && this.options.grant.traits.exclusive
    this.nextLook = usable && !held ? Math.min(this.#freshUntil, this.#lookedAt + wallLookMs) : -Infinity
  }

  /** What may be done with the token in hand, having looked at both clocks. */
  look(after: number, minRemaining: number): Freshness {
    const { token } = this
    if (!token || !this.#deadline) return 'spent'
    const { clock } = this.services
    // Both clocks' ends were set at one instant, so their distance tells how far the clocks went apart since.
    const { mono, wall } = this.#deadline
    this.#lookedAt = clock.mono()
    const difference = clock.wall() - wall - (this.#lookedAt - mono)
    if (Math.abs(difference) > clockJumpMs && !this.doubt) {
      this.doubt = true
      this.emit('clock.jump', { difference })
    }
    this.aim()
    if (token.generation <= Math.max(after, this.refused)) return 'spent'
    return freshness(token.remaining(), this.#deadline.life, this.#window, minRemaining)
  }

  /** This process' jittered renewal window for a token of that life. */
  windowFor(record: TokenRecord): number {
    if (record.gen === this.token?.generation) return this.#window
    return windowMs(record.life, this.options.grant.traits.exclusive, 0.5)
  }
}

function refreshToken(text: string, left: number | undefined, now: number): HeldRefreshToken {
  const token = new Secret(text)
  return left === undefined ? { token } : { token, until: Math.floor(now + left) }
}
