import { webcrypto } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { virtualClock } from '@latchkey/testkit'

describe('virtualClock', () => {
  it('moves both clocks by exactly what it was told', async () => {
    const clock = virtualClock({ mono: 100, wall: 5_000 })
    await clock.advance(250)
    expect([clock.mono(), clock.wall()]).toEqual([350, 5_250])
  })

  it('wakes a sleeper at its due time and not one millisecond before', async () => {
    const clock = virtualClock()
    let woken = false
    const sleep = clock.sleep(100).then(() => (woken = true))
    await clock.advance(99)
    expect(woken).toBe(false)
    await clock.advance(1)
    expect(woken).toBe(true)
    await sleep
  })

  it('wakes sleepers in order of due time, whatever the order in which they lay down', async () => {
    const clock = virtualClock({ mono: 0 })
    const woken: string[] = []
    for (const ms of [300, 100, 200]) void clock.sleep(ms).then(() => woken.push(`${ms}@${clock.mono()}`))
    await clock.advance(1_000)
    expect(woken).toEqual(['100@100', '200@200', '300@300'])
  })

  it('runs a chain of sleeps with digests and file reads between them within one advance', async () => {
    const clock = virtualClock({ mono: 0 })
    const seen: number[] = []
    const work = (async () => {
      for (let step = 0; step < 10; step += 1) {
        await clock.sleep(10)
        await webcrypto.subtle.digest('SHA-256', new Uint8Array(200_000))
        await readFile(import.meta.filename)
        await new Promise((resolve) => setImmediate(resolve))
        seen.push(clock.mono())
      }
    })()
    await clock.advance(100)
    expect(seen).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 100])
    await work
  })

  it('adds up two advances that were started together', async () => {
    const clock = virtualClock({ mono: 0 })
    await Promise.all([clock.advance(10), clock.advance(20)])
    expect(clock.mono()).toBe(30)
  })

  it('rejects a sleep with the reason of its signal, unchanged, and forgets the sleeper', async () => {
    const clock = virtualClock()
    const stop = new AbortController()
    const reason = new Error('enough')
    const sleep = clock.sleep(10, stop.signal)
    expect(clock.sleepers()).toBe(1)
    stop.abort(reason)
    await expect(sleep).rejects.toBe(reason)
    expect(clock.sleepers()).toBe(0)
    await expect(clock.sleep(10, stop.signal)).rejects.toBe(reason)
  })

  it('lets the wall clock run through a suspend while the monotonic clock and the sleepers stand still (3.4)', async () => {
    const clock = virtualClock({ mono: 0, wall: 0 })
    let woken = false
    void clock.sleep(1_000).then(() => (woken = true))
    await clock.suspend(8 * 3_600_000)
    expect([clock.mono(), clock.wall(), woken]).toEqual([0, 8 * 3_600_000, false])
    await clock.advance(1_000)
    expect(woken).toBe(true)
  })

  it('steps the wall clock alone, backwards too', () => {
    const clock = virtualClock({ mono: 7, wall: 3_600_000 })
    clock.stepWall(-3_600_000)
    expect([clock.mono(), clock.wall()]).toEqual([7, 0])
  })

  it('refuses the sleeper after the hundred-thousandth', async () => {
    const clock = virtualClock()
    for (let count = 0; count < 100_000; count += 1) void clock.sleep(1)
    expect(clock.sleepers()).toBe(100_000)
    await expect(clock.sleep(1)).rejects.toThrow('100000 sleepers')
  })

  it('refuses to go back', async () => {
    await expect(virtualClock().advance(-1)).rejects.toThrow(TypeError)
  })

  it('drives work to its end without being told for how long it sleeps', async () => {
    const clock = virtualClock({ mono: 0 })
    const work = async (): Promise<string> => {
      for (let round = 1; round <= 5; round += 1) await clock.sleep(round * 100)
      return 'done'
    }
    expect(await clock.drive(work())).toBe('done')
    expect(clock.mono()).toBe(1_500)
  })

  it('stops driving at its limit and hands on a rejection', async () => {
    const clock = virtualClock()
    await expect(clock.drive(clock.sleep(61_000), 60_000)).rejects.toThrow('60000 ms')
    await expect(clock.drive(Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  })
})
