/**
 * One counter in the store, as one process sees it: the line of its callers, the book as it stands, and the changes
 * that are still to be written.
 *
 * A change that follows from an answer of KRA is owed: it is remembered here, counts at once for everybody in this
 * process, and is written together with the next number that is taken, or when the last caller leaves. So a run of
 * documents costs one swap each, and a store that fails at the wrong moment loses nothing that this process knows.
 *
 * @see spec/etims.md section 7.5, engine.md section 9
 * @module
 */
import type { Clock } from '@latchkey/core'
import type { Cell, CellPage } from '@latchkey/core/cell'
import { firstBook } from './book.ts'
import type { Book, Change } from './book.ts'
import { createLine } from './line.ts'
import { wait } from './patience.ts'
import type { Patience } from './patience.ts'

export interface CounterParts {
  readonly cell: Cell<Book>
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
  /** A name that no other process has. */
  readonly holder: string
}

/** The book at one instant, with what is owed to it. */
export interface View {
  readonly book: Book
  /** The store's clock in epoch milliseconds. */
  readonly now: number
  readonly page: CellPage<Book>
  readonly owed: readonly Change[]
}

export interface Counter {
  readonly clock: Clock
  /** A name for one sending. */
  ticket(): string
  /**
   * Runs `work` when it is its caller's turn in this process. `undefined`: the caller's time was over before.
   *
   * @throws What `work` throws, and the signal's own reason.
   */
  inLine<T>(patience: Patience, work: () => Promise<T>): Promise<T | undefined>
  /**
   * The book. `fresh`: as it stands in the store, and not as this process last wrote it.
   *
   * @throws {StoreError} The store does not answer, or keeps something else here.
   */
  look(fresh?: boolean): Promise<View>
  /**
   * Writes a change, and all that is owed. `false`: it was not written, or nobody knows; look again, and know your own
   * by its ticket.
   */
  write(view: View, change: Change): Promise<boolean>
  /** Remembers a change that must be written in the end. */
  owe(change: Change): void
  /** Writes what is owed, as far as the store lets it. Never throws: what cannot be written stays owed. */
  settle(): Promise<void>
  /**
   * Waits for news of the book: a hint of the store, or a while, or `ms`. The while is a quarter of what the caller has
   * waited for the same already.
   */
  news(patience: Patience, ms: number, waitedMs?: number): Promise<void>
}

const pollMs = 100
const pollMaxMs = 2_000
const runMax = 20
const runMs = 5_000
const breatherMs = 250 // So that whoever waits elsewhere, and had a hint or has not waited long, gets a look first.
const triesMax = 4

export function createCounter({ cell, clock, random, holder }: CounterParts): Counter {
  const line = createLine(clock)
  let tickets = 0
  let owed: readonly Change[] = []
  // As this process wrote it, while nobody else is likely to have written.
  let last: { readonly page: CellPage<Book>; readonly at: number } | undefined
  let run = { length: 0, since: 0 }
  let restUntil = -Infinity

  const writable = (): boolean => run.length < runMax && clock.mono() - run.since < runMs

  async function look(fresh = false): Promise<View> {
    if (fresh) last = undefined
    const at = clock.mono()
    const seen = last
    const page = seen?.page ?? (await cell.read())
    const now = page.now + (seen ? Math.floor(at - seen.at) : 0)
    const book = owed.reduce((before, change) => change(before), page.value ?? firstBook)
    return { book, now, page, owed }
  }

  async function write(view: View, change: Change): Promise<boolean> {
    last = undefined
    const at = clock.mono()
    const swap = await cell.swap(view.page, change(view.book), true)
    if (swap.kind !== 'done') return false
    last = { page: swap.page, at }
    owed = owed.filter((each) => !view.owed.includes(each))
    return true
  }

  async function settle(): Promise<void> {
    for (let tries = 1; owed.length > 0 && tries <= triesMax; tries += 1) {
      const done = await settleOnce().catch(() => false) // A store that cannot be used says so to the next caller.
      if (!done && tries < triesMax) await clock.sleep(pollMs * tries * (1 + random()))
    }
  }

  async function settleOnce(): Promise<boolean> {
    const view = await look()
    if (view.book !== (view.page.value ?? firstBook)) return write(view, (book) => book)
    owed = owed.filter((each) => !view.owed.includes(each))
    return true
  }

  async function handBack(): Promise<void> {
    await settle()
    last = undefined
    run = { length: 0, since: 0 }
    if (line.length > 0 && cell.scope !== 'process') restUntil = clock.mono() + breatherMs
  }

  return {
    clock,
    ticket: () => `${holder}.${(tickets += 1)}`,
    async inLine(patience, work) {
      const leave = await line.enter(patience)
      if (!leave) return undefined
      try {
        const restMs = Math.min(restUntil - clock.mono(), patience.left())
        if (restMs > 0) await wait(clock, restMs, patience.signal, () => () => undefined)
        if (run.length === 0) run.since = clock.mono()
        run.length += 1
        return await work()
      } finally {
        if (line.length === 0 || !writable()) await handBack()
        leave()
      }
    },
    look,
    write,
    owe(change) {
      owed = [...owed, change]
    },
    settle,
    async news(patience, ms, waitedMs = 0) {
      last = undefined
      const poll = Math.min(Math.max(pollMs, waitedMs / 4), pollMaxMs) * (1 + random())
      await wait(clock, Math.min(ms, poll, patience.left()), patience.signal, (wake) => cell.watch?.(wake) ?? noWatch)
    },
  }
}

const noWatch = (): void => undefined
