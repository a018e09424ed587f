/** The small parts: decimals, times, fields. spec/etims.md sections 0.3, 7.3, 7.4. @module */
import { describe, expect, test } from 'vitest'
import { amountText, divide, hundredths, product } from '../../src/systems/etims/decimals.ts'
import { amount, counter, always, object, optional, readFields, text, yesNo } from '../../src/systems/etims/fields.ts'
import { presets } from '../../src/systems/etims/presets.ts'
import { createData } from '../../src/systems/etims/data.ts'
import { createCredentials } from '../../src/systems/etims/credentials.ts'
import { seedRows } from '../../src/systems/etims/seed.ts'
import { compactTime, instantOf, listTime } from '../../src/systems/etims/times.ts'
import { createTokens, tokensMax } from '../../src/systems/etims/tokens.ts'
import { createRandom } from '../../src/random.ts'

describe('decimals', () => {
  test.each([
    [1.005, 101n],
    [1.004, 100n],
    [-1.005, -101n],
    [86.21, 8621n],
    [0, 0n],
    [1e-7, 0n],
    [Number.NaN, 0n],
  ])('%d is %d hundredths (7.3)', (value, expected) => {
    expect(hundredths(value)).toBe(expected)
  })

  test('round half away from zero', () => {
    expect([divide(5n, 2n), divide(-5n, 2n), divide(4n, 3n)]).toEqual([3n, -3n, 1n])
    expect(product(3, 33.335)).toBe(10_001n)
    expect([amountText(8621n), amountText(5n), amountText(-105n)]).toEqual(['86.21', '0.05', '-1.05'])
  })
})

describe('times', () => {
  test('are three hours ahead of UTC, also across midnight (7.4)', () => {
    const at = Date.UTC(2026, 9, 5, 21, 30, 15)
    expect(compactTime(at)).toBe('20261006003015')
    expect(instantOf('20261006003015')).toBe(at)
    expect(instantOf('20261006')).toBe(Date.UTC(2026, 9, 5, 21))
  })

  test.each(['20260230000000', '20261301000000', '2026010100000', 'x', ''])('"%s" is no instant', (written) => {
    expect(instantOf(written)).toBeNaN()
  })

  test('are written out in lists, where they are times', () => {
    expect(listTime('20260105101502')).toBe('2026-01-05 10:15:02')
    expect([listTime(null), listTime('soon')]).toEqual([null, 'soon'])
  })
})

describe('fields', () => {
  const table = {
    name: always(text(3)),
    price: optional(amount),
    count: optional(counter),
    flag: optional(yesNo),
    inner: optional(object({ name: always(text(3)) })),
  }
  const problems = (body: Record<string, unknown>): string[] =>
    readFields(table, body, presets.spec).problems.map(({ path, is, why }) => `${path.join('.')} ${is}: ${why}`)

  test.each([
    [{}, ['name missing: may not be empty']],
    [{ name: 'abcd' }, ['name type: has more than 3 characters']],
    [{ name: true }, ['name type: is neither text nor a number']],
    [{ name: {} }, ['name type: is not a single value']],
    [{ name: 'a', price: 'x' }, ['price type: is not a number']],
    [{ name: 'a', price: 1.234 }, ['price type: has more than 2 decimals']],
    [{ name: 'a', price: 1e-7 }, ['price type: has more than 2 decimals']],
    [{ name: 'a', price: '99999999999999999' }, ['price type: is too large']],
    [{ name: 'a', count: 2 ** 53 }, ['count type: is too large']],
    [{ name: 'a', count: -1 }, ['count type: is negative']],
    [{ name: 'a', count: 2 ** 53 - 1, price: -5 }, []],
    [{ name: 'a', flag: 'X' }, ['flag type: is not Y or N']],
    [{ name: 'a', inner: [] }, ['inner type: is not an object']],
    [{ name: 'a', inner: { name: '' } }, ['inner.name missing: may not be empty']],
  ])('of %j have the problems %j (0.3)', (body, expected) => {
    expect(problems(body)).toEqual(expected)
  })

  test('are coerced, unknown ones are left out, and what an object inherits is no field', () => {
    const body = { name: 12, price: '1.50', toString: 'x', ['__proto__']: { name: 'z' } }
    const { fields } = readFields(table, body, presets.spec)
    expect(fields).toEqual({ name: '12', price: 1.5, count: null, flag: null, inner: null })
  })

  test('keep what cannot be coerced where types are not checked', () => {
    const { fields, problems: found } = readFields(table, { name: 'abcd', price: 'x' }, presets.lenient)
    expect([fields['name'], fields['price'], found]).toEqual(['abcd', 'x', []])
  })
})

test('more tokens than are remembered make the oldest unknown', () => {
  let minted = 0
  const tokens = createTokens(() => `t${String((minted += 1))}`)
  for (let round = 0; round <= tokensMax; round += 1) tokens.issue(0, 60)
  expect([tokens.isKnown('t1'), tokens.refusal('t1', 0), tokens.refusal('t2', 0)]).toEqual([
    false,
    'tokenUnknown',
    null,
  ])
  expect([tokens.live(0), tokens.live(60_000), tokens.issued()]).toEqual([tokensMax, 0, tokensMax + 1])
})

test('the amounts of the seeded supplier invoices add up', () => {
  const data = createData(seedRows(createCredentials(createRandom(1, 'test'))))
  expect(
    data.invoices.rows.map(({ fields }) => [fields['totTaxblAmt'], fields['totTaxAmt'], fields['totAmt']]),
  ).toEqual([
    [1000, 160, 1160],
    [3000, 0, 3000],
  ])
})
