/**
 * One store of ours in a process of its own: reads and swaps over some records, timed one by one.
 *
 * @module
 */
import { randomBytes, randomUUID } from 'node:crypto'
import type { Etag, Key } from '@latchkey/core'
import type { StorePlace } from '../adapter.ts'
import { answer } from '../harness/processes.ts'
import { openStore } from '../open-store.ts'
import type { OpenStore } from '../open-store.ts'

// Several, so that no record has more versions behind it than a busy one has in ten minutes.
const records = 64
// As long as a sealed record with an access token of 150 characters.
const valueBytes = 1_500

let opened: OpenStore | undefined
const keys: Key[] = []
const etags: Etag[] = []
let operations = 0

answer({
  async open(place: StorePlace): Promise<void> {
    opened = await openStore(place)
    for (let index = 0; index < records; index += 1) {
      keys.push(`bench:${randomUUID()}` as Key) // A name of the form that the engine gives.
      etags.push('')
      await swap(index, null)
    }
  },

  /** Microseconds of each operation. */
  async time({ operation, count }: { operation: 'read' | 'swap'; count: number }): Promise<number[]> {
    const times: number[] = []
    for (let done = 0; done < count; done += 1) {
      const index = (operations += 1) % records
      times.push(await (operation === 'read' ? read(index) : swap(index, etags[index] ?? null)))
    }
    return times
  },

  close: async (): Promise<void> => opened?.close(),
})

async function read(index: number): Promise<number> {
  const { store, key } = at(index)
  const start = process.hrtime.bigint()
  const { etag } = await store.read(key, AbortSignal.timeout(limitMs))
  const end = process.hrtime.bigint()
  if (etag !== etags[index]) throw new Error('The store answered an etag that it did not give.')
  return Number(end - start) / 1_000
}

async function swap(index: number, etag: Etag | null): Promise<number> {
  const { store, key } = at(index)
  const value = randomBytes((valueBytes * 3) / 4).toString('base64')
  const start = process.hrtime.bigint()
  const swapped = await store.compareAndSet(
    key,
    etag,
    value,
    { keep: 3_600_000, durable: true },
    AbortSignal.timeout(limitMs),
  )
  const end = process.hrtime.bigint()
  if (swapped.kind !== 'done') throw new Error(`The swap was not done: ${swapped.kind}.`)
  etags[index] = swapped.etag
  return Number(end - start) / 1_000
}

const limitMs = 10_000

function at(index: number) {
  const key = keys[index]
  if (opened === undefined || key === undefined) throw new Error('No store is open.')
  return { store: opened.store, key }
}
