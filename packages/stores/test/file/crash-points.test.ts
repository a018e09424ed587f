import { cp, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Etag } from '@latchkey/core'
import { age, key, names, never, newDirectory, put, putMany, storeOn, swap } from './bench.ts'
import type { Call } from './gated-file-system.ts'
import { gatedFileSystem } from './gated-file-system.ts'

/** After the whole of a system call, or in the middle of a write. Before a call is after the one before it. */
type Moment = 'after' | 'halfway'

/** A file system on which everything stands still for ever from the moment of the `at`th call on. */
function mortal(at: number, moment: Moment) {
  const calls: Call[] = []
  let die: (call: Call) => void
  const died = new Promise<Call>((resolve) => (die = resolve))
  const rest = <T>(): Promise<T> => new Promise<T>(() => undefined)
  const fs = gatedFileSystem(async (call, make) => {
    if (calls.length === at) return rest()
    calls.push(call)
    const last = calls.length === at
    // The system outlives the process, so what was written stays without being synced.
    const made =
      call.name === 'file.sync'
        ? (undefined as never)
        : await (last && moment === 'halfway'
            ? (call.half?.() as never)
            : make().catch((error: unknown) => {
                if (last) return undefined as never
                throw error
              }))
    if (!last) return made
    die(call)
    return rest()
  })
  return { fs, died }
}

interface Scene {
  /** What is there before; answers the etag to swap with. */
  readonly prepare: (directory: string) => Promise<Etag | null>
  readonly old: string | null
}

const scenes: Readonly<Record<string, Scene>> = {
  'the first write of all': { prepare: () => Promise.resolve(null), old: null },
  'the first write of a key': {
    prepare: async (directory) => (await storeOn(directory).read(key, never())).etag,
    old: null,
  },
  'a later write': { prepare: (directory) => put(storeOn(directory), null, 'old'), old: 'old' },
  'a write over an ended record': {
    prepare: async (directory) => {
      await put(storeOn(directory), null, 'ended', { keep: 0 })
      return null
    },
    old: null,
  },
  'a write with collection': {
    prepare: async (directory) => {
      const etags = await putMany(storeOn(directory), 20)
      await age(directory)
      return etags.at(-1) ?? null
    },
    old: 'version 20',
  },
}

describe.each(Object.entries(scenes))('%s', (_, { prepare, old }) => {
  it.each([true, false])(
    'leaves a whole old or a whole new value wherever the process ends (16.3; sync: %s)',
    async (sync) => {
      const template = join(await newDirectory(), 'tokens')
      const etag = await prepare(template)

      /** Answers the call after which the process ended, if the swap got that far. */
      async function endAt(at: number, moment: Moment): Promise<Call | undefined> {
        const directory = join(await newDirectory(), 'tokens')
        await cp(template, directory, { recursive: true, preserveTimestamps: true }).catch(() => undefined)
        const { fs, died } = mortal(at, moment)
        const answer = await Promise.race([swap(storeOn(directory, fs, sync), etag, 'new'), died])
        await fs.closeAll()
        const call = 'kind' in answer ? undefined : answer
        if (!call) expect(answer).toMatchObject({ kind: 'done', durable: sync })
        const where = `${moment} call ${at}, ${call?.name} ${call?.path}`
        await expectSound(directory, call ? [old, 'new'] : ['new'], etag, where)
        return call
      }

      let at = 1
      for (let call; (call = await endAt(at, 'after')); at += 1) if (call.half) await endAt(at, 'halfway')
      expect(at).toBeGreaterThan(12) // It did reach into the swap.
    },
    60_000,
  )
})

/** What another process finds: one of these values, a chain that goes on, no etag twice, and in time no waste. */
async function expectSound(
  directory: string,
  values: readonly (string | null)[],
  before: Etag | null,
  where: string,
): Promise<void> {
  const store = storeOn(directory)
  const found = await store.read(key, never())
  expect(values, where).toContain(found.value)
  expect(found.etag === null, where).toBe(found.value === null)
  if (found.value === 'new') expect(found.etag, where).not.toBe(before)
  const next = await put(store, found.etag, 'next')
  expect([before, found.etag], where).not.toContain(next)
  for (const stale of [before, found.etag, null]) {
    const refused = await swap(store, stale, 'not written')
    expect(refused, where).toMatchObject({ kind: 'conflict', reading: { etag: next, value: 'next' } })
  }
  await age(directory)
  await put(store, next, 'last')
  expect(await names(directory), where).toSatisfy((all: string[]) => all.every((name) => /^\d{16}$/.test(name)))
  const top = await readdir(directory)
  expect(top, where).toSatisfy((all: string[]) => all.every((name) => /^([0-9a-f]{64}|clock|.*\.probe)$/.test(name)))
}
