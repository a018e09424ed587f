import { expect, test } from 'vitest'
import { parseRetryAfter } from '../src/index.ts'

const now = Date.parse('2026-01-15T09:30:00Z')
const read = (value: string | undefined, date?: string) =>
  parseRetryAfter(
    new Headers({ ...(value === undefined ? {} : { 'retry-after': value }), ...(date === undefined ? {} : { date }) }),
    now,
  )

test.each([
  ['0', 0],
  ['7', 7_000],
  [' 7 ', 7_000],
  ['1.5', 1_500],
  ['3600', 3_600_000],
  ['3601', 3_600_000],
  ['99999999999999999999', 3_600_000],
])('%j seconds are %d ms, an hour at most', (value, ms) => expect(read(value)).toBe(ms))

test('a date is read against the Date of the answer, whatever the clock of this host says', () => {
  expect(read('Mon, 01 Jan 2001 00:00:30 GMT', 'Mon, 01 Jan 2001 00:00:00 GMT')).toBe(30_000)
  expect(read('Mon, 01 Jan 2001 02:00:00 GMT', 'Mon, 01 Jan 2001 00:00:00 GMT')).toBe(3_600_000)
})

test('a date without a Date, or with one that is none, is read against the clock of this host', () => {
  expect(read('Thu, 15 Jan 2026 09:30:12 GMT')).toBe(12_000)
  expect(read('Thu, 15 Jan 2026 09:30:12 GMT', 'soon')).toBe(12_000)
})

test('a date that has passed says nothing', () => expect(read('Thu, 15 Jan 2026 09:29:59 GMT')).toBeUndefined())

test.each([undefined, '', 'soon', '-5', '1e9', 'NaN', 'Infinity', '7s', 'Mon, 99 Foo 2026', 'x'.repeat(1000)])(
  '%j says nothing',
  (value) => expect(read(value)).toBeUndefined(),
)
