import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { key, names, never, newDirectory, put, age, storeOn } from './bench.ts'

const file = fileURLToPath(new URL('../../src/file.ts', import.meta.url))

/** Counts in one record for ever; writes each number down once it was told that it is done. A kill loses nothing unsynced. */
function counter(directory: string): string {
  return `
    const { writeSync } = await import('node:fs')
    const { fileStore } = await import(${JSON.stringify(file)})
    const store = fileStore({ directory: ${JSON.stringify(directory)}, sync: false })
    const { signal } = new AbortController()
    for (;;) {
      const { etag, value } = await store.read(${JSON.stringify(key)}, signal)
      const next = String(Number(value ?? 0) + 1)
      const swap = await store.compareAndSet(${JSON.stringify(key)}, etag, next, { keep: 'forever', durable: false }, signal)
      if (swap.kind === 'done') writeSync(1, next + '\\n')
      if (swap.kind === 'unknown') throw new Error('unknown')
    }`
}

it('accounts for every value that was said to be done, through twenty kills at any moment (16.4)', async () => {
  const directory = await newDirectory()
  const seed = Math.trunc(Math.random() * 2 ** 31)
  let state = seed
  const random = (): number => (state = (state * 48_271) % 0x7fffffff) / 0x7fffffff
  const acknowledged: number[] = []

  /** Lets one process count for a while, then kills it. */
  async function life(): Promise<void> {
    const args = [
      '--conditions=@latchkey/source',
      '--import',
      'tsx',
      '--input-type=module',
      '--eval',
      counter(directory),
    ]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    const lines = createInterface(child.stdout)
    const wanted = Math.ceil(random() * 30)
    let heard = 0
    lines.on('line', (line) => {
      acknowledged.push(Number(line))
      if ((heard += 1) === wanted) setTimeout(() => child.kill('SIGKILL'), random() * 5)
    })
    const [, signal] = (await once(child, 'close')) as [unknown, string | null] // As documented for this event.
    expect(signal, `seed ${seed}`).toBe('SIGKILL')
  }

  const kills = 20
  const perRound = 4
  for (let round = 0; round < kills / perRound; round += 1) {
    await Promise.all(Array.from({ length: perRound }, life))
  }
  const store = storeOn(directory)
  const { etag, value } = await store.read(key, never())
  const last = Number(value)
  expect(new Set(acknowledged).size, `seed ${seed}: a number was given twice`).toBe(acknowledged.length)
  expect(Math.max(...acknowledged), `seed ${seed}`).toBeLessThanOrEqual(last)
  // Each killed process may have written one more than it was able to say.
  expect(last - acknowledged.length, `seed ${seed}`).toBeGreaterThanOrEqual(0)
  expect(last - acknowledged.length, `seed ${seed}`).toBeLessThanOrEqual(kills)
  await age(directory)
  await put(store, etag, 'by the next process')
  expect((await names(directory)).filter((name) => name.endsWith('.tmp'))).toEqual([])
}, 300_000)
