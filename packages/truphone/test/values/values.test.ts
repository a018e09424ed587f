import { describe, expect, test } from 'vitest'
import { activationQrPng, activationQrSvg, lpaString, remainingBytes } from '../../src/index.ts'

describe('lpaString (sections 7.2 and 18, A4)', () => {
  const matchingId = 'F-00AAA-FICTIV'
  const right = 'LPA:1$rsp.truphone.com$F-00AAA-FICTIV'
  test.each([
    ['as it came', { lpaUrl: right }, right],
    [
      'repaired',
      { lpaUrl: 'LPA:1$%rsp.truphone.com$%F-00AAA-FICTIV', smdpHost: 'rsp.truphone.com', matchingId },
      right,
    ],
    ['made of a host with a scheme', { smdpHost: 'https://rsp.truphone.com/', matchingId }, right],
    ['made with the default host', { matchingId }, right],
    ['none without a matching id', { smdpHost: 'rsp.truphone.com' }, undefined],
    ['none of a broken one alone', { lpaUrl: 'LPA:1$%rsp.truphone.com$%F' }, undefined],
    ['none with a matching id that would break it', { matchingId: 'a$b' }, undefined],
  ])('%s', (_, parts, expected) => {
    expect(lpaString(parts)).toBe(expected)
  })

  test('is drawn as PNG and SVG', async () => {
    const png = await activationQrPng({ matchingId }, { sizePx: 128 })
    expect([...png.subarray(1, 4)].map((code) => String.fromCharCode(code)).join('')).toBe('PNG')
    expect(await activationQrSvg({ matchingId })).toMatch(/^<svg[^>]+viewBox/)
  })

  test('without a matching id there is nothing to draw, and sizes are bounded', async () => {
    await expect(activationQrPng({})).rejects.toMatchObject({ code: 'ERR_INVALID_ARG' })
    await expect(activationQrSvg({})).rejects.toMatchObject({ code: 'ERR_INVALID_ARG' })
    await expect(activationQrPng({ matchingId }, { sizePx: 4097 })).rejects.toMatchObject({ code: 'ERR_INVALID_ARG' })
  })
})

test('balances beyond 2^53 are exact, and never below 0 (A18)', () => {
  expect(remainingBytes({ initialBalance: '9223372036854775807', spentBalance: '1' })).toBe(9223372036854775806n)
  expect(remainingBytes({ initialBalance: '5', spentBalance: '7' })).toBe(0n)
  expect(remainingBytes({ initialBalance: '5' })).toBeUndefined()
  expect(remainingBytes({ initialBalance: '5.5', spentBalance: '1' })).toBeUndefined()
})
