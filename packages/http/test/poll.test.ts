import { expect, test } from 'vitest'
import { poll } from '../src/index.ts'
import type { RunOptions } from '../src/index.ts'
import { manualClock, rejection } from './doubles.ts'

test('a sleep that is longer than it was meant to be ends the wait with the last answer, as time that is up does', async () => {
  const time = manualClock()
  const clock = { ...time.clock, sleep: (ms: number) => time.clock.sleep(ms + 50) }
  const deadlines: unknown[] = []
  const ask = (run: RunOptions): Promise<string> => {
    deadlines.push(run.deadlineMs)
    return Promise.resolve('pending')
  }
  const late = (last: string | undefined) => new Error(`late: ${last}`)
  const waiting = poll({ clock, random: () => 0.5 }, { timeoutMs: 1_010 }, ask, () => false, late)
  expect(await rejection(time.run(waiting))).toMatchObject({ message: 'late: pending' })
  expect(deadlines).toEqual([1_010])
})
