import fc from 'fast-check'
import { expect, test } from 'vitest'
import { counterOf, figures } from './support.ts'

const figure = fc.integer({ min: 1, max: 6 })
const limit = fc
  .tuple(figure, figure, figure)
  .map(([perSecond, perMinute, perHour]) => ({ perSecond, perMinute, perHour }))

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      ask: fc.constantFrom(Infinity, 500, 5_000, 90_000),
      abortAfter: fc.option(fc.integer({ min: 0, max: 4 })),
    }),
  },
  { weight: 3, arbitrary: fc.record({ wait: fc.constantFrom(1, 300, 999, 1_000, 1_001, 59_000, 60_000, 1_800_000) }) },
  { weight: 1, arbitrary: fc.record({ close: fc.integer({ min: 0, max: 120_000 }) }) },
  { weight: 1, arbitrary: fc.record({ use: limit }) },
)

test('no window ever holds more than its figure, nobody overtakes, and nobody goes while it is closed', async () => {
  await fc.assert(
    fc.asyncProperty(limit, fc.array(step, { minLength: 5, maxLength: 30 }), async (first, steps) => {
      const { clock, turns, ask, gone, now, start } = counterOf(first)
      const used = [{ from: 0, limit: first }]
      const closed: { from: number; until: number }[] = []
      const aborts: { control: AbortController; left: number }[] = []
      for (const each of steps) {
        if ('ask' in each) {
          const control = new AbortController()
          void ask({ remainingMs: each.ask, signal: control.signal })
          if (each.abortAfter !== null) aborts.push({ control, left: each.abortAfter })
        } else if ('wait' in each) await clock.advance(each.wait)
        else if ('close' in each) {
          await clock.settle()
          turns.close(start + now() + each.close)
          closed.push({ from: now(), until: now() + each.close })
        } else {
          await clock.settle()
          turns.use(each.use)
          used.push({ from: now(), limit: each.use })
        }
        for (const abort of aborts) if ((abort.left -= 1) < 0) abort.control.abort()
      }
      await clock.advance(30 * 3_700_000)

      expect(clock.sleepers()).toBe(0)
      expect(gone.map(({ who }) => who)).toEqual(gone.map(({ who }) => who).sort((one, other) => one - other))
      gone.forEach(({ at }, index) => {
        expect(closed.some(({ from, until }) => from < at && at < until)).toBe(false)
        // At one instant, requests from before and after a change of figures cannot be told apart: the loosest counts.
        const rules = used.filter(({ from }, place) => from <= at && at <= (used[place + 1]?.from ?? Infinity))
        for (const [name, ms] of [
          ['perSecond', 1_000],
          ['perMinute', 60_000],
          ['perHour', 3_600_000],
        ] as const) {
          const max = Math.max(...rules.map((rule) => rule.limit[name]))
          const before = gone[index - max]
          if (before !== undefined) expect(at - before.at).toBeGreaterThanOrEqual(ms)
        }
      })
    }),
    { numRuns: 150 },
  )
}, 60_000)

test('those who can wait all go, and no later than the windows demand', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 40 }), async (perSecond, count) => {
      const { clock, ask, gone } = counterOf(figures(perSecond))
      for (let asked = 0; asked < count; asked += 1) void ask()
      await clock.advance(60_000)
      expect(gone).toHaveLength(count)
      expect(gone.at(-1)?.at).toBe(Math.floor((count - 1) / perSecond) * 1_200)
    }),
    { numRuns: 30 },
  )
}, 30_000)
