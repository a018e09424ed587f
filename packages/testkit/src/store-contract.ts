/**
 * What every store must do, as tests that any runner can run. The suite knows a store through the contract alone, so
 * that users can prove their own drivers with it.
 *
 * @see engine.md section 9
 * @module
 */
import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Etag, Key, Reading, Store, Swap } from '@latchkey/core'

/** A new, empty store for one test, and what the test may do to it. */
export interface StoreUnderTest {
  readonly store: Store
  /** Another handle on the same backing, as another process would have it. */
  readonly second?: () => Store | Promise<Store>
  /** Loses the record, as an eviction or an operator would. */
  readonly drop?: (key: Key) => void | Promise<void>
  /** Lets so many milliseconds pass for the store. @default really waits */
  readonly wait?: (ms: number) => Promise<void>
  /** Ends what `create` started. */
  readonly close?: () => void | Promise<void>
}

/** Parts of the contract that a driver may be unable to show. */
export type Unoffered = 'second' | 'drop' | 'watch'

type Declare = (name: string, body: () => void | Promise<void>) => unknown

/** Vitest's or Jest's `{ describe, it }`, or a `test` function alone, such as the one of `node:test`. */
export type TestRunner =
  Declare | { readonly describe: (name: string, body: () => void) => unknown; readonly it: Declare }

export interface StoreContractOptions {
  /** Names the driver in the tests' names. */
  readonly name: string
  readonly create: () => StoreUnderTest | Promise<StoreUnderTest>
  readonly runner: TestRunner
  /** Stated, not guessed, so that a forgotten hook is a failing test. @default nothing */
  readonly without?: readonly Unoffered[]
}

interface Bench extends StoreUnderTest {
  readonly wait: (ms: number) => Promise<void>
  readonly key: Key
  readonly read: (key?: Key, store?: Store) => Promise<Reading>
  readonly write: (etag: Etag | null, value: string, more?: More) => Promise<Swap>
  /** As `write`, and fails the test unless it was done. */
  readonly put: (etag: Etag | null, value: string, more?: More) => Promise<Etag>
}

/** By default: this test's key and store, for an hour. All writes ask for durability. */
interface More {
  readonly key?: Key
  readonly store?: Store
  readonly keep?: number | 'forever'
}

const hourMs = 3_600_000
const writers = 16

/** Declares the tests. Each makes a store of its own and closes it. */
export function storeContract({ name, create, runner, without = [] }: StoreContractOptions): void {
  const suite = `store contract: ${name}`
  const declareAll = (declare: Declare): void => {
    for (const [claim, { needs, body }] of Object.entries(claims)) {
      if (needs !== undefined && without.includes(needs)) continue
      declare(claim, async () => {
        const under = await create()
        try {
          const offers = {
            second: under.second !== undefined,
            drop: under.drop !== undefined,
            watch: under.store.watch !== undefined,
          }
          const told = `The driver offers no \`${needs}\`; offer it or state \`without: ['${needs}']\`.`
          assert.ok(needs === undefined || offers[needs], told)
          await body(benchFor(under))
        } finally {
          await under.close?.()
        }
      })
    }
  }
  if (typeof runner === 'function') declareAll((claim, body) => runner(`${suite}: ${claim}`, body))
  else runner.describe(suite, () => declareAll(runner.it))
}

interface Claim {
  readonly needs?: Unoffered
  readonly body: (bench: Bench) => Promise<void>
}

const claims: Readonly<Record<string, Claim>> = {
  'names its scope': {
    body: ({ store }) => {
      assert.ok(['process', 'host', 'fleet'].includes(store.scope), `scope is ${store.scope}`)
      return Promise.resolve()
    },
  },

  'reads nothing where nothing was written, and finds the same in a conflict': {
    body: async ({ read, write }) => {
      const { etag, value } = await read()
      assert.deepEqual({ etag, value }, { etag: null, value: null })
      const swap = await write('an etag of no record', 'value')
      assert.equal(swap.kind, 'conflict')
      assert.deepEqual([swap.reading.etag, swap.reading.value], [null, null])
      assert.equal((await read()).value, null)
    },
  },

  'creates a record once, whoever else holds a null etag': {
    body: async ({ put, read, write }) => {
      const etag = await put(null, 'first')
      const { kind } = await write(null, 'second')
      assert.equal(kind, 'conflict')
      const { etag: found, value } = await read()
      assert.deepEqual([found, value], [etag, 'first'])
    },
  },

  'lets exactly one of many concurrent creators win': {
    body: async ({ read, write }) => {
      await assertOneWinner(read, (id) => write(null, `creator ${id}`))
    },
  },

  'lets exactly one of many concurrent writers win each round, and tells the others what won (9.1)': {
    body: async ({ read, write, put }) => {
      let etag = await put(null, 'start')
      for (let round = 0; round < 8; round += 1) {
        etag = await assertOneWinner(read, (id) => write(etag, `round ${round}, writer ${id}`))
      }
    },
  },

  'loses no update of a counter that many increment at once (9.1)': {
    body: async ({ read, write, put, store }) => {
      await put(null, '0')
      await countTogether({ read, write }, [store])
      assert.equal((await read()).value, String(writers * 5))
    },
  },

  'writes nothing with an etag that no longer matches': {
    body: async ({ read, write, put }) => {
      const old = await put(null, 'one')
      const current = await put(old, 'two')
      const swap = await write(old, 'three')
      assert.equal(swap.kind, 'conflict')
      assert.deepEqual([swap.reading.etag, swap.reading.value], [current, 'two'])
      const { etag, value } = await read()
      assert.deepEqual([etag, value], [current, 'two'])
    },
  },

  'never lets an old etag match again when an old value comes back (9.1)': {
    body: async ({ write, put }) => {
      const first = await put(null, 'A')
      const second = await put(first, 'B')
      const third = await put(second, 'A')
      const fourth = await put(third, 'A')
      assert.equal(new Set([first, second, third, fourth]).size, 4, 'an etag was given twice')
      for (const etag of [first, second, third]) assert.equal((await write(etag, 'C')).kind, 'conflict')
    },
  },

  'never lets an old etag match again after the record was lost and made anew (9.1)': {
    needs: 'drop',
    body: async ({ key, drop, read, write, put }) => {
      const old: Etag[] = []
      for (let life = 0; life < 3; life += 1) {
        for (let etag: Etag | null = null, version = 0; version < 3; version += 1) {
          etag = await put(etag, `version ${version}`)
          assert.ok(!old.includes(etag), 'an etag of the lost record was given again')
          old.push(etag)
        }
        await drop?.(key)
        const { etag, value } = await read()
        assert.deepEqual([etag, value], [null, null], 'the dropped record is still there')
        for (const stale of old) assert.equal((await write(stale, 'revenant')).kind, 'conflict')
      }
      await put(null, 'anew')
      for (const stale of old) assert.equal((await write(stale, 'revenant')).kind, 'conflict')
    },
  },

  'gives values back as they were written, up to 64 KiB and in any script': {
    body: async ({ read, put }) => {
      // Lone surrogates and U+0000 are left out: records are JSON text, where neither occurs.
      const odd = 'ASCII "quoted" \\ \r\n\t \u0001 \u2028 żółć 漢字 🗝️ 𝔘 \uFEFF e\u0301 é %41 ${x} :key'
      const values = ['x', ' ', odd, 'a'.repeat(64 * 1024), '🗝'.repeat(16 * 1024), '"'.repeat(64 * 1024)]
      let etag: Etag | null = null
      for (const value of values) {
        etag = await put(etag, value)
        const found: Reading = await read()
        assert.equal(found.etag, etag)
        assert.ok(found.value === value, `${value.slice(0, 20)}… of ${value.length} characters came back changed`)
      }
    },
  },

  'keeps keys apart, however alike they are': {
    body: async ({ read, put, key }) => {
      const keys = [key, `${key}0`, key.slice(0, -1), key.replace(/.$/, (last) => (last === '0' ? '1' : '0'))] as Key[] // Keys are texts.
      const etags = new Map<Key, Etag>()
      for (const each of keys) etags.set(each, await put(null, `of ${each}`, { key: each }))
      await put(etags.get(key) ?? null, 'changed')
      for (const each of keys.slice(1)) {
        const { etag, value } = await read(each)
        assert.deepEqual([etag, value], [etags.get(each), `of ${each}`])
      }
    },
  },

  'takes its time with each answer: epoch milliseconds that pass and never go back (9.2)': {
    body: async ({ read, write, put, wait }) => {
      const times: number[] = []
      let etag: Etag | null = null
      for (let round = 0; round < 5; round += 1) {
        times.push((await read()).now)
        const swap: Swap = await write(etag, `round ${round}`)
        assert.equal(swap.kind, 'done')
        times.push(swap.now)
        etag = swap.etag
        const conflict = await write(null, 'not written')
        assert.equal(conflict.kind, 'conflict')
        times.push(conflict.reading.now)
      }
      await put(etag, 'last')
      await wait(100)
      times.push((await read()).now)
      assert.deepEqual(
        times,
        times.toSorted((a, b) => a - b),
        'the store’s time went back',
      )
      const year = new Date(times[0] ?? NaN).getUTCFullYear()
      assert.ok(year >= 2020 && year < 2200, `the store’s time is no epoch time in milliseconds: ${times[0]}`)
      const passed = (times.at(-1) ?? NaN) - (times.at(-2) ?? NaN)
      assert.ok(passed >= 50, `100 ms passed, and the store says ${passed}`)
    },
  },

  'keeps a record as long as it was told to, by its own time (9.3)': {
    body: async ({ read, write, wait }) => {
      const keep = 400
      const swap = await write(null, 'short-lived', { keep })
      assert.equal(swap.kind, 'done')
      for (let looks = 0; looks < 4; looks += 1) {
        const { now, value } = await read()
        if (now < swap.now + keep) assert.equal(value, 'short-lived', `gone after ${now - swap.now} of ${keep} ms`)
        await wait(90)
      }
    },
  },

  'counts the time to keep a record from its last write': {
    body: async ({ read, put, wait }) => {
      const etag = await put(null, 'short', { keep: 500 })
      await put(etag, 'long', { keep: hourMs })
      await wait(700)
      assert.equal((await read()).value, 'long')
    },
  },

  'keeps a record for ever, even one that was about to end (9.3)': {
    body: async ({ read, put, wait }) => {
      const etag = await put(null, 'short', { keep: 500 })
      const last = await put(etag, 'for ever', { keep: 'forever' })
      await wait(700)
      const { etag: found, value } = await read()
      assert.deepEqual([found, value], [last, 'for ever'])
    },
  },

  'says whether a write is durable, with true or false (9.3)': {
    body: async ({ store, key, read }) => {
      let etag: Etag | null = null
      for (const durable of [true, false]) {
        const swap: Swap = await store.compareAndSet(
          key,
          etag,
          `durable ${durable}`,
          { keep: hourMs, durable },
          never(),
        )
        assert.equal(swap.kind, 'done')
        assert.equal(typeof swap.durable, 'boolean')
        etag = swap.etag
        assert.equal((await read()).value, `durable ${durable}`)
      }
    },
  },

  'settles when its signal is aborted, and rejects with nothing but the signal’s reason': {
    body: async ({ store, key, read, put }) => {
      const etag = await put(null, 'before')
      const stop = new AbortController()
      const reason = new Error('The caller gave up.')
      const how = { keep: hourMs, durable: true }
      const late = [store.read(key, stop.signal), store.compareAndSet(key, etag, 'during', how, stop.signal)]
      stop.abort(reason)
      const early = [store.read(key, stop.signal), store.compareAndSet(key, 'stale', 'never', how, stop.signal)]
      const outcomes = await within(2_000, Promise.allSettled([...late, ...early]))
      for (const outcome of outcomes) if (outcome.status === 'rejected') assert.equal(outcome.reason, reason)
      const { value } = await read()
      assert.ok(value === 'before' || value === 'during', 'neither the old value nor the new one')
    },
  },

  'watches without harm, and not after the watch was ended (9.4)': {
    needs: 'watch',
    body: async ({ store, key, put, wait }) => {
      let notices = 0
      const unwatch = store.watch?.(key, () => (notices += 1))
      const unwatchOther = store.watch?.(key, () => undefined)
      const etag = await put(null, 'one')
      await put(etag, 'two')
      await wait(100)
      unwatch?.()
      const heard = notices
      await put(null, 'other', { key: newKey() })
      const { etag: current } = await store.read(key, never())
      await put(current, 'three')
      await wait(100)
      assert.equal(notices, heard, 'a notice came after the watch was ended')
      unwatchOther?.()
      unwatch?.() // Twice is no mistake.
    },
  },

  'shows one handle what another wrote, under the same etag': {
    needs: 'second',
    body: async ({ store, second, read, put, key }) => {
      const other = await second?.()
      assert.ok(other)
      let etag = await put(null, 'by the first')
      for (const [writer, reader, value] of [
        [other, store, 'by the second'],
        [store, other, 'by the first again'],
      ] as const) {
        assert.equal((await read(key, writer)).etag, etag)
        etag = await put(etag, value, { store: writer })
        const found = await read(key, reader)
        assert.deepEqual([found.etag, found.value], [etag, value])
      }
    },
  },

  'loses no update when two handles count together (9.1)': {
    needs: 'second',
    body: async ({ store, second, read, write, put }) => {
      const other = await second?.()
      assert.ok(other)
      await put(null, '0')
      await countTogether({ read, write }, [store, other])
      assert.equal((await read()).value, String(writers * 5))
    },
  },
}

/** Starts all writers at once; answers the winner's etag. */
async function assertOneWinner(read: Bench['read'], attempt: (id: number) => Promise<Swap>): Promise<Etag> {
  const swaps = await Promise.all(Array.from({ length: writers }, (_, id) => attempt(id)))
  const won = swaps.flatMap((swap) => (swap.kind === 'done' ? [swap.etag] : []))
  assert.equal(won.length, 1, `${won.length} of ${writers} concurrent writers won`)
  const [etag = ''] = won
  const { etag: found, value } = await read()
  assert.equal(found, etag)
  for (const swap of swaps) {
    if (swap.kind === 'conflict') assert.deepEqual([swap.reading.etag, swap.reading.value], [etag, value])
  }
  return etag
}

/** Each writer adds one, five times, and starts over whenever it lost. */
async function countTogether({ read, write }: Pick<Bench, 'read' | 'write'>, stores: readonly Store[]): Promise<void> {
  const countOn = async (store: Store | undefined): Promise<void> => {
    let added = 0
    for (let tries = 0; added < 5; tries += 1) {
      assert.ok(tries < writers * 50, 'a writer never got its turn')
      const { etag, value } = await read(undefined, store)
      const swap = await write(etag, String(Number(value) + 1), store ? { store } : {})
      if (swap.kind === 'done') added += 1
    }
  }
  await Promise.all(Array.from({ length: writers }, (_, id) => countOn(stores[id % stores.length])))
}

function benchFor(under: StoreUnderTest): Bench {
  const key = newKey()
  const write: Bench['write'] = (etag, value, { key: at = key, store = under.store, keep = hourMs } = {}) =>
    store.compareAndSet(at, etag, value, { keep, durable: true }, never())
  return {
    wait: async (ms) => {
      await pause(ms)
    },
    ...under,
    key,
    read: (at = key, store = under.store) => store.read(at, never()),
    write,
    put: async (etag, value, more) => {
      const swap = await write(etag, value, more)
      assert.equal(swap.kind, 'done', 'an undisturbed write was not done')
      return swap.etag
    },
  }
}

/** Looks like the keys of the engine: a prefix and a SHA-256 in hexadecimal. */
function newKey(): Key {
  return `contract:${createHash('sha256').update(randomUUID()).digest('hex')}` as Key // Of the shape that `Key` names.
}

function never(): AbortSignal {
  return new AbortController().signal
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const stop = new AbortController()
  const late = pause(ms, undefined, { signal: stop.signal }).then(() => assert.fail(`not settled within ${ms} ms`))
  try {
    return await Promise.race([work, late])
  } finally {
    stop.abort()
    late.catch(() => undefined)
  }
}
