import { describe, expect, test } from 'vitest'
import { defaultRateLimits, effectiveRateLimits, parseRateLimits } from '../../src/rates/limits.ts'

describe('the figures (1.10)', () => {
  test.each([
    ['onlineSession', 10, 30, 120],
    ['onlineSessionClose', 20, 60, 240],
    ['batchSession', 10, 20, 60],
    ['batchSessionClose', 20, 40, 120],
    ['invoiceSend', 10, 30, 180],
    ['invoiceStatus', 30, 120, 1200],
    ['sessionList', 5, 10, 60],
    ['sessionInvoiceList', 10, 20, 200],
    ['sessionMisc', 10, 120, 1200],
    ['invoiceMetadata', 8, 16, 20],
    ['invoiceExport', 8, 16, 20],
    ['invoiceExportStatus', 10, 60, 600],
    ['invoiceDownload', 8, 16, 64],
    ['collectiveIdentifier', 10, 60, 120],
    ['other', 10, 30, 120],
    ['public', 60, -1, -1],
  ] as const)('%s: %i in a second, %i in a minute, %i in an hour', (group, perSecond, perMinute, perHour) => {
    expect(defaultRateLimits[group]).toEqual({ perSecond, perMinute, perHour })
  })
})

describe('limits that a program sets', () => {
  const more = { perSecond: 100, perMinute: 300, perHour: 1200 }

  test('replace the group and leave the others', () => {
    expect(parseRateLimits({ other: more })).toEqual({ ...defaultRateLimits, other: more })
  })

  test.each([
    ['text', 'much' as never, 'rateLimits: must be an object of groups, or false'],
    ['an unknown group', { others: more } as never, 'rateLimits: no group "others"'],
    ['a missing figure', { other: { perSecond: 1, perMinute: 1 } as never }, 'rateLimits.other.perHour: must be'],
    ['a zero', { other: { ...more, perMinute: 0 } }, 'rateLimits.other.perMinute: must be'],
    ['a fraction', { sessionList: { ...more, perSecond: 1.5 } }, 'rateLimits.sessionList.perSecond: must be'],
    ['no figures', { other: null as never }, 'rateLimits.other.perSecond: must be'],
  ])('are refused where they hold %s', (_, limits, message) => {
    expect(() => parseRateLimits(limits)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG' }))
    expect(() => parseRateLimits(limits)).toThrow(message)
  })
})

describe('what GET /rate-limits says', () => {
  test('replaces figures, -1 for no limit, and `anonymous` is the public group (1.3)', () => {
    const effective = effectiveRateLimits(defaultRateLimits, {
      other: { perSecond: 100, perMinute: 300, perHour: 1200 },
      anonymous: { perSecond: 6, perMinute: 10, perHour: -1 },
      global: { perSecond: -1, perMinute: -1, perHour: -1 },
    })
    expect(effective.other).toEqual({ perSecond: 100, perMinute: 300, perHour: 1200 })
    expect(effective.public).toEqual({ perSecond: 6, perMinute: 10, perHour: -1 })
    expect(effective.sessionList).toEqual(defaultRateLimits.sessionList)
    expect(effective).not.toHaveProperty('global')
  })

  test('is passed over where it cannot be read', () => {
    for (const answer of [undefined, null, 'no', [], { other: 7 }, { other: { perSecond: '9', perHour: 0 } }])
      expect(effectiveRateLimits(defaultRateLimits, answer)).toEqual(defaultRateLimits)
  })
})
