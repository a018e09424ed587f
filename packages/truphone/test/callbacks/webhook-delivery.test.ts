/**
 * Reading deliveries.
 *
 * @see spec/truphone.md section 7.5
 * @module
 */
import { describe, expect, test } from 'vitest'
import { deliveryKey, parseWebhookDelivery } from '../../src/index.ts'

const usage = {
  id: 'ntf-0001',
  type: 'USAGE_THRESHOLD',
  iccid: '8944000000000000019',
  subscription_id: 'c3ViLTAwMDAtMDAwMg==',
  threshold: 80,
}
const end = { id: 'ntf-0002', type: 'SUBSCRIPTION_END', iccid: '8944000000000000019', subscription_id: 's=' }

describe('parseWebhookDelivery', () => {
  test('reads a usage threshold from text, bytes and parsed JSON alike', () => {
    const text = JSON.stringify(usage)
    const expected = {
      kind: 'usage-threshold',
      id: 'ntf-0001',
      iccid: '8944000000000000019',
      subscriptionId: 'c3ViLTAwMDAtMDAwMg==',
      threshold: 80,
      raw: usage,
    }
    for (const body of [text, new TextEncoder().encode(text), usage, `\uFEFF${text}`]) {
      expect(parseWebhookDelivery(body)).toEqual(expected)
    }
  })

  test('reads an end of subscription, also with the letters swapped and with a threshold (C5, C6)', () => {
    expect(parseWebhookDelivery(end)).toMatchObject({ kind: 'subscription-end' })
    const odd = { ...end, type: 'SUBSCRITPION_END', threshold: '80' }
    expect(parseWebhookDelivery(odd)).toMatchObject({ kind: 'subscription-end', threshold: 80 })
    const without = { ...usage, threshold: undefined }
    expect(parseWebhookDelivery(without)).not.toHaveProperty('threshold')
  })

  test('an ICCID that is a number keeps its digits (A2, section 18)', () => {
    const text =
      '{"id":"n1","type":"SUBSCRIPTION_END","iccid":893000000002391231,"subscription_id":"c3ViLTAwMDAtMDAwMg=="}'
    expect(parseWebhookDelivery(text)).toMatchObject({ iccid: '893000000002391231' })
    expect(parseWebhookDelivery('{"type":"USAGE_THRESHOLD","iccid" : 893000000002391231 }')).toMatchObject({
      iccid: '893000000002391231',
    })
  })

  test('an ICCID that parsing has spoilt is refused, one that it has not is taken', () => {
    const spoilt = JSON.parse('{"type":"SUBSCRIPTION_END","iccid":893000000002391231}') as unknown // Spoilt by this.
    expect(() => parseWebhookDelivery(spoilt)).toThrow(expect.objectContaining({ code: 'TRUPHONE_MALFORMED_DELIVERY' }))
    expect(parseWebhookDelivery({ ...end, iccid: 894400 })).toMatchObject({ iccid: '894400' })
  })

  test('text inside a value that looks like an ICCID is left alone', () => {
    const note = 'say "iccid":12, please'
    expect(parseWebhookDelivery(JSON.stringify({ ...end, note }))).toMatchObject({ raw: { note } })
  })

  test('types that came later are handed on as unknown (A13)', () => {
    const body = { type: 'DOWNLOAD_PROGRESS', eid: '89', download_progress_step: 'x' }
    expect(parseWebhookDelivery(body)).toEqual({ kind: 'unknown', type: 'DOWNLOAD_PROGRESS', raw: body })
  })

  test.each(['', 'nonsense', '[]', 'null', '{}', '{"type":7}', '{"type":"SUBSCRIPTION_END"}', undefined, 7])(
    '%j is no delivery, and the error shows none of it',
    (body) => {
      expect(() => parseWebhookDelivery(body)).toThrow(expect.objectContaining({ code: 'TRUPHONE_MALFORMED_DELIVERY' }))
      expect(() => parseWebhookDelivery(body)).not.toThrow(/nonsense/)
    },
  )

  test('one key for one notice, others for others', () => {
    const key = (body: object) => deliveryKey(parseWebhookDelivery(body))
    expect(key(usage)).toBe(key({ ...usage, threshold: 81 }))
    const others = [
      { ...usage, id: 'x' },
      { ...usage, type: 'SUBSCRIPTION_END' },
      { ...usage, subscription_id: 'x' },
    ]
    expect(new Set([usage, ...others].map(key)).size).toBe(4)
  })
})
