import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { memoryStore } from '@latchkey/core'
import type { Key } from '@latchkey/core'
import { chaosStore, storeContract, virtualClock } from '@latchkey/testkit'
import type { StoreContractOptions, StoreUnderTest } from '@latchkey/testkit'
import { storeWith } from './broken-stores.ts'
import type { Mistakes } from './broken-stores.ts'

/** Runs the suite by itself and answers the claims that failed, with their messages. */
async function failures(
  create: StoreContractOptions['create'],
  without: StoreContractOptions['without'] = [],
  only?: string,
): Promise<Map<string, string>> {
  const claims: { readonly name: string; readonly body: () => void | Promise<void> }[] = []
  const it = (name: string, body: () => void | Promise<void>) => claims.push({ name, body })
  storeContract({ name: 'under suspicion', create, without, runner: { describe: (_, body) => body(), it } })
  const failed = new Map<string, string>()
  const run = async ({ name, body }: (typeof claims)[number]) => {
    try {
      await body()
    } catch (error) {
      failed.set(name, String(error))
    }
  }
  await Promise.all(claims.filter(({ name }) => only === undefined || name === only).map(run))
  return failed
}

const fillers = Array.from({ length: 60 }, (_, index) => `filler ${index}` as Key)

storeContract({
  name: 'memory',
  without: ['second'],
  runner: { describe, it },
  create: () => {
    const store = memoryStore({ max: 50 })
    const how = { keep: 60_000, durable: false }
    const crowdOut = async () => {
      const { signal } = new AbortController()
      for (const key of fillers) {
        const { etag } = await store.read(key, signal)
        await store.compareAndSet(key, etag, 'filler', how, signal)
      }
    }
    return { store, drop: crowdOut }
  },
})

storeContract({
  name: 'memory on a virtual clock',
  without: ['second', 'drop'],
  runner: { describe, it },
  create: () => {
    const clock = virtualClock()
    return { store: memoryStore({ clock }), wait: (ms) => clock.advance(ms) }
  },
})

storeContract({
  name: 'chaos without mishaps',
  without: ['second'],
  runner: { describe, it },
  create: () => {
    const store = chaosStore(memoryStore())
    return { store, drop: (key) => store.drop(key) }
  },
})

describe('storeContract', () => {
  it('finds nothing wrong with a correct store', async () => {
    expect(await failures(() => storeWith())).toEqual(new Map())
  })

  const oneWinner = 'lets exactly one of many concurrent writers win each round, and tells the others what won (9.1)'
  const anew = 'never lets an old etag match again after the record was lost and made anew (9.1)'
  const times = 'takes its time with each answer: epoch milliseconds that pass and never go back (9.2)'
  const keeps = 'keeps a record as long as it was told to, by its own time (9.3)'
  const values = 'gives values back as they were written, up to 64 KiB and in any script'
  const aborts = 'settles when its signal is aborted, and rejects with nothing but the signal’s reason'
  const watches = 'watches without harm, and not after the watch was ended (9.4)'
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
  const hash = (value: string) => createHash('sha256').update(value).digest('hex')
  let clockBack = Date.now()

  const cases: readonly (readonly [mistake: string, caughtBy: string, mistakes: Mistakes])[] = [
    ['the last write wins', oneWinner, { check: () => true }],
    ['only the presence of a record is checked', oneWinner, { check: (a, b) => (a === null) === (b === null) }],
    ['looking and writing are two steps', oneWinner, { gap: turn }],
    [
      'looking and writing are two steps',
      'loses no update of a counter that many increment at once (9.1)',
      { gap: turn },
    ],
    [
      'creators are not checked',
      'lets exactly one of many concurrent creators win',
      { check: (a, b) => b === null || a === b },
    ],
    [
      'creators are not checked',
      'creates a record once, whoever else holds a null etag',
      { check: (a, b) => b === null || a === b },
    ],
    [
      'an etag creates where nothing is',
      'reads nothing where nothing was written, and finds the same in a conflict',
      { check: (a, b) => a === null || a === b },
    ],
    [
      'a lost swap writes all the same',
      'writes nothing with an etag that no longer matches',
      { writesOnConflict: true },
    ],
    [
      'versions start over after a deletion',
      anew,
      { etag: (_v, _value, { previous }) => `v${Number(previous?.etag.slice(1) ?? 0) + 1}` },
    ],
    [
      'the etag is a hash of the value',
      'never lets an old etag match again when an old value comes back (9.1)',
      { etag: (_v, value) => hash(value) },
    ],
    ['a conflict tells nothing', oneWinner, { told: (reading) => ({ ...reading, etag: null, value: null }) }],
    ['time is told in seconds', times, { now: () => Math.floor(Date.now() / 1_000) }],
    ['time stands still', times, { now: () => 1_700_000_000_000 }],
    ['time goes back', times, { now: () => (clockBack -= 1) }],
    [
      'records end after half their time',
      keeps,
      { endsAt: (now, keep) => (keep === 'forever' ? Infinity : now + keep / 2) },
    ],
    [
      'for ever keeps an earlier end',
      'keeps a record for ever, even one that was about to end (9.3)',
      { endsAt: (now, keep, previous) => (keep === 'forever' ? (previous?.endsAt ?? Infinity) : now + keep) },
    ],
    [
      'the first end stands',
      'counts the time to keep a record from its last write',
      { endsAt: (now, keep, previous) => previous?.endsAt ?? (keep === 'forever' ? Infinity : now + keep) },
    ],
    ['keys are cut off', 'keeps keys apart, however alike they are', { name: (key) => key.slice(0, 40) }],
    ['values are cut off', values, { stored: (value) => value.slice(0, 32 * 1024) }],
    ['values are kept in Latin-1', values, { stored: (value) => Buffer.from(value, 'latin1').toString('latin1') }],
    ['values are normalised', values, { stored: (value) => value.normalize('NFC') }],
    ['durability is left open', 'says whether a write is durable, with true or false (9.3)', { durable: undefined }],
    ['an aborted call hangs', aborts, { abort: 'hangs' }],
    ['an aborted call rejects with another error', aborts, { abort: 'wraps' }],
    ['watching throws', watches, { watch: 'throws' }],
    ['a watch never ends', watches, { watch: 'deaf to its end' }],
    ['each handle has a cache', 'shows one handle what another wrote, under the same etag', { caches: true }],
    ['each handle has a cache', 'loses no update when two handles count together (9.1)', { caches: true }],
    ['its scope is made up', 'names its scope', { scope: 'planet' }],
  ]
  it.concurrent.each(cases)('catches a store in which %s: %s', async (_, caughtBy, mistakes) => {
    const failed = await failures(() => storeWith(mistakes), [], caughtBy)
    expect([...failed.keys()]).toEqual([caughtBy])
  })

  it('fails where a hook is missing and nobody said so, and passes where somebody did', async () => {
    const bare = (): StoreUnderTest => ({ store: storeWith().store })
    const failed = await failures(bare)
    expect([...failed.values()].map((message) => /without: \['(\w+)'\]/.exec(message)?.[1])).toEqual([
      'drop',
      'second',
      'second',
    ])
    expect(await failures(bare, ['drop', 'second'])).toEqual(new Map())
  })

  it('closes the store of each test, failed or not', async () => {
    let open = 0
    await failures(() => {
      open += 1
      return { ...storeWith({ check: () => true }), close: () => void (open -= 1) }
    })
    expect(open).toBe(0)
  })

  it('takes a single test function too, and puts the driver’s name before each claim', () => {
    const names: string[] = []
    storeContract({ name: 'mine', create: storeWith, runner: (name) => names.push(name) })
    expect(names).toHaveLength(20)
    expect(names.every((name) => name.startsWith('store contract: mine: '))).toBe(true)
  })
})
