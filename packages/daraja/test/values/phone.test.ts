import { describe, expect, test } from 'vitest'
import { normalizePhoneNumber } from '../../src/index.ts'

describe('appendix B, phone (section 4.8)', () => {
  test.each([
    ['0712345678', '254712345678'],
    ['+254712345678', '254712345678'],
    ['254712345678', '254712345678'],
    [' 0712 345 678 ', '254712345678'],
    ['\t+254712345678\n', '254712345678'],
    ['0110345678', '254110345678'],
  ])('%j becomes %s', (input, output) => {
    expect(normalizePhoneNumber(input)).toBe(output)
  })

  test.each([
    ...['712345678', '+25471234567', '+2547123456789', '071234567', '07123456789', '1234567890', '', '+2547a2345678'],
    ...[null, undefined, 1234567890, 254712345678, {}, ['0712345678']],
    ...['0212345678', '254812345678', '0712-345-678', '0712345678'.padEnd(80)],
  ])('%j is not a Kenyan mobile number', (input) => {
    expect(normalizePhoneNumber(input)).toBeUndefined()
  })
})
