/**
 * The receiver over real sockets: node:http, node:http as Express hands it over, Fastify's shapes and Hono.
 *
 * @see spec/truphone.md section 7.5
 * @module
 */
import { createServer, request as send } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { virtualClock } from '@latchkey/testkit'
import { Hono } from 'hono'
import { afterEach, describe, expect, test } from 'vitest'
import { createWebhookReceiver, createWebhookToken } from '../../src/index.ts'
import type { WebhookDelivery, WebhookReceiver, WebhookReceiverOptions } from '../../src/index.ts'

const token = createWebhookToken()
const path = `/hooks/${token}`
const delivery = { id: 'n1', type: 'SUBSCRIPTION_END', iccid: '8944000000000000019', subscription_id: 's1' }
const text = JSON.stringify(delivery)

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

/** A receiver whose next deliveries and errors can be waited for. */
function inbox(options: Partial<WebhookReceiverOptions> = {}) {
  const got: WebhookDelivery[] = []
  const errors: unknown[] = []
  const waiting: (() => void)[] = []
  const wake = (): void => waiting.splice(0).forEach((each) => each())
  const receiver = createWebhookReceiver({
    token,
    onDelivery: (each) => {
      got.push(each)
      wake()
    },
    onError: (error) => {
      errors.push(error)
      wake()
    },
    ...options,
  })
  const next = (): Promise<void> => new Promise((resolve) => waiting.push(resolve))
  return { receiver, got, errors, next }
}

async function listen(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('The server has no address.')
  return `http://127.0.0.1:${address.port}`
}

const post = (url: string, body: string, type = 'application/json'): Promise<Response> =>
  fetch(url, { method: 'POST', body, headers: { 'content-type': type } })

const doors: Record<string, (receiver: WebhookReceiver) => Promise<string>> = {
  'node:http': (receiver) => listen((request, response) => void receiver.node(request, response)),
  Hono: (receiver) => {
    const app = new Hono()
    app.all('/hooks/:token', (context) => receiver.fetch(context.req.raw))
    return listen((request, response) => {
      const { method = 'GET' } = request
      const headers = request.headers as Record<string, string> // Single ones.
      const body = method === 'GET' ? {} : { body: Readable.toWeb(request), duplex: 'half' }
      const asked = new Request(`http://127.0.0.1${request.url ?? ''}`, { method, headers, ...body } as RequestInit) // Node's.
      void Promise.resolve(app.fetch(asked)).then(({ status }) => response.writeHead(status).end())
    })
  },
}

describe.each(Object.entries(doors))('%s', (_, serve) => {
  test('a delivery is answered with 204 and handed on', async () => {
    const { receiver, got, next } = inbox()
    const origin = await serve(receiver)
    const handed = next()
    expect((await post(origin + path, text)).status).toBe(204)
    await handed
    expect(got).toMatchObject([{ kind: 'subscription-end', subscriptionId: 's1' }])
  })

  test('an ICCID as a number keeps its digits on the way', async () => {
    const { receiver, got, next } = inbox()
    const origin = await serve(receiver)
    const handed = next()
    await post(origin + path, '{"type":"USAGE_THRESHOLD","iccid":893000000002391231}')
    await handed
    expect(got).toMatchObject([{ iccid: '893000000002391231' }])
  })

  test.each([
    [404, 'a wrong token', `/hooks/${token}x`, text, 'application/json'],
    [404, 'a token in the wrong place', `/hooks/x?${token}`, text, 'application/json'],
    [415, 'a form', path, 'a=b', 'application/x-www-form-urlencoded'],
    [400, 'nonsense', path, 'nonsense', 'application/json'],
    [413, 'a body of 65 537 bytes', path, 'x'.repeat(65_537), 'application/json'],
    [204, 'a body of 65 536 bytes', path, text + ' '.repeat(65_536 - text.length), 'application/json; charset=utf-8'],
  ])('%i for %s', async (status, _what, where, body, type) => {
    const { receiver } = inbox()
    const origin = await serve(receiver)
    expect((await post(origin + where, body, type)).status).toBe(status)
  })

  test('a GET is answered with 405', async () => {
    const { receiver } = inbox()
    expect((await fetch((await serve(receiver)) + path)).status).toBe(405)
  })

  test('a long body without a stated length is cut off with 413', async () => {
    const { receiver, got } = inbox()
    const origin = await serve(receiver)
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sending = send(origin + path, { method: 'POST' }, (answer) => {
        answer.resume()
        sending.destroy()
        resolve(answer.statusCode)
      })
      sending.on('error', reject)
      sending.write('x'.repeat(70_000)) // Chunked, and never ended.
    })
    expect(status).toBe(413)
    expect(got).toEqual([])
  })
})

describe('what the core promises', () => {
  const incoming = { method: 'POST', url: `https://partner.example${path}`, body: text }

  test('a notice that comes twice is answered twice and handed on once', async () => {
    const { receiver, got, next } = inbox()
    const handed = next()
    expect(receiver.receive(incoming)).toEqual({ status: 204 })
    expect(receiver.receive(incoming)).toEqual({ status: 204 })
    await handed
    const more = next()
    receiver.receive({ ...incoming, body: JSON.stringify({ ...delivery, id: 'n2' }) })
    await more
    expect(got.map(({ id }) => id)).toEqual(['n1', 'n2'])
  })

  test('only as many notices are remembered as stated', async () => {
    const { receiver, got, next } = inbox({ remembered: 1 })
    for (const id of ['n1', 'n2', 'n1']) {
      const handed = next()
      receiver.receive({ ...incoming, body: { ...delivery, id } })
      await handed
    }
    expect(got).toHaveLength(3)
  })

  test('the answer does not wait for the handler, and what it throws is heard', async () => {
    const failure = new Error('mine')
    const { receiver, errors, next } = inbox({ onDelivery: () => Promise.reject(failure) })
    const heard = next()
    expect(receiver.receive(incoming)).toEqual({ status: 204 })
    expect(errors).toEqual([])
    await heard
    expect(errors).toEqual([failure])
  })

  test('a thousand handlers at work are enough', async () => {
    let release = (): void => undefined
    const gate = new Promise<void>((resolve) => (release = resolve))
    const { receiver } = inbox({ onDelivery: () => gate, remembered: 5_000 })
    const status = (n: number) => receiver.receive({ ...incoming, body: { ...delivery, id: `n${n}` } }).status
    expect(new Set(Array.from({ length: 1_000 }, (_, n) => status(n)))).toEqual(new Set([204]))
    expect(status(1_000)).toBe(503)
    release()
    await new Promise((resolve) => setImmediate(resolve))
    expect(status(1_001)).toBe(204)
  })

  test('a body that does not arrive in time is given up with 408', async () => {
    const clock = virtualClock()
    const { receiver } = inbox({ clock })
    const body = new ReadableStream({ start: () => undefined })
    const init = { method: 'POST', body, duplex: 'half' }
    const answer = await clock.drive(receiver.fetch(new Request(`https://partner.example${path}`, init as RequestInit)))
    expect(answer.status).toBe(408)
    expect(clock.elapsed()).toBe(10_000)
  })

  test('an unknown type is acknowledged and handed on', async () => {
    const { receiver, got, next } = inbox()
    const handed = next()
    expect(receiver.receive({ ...incoming, body: { type: 'DOWNLOAD_PROGRESS' } }).status).toBe(204)
    await handed
    expect(got).toMatchObject([{ kind: 'unknown' }])
  })
})

test("Express's parsed body and original URL are used", async () => {
  const { receiver, got, next } = inbox()
  const origin = await listen((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const parsed = JSON.parse(Buffer.concat(chunks).toString()) as unknown // As `express.json()` does.
      void receiver.node(Object.assign(request, { body: parsed, originalUrl: request.url, url: '/' }), response)
    })
  })
  const handed = next()
  expect((await post(origin + path, text)).status).toBe(204)
  await handed
  expect(got).toHaveLength(1)
})

test("Fastify's request and reply are used", async () => {
  const { receiver, got, next } = inbox()
  const handed = next()
  let status = 0
  const reply = { code: (code: number) => ({ send: () => (status = code) }) }
  const request = { method: 'POST', url: path, headers: { 'content-type': 'application/json' } }
  receiver.fastify({ ...request, body: text }, reply)
  await handed
  expect(status).toBe(204)
  expect(got).toHaveLength(1)
  receiver.fastify({ ...request, body: 'x'.repeat(65_537) }, reply)
  expect(status).toBe(413)
})

describe('options', () => {
  const whole = { token, onDelivery: () => undefined, onError: () => undefined }
  test.each<readonly [string, object]>([
    ['token', { ...whole, token: 'short' }],
    ['token', { ...whole, token: 'has/a-slash-inside-of-it' }],
    ['onDelivery', { ...whole, onDelivery: 7 }],
    ['onError', { token, onDelivery: () => undefined }],
    ['bodyMaxBytes', { ...whole, bodyMaxBytes: 0 }],
    ['did you mean "onDelivery"', { ...whole, onDelivry: 7 }],
  ])('%s', (named, options) => {
    const attempt = () => createWebhookReceiver(options as WebhookReceiverOptions) // Wrong on purpose.
    expect(attempt).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG' }))
    expect(attempt).toThrow(named)
  })

  test('tokens are unguessable and usable in a URL', () => {
    const tokens = Array.from({ length: 20 }, createWebhookToken)
    expect(new Set(tokens).size).toBe(20)
    for (const each of tokens) expect(each).toMatch(/^[\w-]{32}$/)
  })
})
