/**
 * One key's record in one store: reads and swaps it, keeps the page read last, and tells the store's time between
 * two looks.
 *
 * @see engine.md sections 3.3, 9.5 and 9.8
 * @module
 */
import { StoreError } from './errors.ts'
import type { TokenRecord } from './protocol.ts'
import { keepMs, parseRecord } from './protocol.ts'
import type { Services, Speaker } from './services.ts'
import { ask } from './services.ts'
import type { Key, Reading, Store } from './store.ts'

export class Ledger {
  /** `null` where the store has none, or none that can be read. */
  record: TokenRecord | null = null
  /** The store holds something that is not a record: only a commit or a forget may replace it. */
  corrupt = false
  readonly store: Store
  readonly key: Key
  readonly #services: Services
  readonly #speaker: Speaker
  #etag: string | null = null
  #now = 0
  #before = 0
  #after = 0

  constructor(store: Store, key: Key, speaker: Speaker) {
    this.store = store
    this.key = key
    this.#services = speaker.services
    this.#speaker = speaker
  }

  /** The store's clock, at most a round trip ahead: safe for judging what has run out. */
  now(): number {
    return this.#now + this.#services.clock.mono() - this.#before
  }

  /** The store's clock, at most a round trip behind: safe for writing when something ends. */
  nowAtLeast(): number {
    return this.#now + this.#services.clock.mono() - this.#after
  }

  async read(): Promise<void> {
    const { clock } = this.#services
    const before = clock.mono()
    const reading = await ask(this.#services, 'read', (signal) => this.store.read(this.key, signal))
    this.#turn(reading, before)
  }

  /** Swaps in `record`. Anything but `done` leaves the page as the store has it now. */
  async swap(record: TokenRecord, durable = false): Promise<'durable' | 'done' | 'conflict' | 'unknown'> {
    const { clock } = this.#services
    const before = clock.mono()
    const how = { keep: keepMs(record, this.now()), durable }
    const value = JSON.stringify(record)
    const swap = await ask(this.#services, 'swap', (signal) =>
      this.store.compareAndSet(this.key, this.#etag, value, how, signal),
    ).catch((error: unknown) => {
      if ((error as StoreError).code !== 'LATCHKEY_STORE_UNAVAILABLE') throw error // `ask` throws nothing else.
      return { kind: 'unknown' as const }
    })
    if (swap.kind === 'done') {
      this.#turn({ etag: swap.etag, value, now: swap.now }, before, record)
      return swap.durable ? 'durable' : 'done'
    }
    if (swap.kind === 'conflict') this.#turn(swap.reading, before)
    else await this.read()
    return swap.kind
  }

  #turn(reading: Reading, before: number, record?: TokenRecord): void {
    const services = this.#services
    this.#etag = reading.etag
    this.#now = reading.now
    this.#before = before
    this.#after = services.clock.mono()
    if (services.degraded && this.store === services.store) {
      services.degraded = false
      this.#speaker.emit('store.recovered', { operation: 'read' })
    }
    const found = record ?? (reading.value === null ? null : parseRecord(reading.value))
    if (found === 'foreign') {
      throw new StoreError(
        'LATCHKEY_STORE_UNSUPPORTED',
        'The record was written in a format of another version. It is left as it is; update this program.',
        {},
      )
    }
    this.record = found
    this.corrupt = found === null && reading.value !== null
    if (this.corrupt) this.#speaker.emit('store.corrupt', { operation: 'read', reason: 'not a record' })
  }
}
