/**
 * Pagination by headers.
 *
 * @see spec/truphone.md section 2.5
 * @module
 */
import type { Scripted } from '@latchkey/testkit'
import { describe, expect, test } from 'vitest'
import type { TruphoneClient } from '../../src/index.ts'
import { api, client, on, subscription } from '../support/client.ts'

const page = (request: string, ids: readonly string[], next?: string): Scripted =>
  on(request, {
    json: ids.map((id) => subscription(id)),
    ...(next !== undefined && { headers: { 'x-next-page': next } }),
  })

async function idsOf(truphone: TruphoneClient, ...args: Parameters<TruphoneClient['subscriptions']['list']>) {
  const ids: string[] = []
  for await (const { id } of truphone.subscriptions.list(...args)) ids.push(id)
  return ids
}

describe('pages', () => {
  test('follow the header, through short and empty pages, until it is missing (C16)', async () => {
    const { truphone, clock, fetch } = client([
      page('GET /v1/subscription?size=10&product-id=----AQID__4%3D', ['s1'], `${api}/v1/subscription?size=10&page=1`),
      page('GET /v1/subscription?size=10&page=1', [], '/connect-api/v1/subscription?size=10&page=2'),
      page('GET /v1/subscription?size=10&page=2', ['s2', 's3']),
    ])
    expect(await clock.drive(idsOf(truphone, { size: 10, productId: '----AQID__4=' }))).toEqual(['s1', 's2', 's3'])
    fetch.done()
  })

  test('dates are sent in UTC with a literal Z (A12)', async () => {
    const after = encodeURIComponent('2031-05-01T10:00:00.000Z')
    const { truphone, clock, fetch } = client([page(`GET /v1/subscription?after=${after}`, [])])
    await clock.drive(idsOf(truphone, { after: '2031-05-01T12:00:00+0200' }))
    fetch.done()
  })

  test('the token never goes to a host that a header names (A11)', async () => {
    const { truphone, clock, fetch } = client([
      page('GET /v1/subscription', ['s1'], 'https://evil.example/other/path?page=7&email=a%2Bb#x'),
      page('GET /v1/subscription?page=7&email=a%2Bb', ['s2']),
    ])
    expect(await clock.drive(idsOf(truphone))).toEqual(['s1', 's2'])
    expect(new Set(fetch.calls.map(({ url }) => url.host))).toEqual(new Set(['services.truphone.com']))
    fetch.done()
  })

  test('pages that lead in a circle end in an error, after what they brought', async () => {
    const next = `${api}/v1/subscription?page=1`
    const { truphone, clock, fetch } = client([
      page('GET /v1/subscription', ['s1'], next),
      page('GET /v1/subscription?page=1', ['s2'], next),
    ])
    const seen: string[] = []
    const walk = async (): Promise<void> => {
      for await (const each of truphone.subscriptions.pages()) seen.push(...each.map(({ id }) => id))
    }
    await expect(clock.drive(walk())).rejects.toMatchObject({ code: 'TRUPHONE_MALFORMED_ANSWER', reason: 'page-loop' })
    expect(seen).toEqual(['s1', 's2'])
    fetch.done()
  })

  test('pagesMax is a cap: as many pages are fine, one more is not', async () => {
    const script = [
      page('GET /v1/subscription', ['s1'], '?page=1'),
      page('GET /v1/subscription?page=1', ['s2'], '?page=2'),
      page('GET /v1/subscription?page=2', ['s3']),
    ]
    const enough = client(script)
    expect(await enough.clock.drive(idsOf(enough.truphone, {}, { pagesMax: 3 }))).toHaveLength(3)
    const short = client(script.slice(0, 2))
    const walk = short.clock.drive(idsOf(short.truphone, {}, { pagesMax: 2 }))
    await expect(walk).rejects.toMatchObject({ code: 'TRUPHONE_TOO_MANY_PAGES' })
  })

  test('a header that is no URL is an error', async () => {
    const { truphone, clock } = client([page('GET /v1/subscription', ['s1'], 'http://[')])
    await expect(clock.drive(idsOf(truphone))).rejects.toMatchObject({ reason: 'next-page' })
  })

  test('a loop that is left early asks for no further page', async () => {
    const { truphone, clock, fetch } = client([page('GET /v1/subscription', ['s1', 's2'], '?page=1')])
    const first = async (): Promise<string | undefined> => {
      for await (const { id } of truphone.subscriptions.list()) return id
      return undefined
    }
    expect(await clock.drive(first())).toBe('s1')
    fetch.done()
  })

  test('a wrong filter is told from the loop, and nothing is sent', async () => {
    const { truphone, fetch } = client([])
    await expect(idsOf(truphone, { size: 0 })).rejects.toMatchObject({ code: 'ERR_INVALID_ARG' })
    await expect(idsOf(truphone, {}, { pagesMax: 0 })).rejects.toMatchObject({ code: 'ERR_INVALID_ARG' })
    expect(fetch.calls).toHaveLength(0)
  })
})
