/**
 * What is particular to undici; what both transports do alike is in `transports.test.ts`.
 */
import { getEventListeners, once } from 'node:events'
import { createServer as createHttp2Server } from 'node:http2'
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough, Readable } from 'node:stream'
import { pipeline as join } from 'node:stream/promises'
import { text } from 'node:stream/consumers'
import { TokenError } from '@latchkey/core'
import type { Need, Token } from '@latchkey/core'
import { Agent, Client, fetch as undiciFetch, FormData, H2CClient, Headers, interceptors, Pool, request } from 'undici'
import type { Dispatcher } from 'undici'
import { describe, expect, onTestFinished, test } from 'vitest'
import { tokenInterceptor } from '../../src/undici.ts'
import type { TransportOptions } from '../../src/undici.ts'
import { bodyOf, rejection, scriptedSource, serve, tokenOf } from '../doubles.ts'

type Source = Parameters<typeof tokenInterceptor>[0]

function agentFor(source: Source, base: string, more: Partial<TransportOptions> = {}): Dispatcher {
  const agent = new Agent()
  onTestFinished(() => agent.destroy())
  return agent.compose(tokenInterceptor(source, { origins: [base], ...more }))
}

/** A server that refuses whatever but the second token, and notes what it was asked. */
async function resource() {
  const seen: { line: string; headers: IncomingMessage['headers']; body: string }[] = []
  const base = await serve((request, response) => {
    void bodyOf(request).then((body) => {
      seen.push({ line: `${request.method} ${request.url}`, headers: request.headers, body })
      const good = request.headers.authorization === 'Bearer secret-token-2'
      response.writeHead(good ? 200 : 401, { 'x-id': '7' }).end(good ? 'good' : 'who are you')
    })
  })
  return { base, seen, tokens: () => seen.map(({ headers }) => headers.authorization) }
}

const both = ['Bearer secret-token-1', 'Bearer secret-token-2']

describe('options', () => {
  const source = scriptedless()
  test.each([
    ['an insecure origin', { origins: ['http://api.example.test'] }, /neither https nor http on loopback/],
    ['no origin', { origins: [] }, /at least one/],
    ['an unknown name', { origins: ['https://a.test'], clasify: () => 'fine' }, /"clasify".*"classify"/],
    ['a fetch, which is of no use here', { origins: ['https://a.test'], fetch }, /unknown option "fetch"/],
  ])('%s is refused at construction', (_, options, message) => {
    expect(() => tokenInterceptor(source, options)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG', message: expect.stringMatching(message) as string }),
    )
  })
})

describe('every door of undici', () => {
  test('request', async () => {
    const { base, tokens } = await resource()
    const { source } = scriptedSource(tokenOf(1), tokenOf(2))
    const { statusCode, body } = await request(base, { dispatcher: agentFor(source, base) })
    expect([statusCode, await body.text()]).toEqual([200, 'good'])
    expect(tokens()).toEqual(both)
  })

  test('stream, which hears of the last answer alone', async () => {
    const { base, tokens } = await resource()
    const { source } = scriptedSource(tokenOf(1), tokenOf(2))
    const into = new PassThrough()
    const statuses: number[] = []
    const options = { origin: base, path: '/', method: 'GET' } as const
    await agentFor(source, base).stream(options, ({ statusCode }) => (statuses.push(statusCode), into))
    expect(await text(into)).toBe('good')
    expect(statuses).toEqual([200])
    expect(tokens()).toEqual(both)
  })

  test('pipeline, whose body can be read once', async () => {
    const { base, seen } = await resource()
    const { source, refusals } = scriptedSource(tokenOf(1))
    const options = { origin: base, path: '/', method: 'PUT' } as const
    const through = agentFor(source, base).pipeline(options, ({ body }) => body)
    const out = new PassThrough()
    await join(Readable.from(['a', 'b']), through, out)
    expect(await text(out)).toBe('who are you')
    expect(seen.map(({ body }) => body)).toEqual(['ab'])
    expect(refusals).toHaveLength(1)
  })

  test('fetch of undici, and the global one', async () => {
    for (const send of [undiciFetch, globalThis.fetch as unknown as typeof undiciFetch]) {
      const { base, tokens } = await resource()
      const { source } = scriptedSource(tokenOf(1), tokenOf(2))
      const response = await send(base, { dispatcher: agentFor(source, base) })
      expect([response.status, await response.text()]).toEqual([200, 'good'])
      expect(tokens()).toEqual(both)
    }
  })

  test('fetch, whose bodies reach undici as streams and are sent once', async () => {
    for (const send of [undiciFetch, globalThis.fetch as unknown as typeof undiciFetch]) {
      const { base, seen } = await resource()
      const { source, refusals } = scriptedSource(tokenOf(1))
      const response = await send(base, { dispatcher: agentFor(source, base), method: 'POST', body: 'text' })
      expect([response.status, await response.text()]).toEqual([401, 'who are you'])
      expect(seen.map(({ body }) => body)).toEqual(['text'])
      expect(refusals).toHaveLength(1)
    }
  })

  test('fetch, whose signal ends the wait for a token', async () => {
    for (const send of [undiciFetch, globalThis.fetch as unknown as typeof undiciFetch]) {
      const { base, seen } = await resource()
      const control = new AbortController()
      let left = false
      const { source } = scriptedSource(({ signal }: Need) => {
        signal!.addEventListener('abort', () => (left = true))
        setImmediate(() => control.abort(new Error('mine')))
        return new Promise<Token>(() => {})
      })
      const error = await rejection(send(base, { dispatcher: agentFor(source, base), signal: control.signal }))
      expect(error).toMatchObject({ message: 'mine' })
      expect(left).toBe(true)
      expect(seen).toEqual([])
    }
  })

  test.each([
    ['Client', (base: string) => new Client(base)],
    ['Pool', (base: string) => new Pool(base)],
  ])('%s, where the request names its origin', async (_, make) => {
    const { base, tokens } = await resource()
    const { source } = scriptedSource(tokenOf(1), tokenOf(2))
    const client = make(base)
    onTestFinished(() => client.destroy())
    const composed = client.compose(tokenInterceptor(source, { origins: [base] }))
    const { body } = await composed.request({ origin: base, path: '/', method: 'GET' })
    expect(await body.text()).toBe('good')
    expect(tokens()).toEqual(both)
    const error = await rejection(composed.request({ path: '/', method: 'GET' }))
    expect(error).toMatchObject({ code: 'ERR_INVALID_ARG', message: expect.stringContaining('origin') as string })
    expect(tokens()).toHaveLength(2)
  })

  test('HTTP/2', async () => {
    const seen: unknown[] = []
    const server = createHttp2Server((request, response) => {
      seen.push(request.headers.authorization)
      response.writeHead(seen.length === 1 ? 401 : 200)
      response.end(seen.length === 1 ? 'x'.repeat(100_000) : 'good')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // It listens on TCP.
    const client = new H2CClient(base)
    onTestFinished(() => client.destroy())
    const { source } = scriptedSource(tokenOf(1), tokenOf(2))
    const composed = client.compose(tokenInterceptor(source, { origins: [base] }))
    const { body } = await composed.request({ origin: base, path: '/', method: 'GET' })
    expect(await body.text()).toBe('good')
    expect(seen).toEqual(both)
  })

  test('HEAD, which has an answer without a body', async () => {
    const { base, tokens } = await resource()
    const { source } = scriptedSource(tokenOf(1), tokenOf(2))
    const { statusCode } = await request(base, { method: 'HEAD', dispatcher: agentFor(source, base) })
    expect(statusCode).toBe(200)
    expect(tokens()).toEqual(both)
  })
})

describe('headers', () => {
  const shapes: readonly [string, (name: string) => unknown][] = [
    ['a record', (name) => ({ 'x-mine': 'kept', ...(name && { [name]: 'Basic mine' }) })],
    ['a flat list', (name) => ['x-mine', 'kept', ...(name ? [name, 'Basic mine'] : [])]],
    ['a list of pairs', (name) => [['x-mine', 'kept'], ...(name ? [[name, 'Basic mine']] : [])]],
    ['a Map', (name) => new Map([['x-mine', 'kept'], ...(name ? ([[name, 'Basic mine']] as const) : [])])],
    ['Headers', (name) => new Headers({ 'x-mine': 'kept', ...(name && { [name]: 'Basic mine' }) })],
    ['what is walked once', (name) => pairs(name)],
  ]
  function* pairs(name: string) {
    yield ['x-mine', 'kept']
    if (name) yield [name, 'Basic mine']
  }

  test.each(shapes)('in %s keep their place beside the token, at the repeat too', async (_, make) => {
    const { base, seen, tokens } = await resource()
    const { source } = scriptedSource(tokenOf(1), tokenOf(2))
    const headers = make('') as Record<string, string> // Whatever undici takes.
    await (await request(base, { headers, dispatcher: agentFor(source, base) })).body.text()
    expect(tokens()).toEqual(both)
    expect(seen.map(({ headers }) => headers['x-mine'])).toEqual(['kept', 'kept'])
  })

  const own = shapes.flatMap(([shape, make]) =>
    ['authorization', 'Authorization', 'AUTHORIZATION'].map((name) => [name, shape, make] as const),
  )
  test.each(own)("give way to the caller's own %s in %s (7.6)", async (name, _, make) => {
    const { base, seen, tokens } = await resource()
    const { source, refusals } = scriptedSource()
    const headers = make(name) as Record<string, string> // As above.
    await (await request(base, { headers, dispatcher: agentFor(source, base) })).body.text()
    expect(tokens()).toEqual(['Basic mine'])
    expect(seen[0]!.headers['x-mine']).toBe('kept')
    expect(refusals).toEqual([])
  })

  test.each(['Authorization', 'authorization'])('with an %s that is undefined have none', async (name) => {
    const { base, tokens } = await resource()
    const { source } = scriptedSource(tokenOf(1), tokenOf(2))
    const headers = { [name]: undefined }
    await (await request(base, { headers, dispatcher: agentFor(source, base) })).body.text()
    expect(tokens()).toEqual(both)
  })

  test('that the caller changes while the token is waited for are sent as they were', async () => {
    const { base, seen } = await resource()
    const headers: Record<string, string> = { 'x-mine': 'first' }
    const { source } = scriptedSource(() => ((headers['x-mine'] = 'second'), tokenOf(2)))
    await (await request(base, { headers, dispatcher: agentFor(source, base) })).body.text()
    expect(seen[0]!.headers['x-mine']).toBe('first')
  })

  test.each(['x-mine: 1', 7, [['x-mine']]])("that are none are undici's to refuse: %j", async (headers) => {
    const { base, seen } = await resource()
    const { source } = scriptedSource()
    const options = { headers: headers as never, dispatcher: agentFor(source, base) }
    expect(await rejection(request(base, options))).toMatchObject({ code: 'UND_ERR_INVALID_ARG' })
    expect(seen).toEqual([])
  })
})

describe('the place among other interceptors', () => {
  const redirect = interceptors.redirect({ maxRedirections: 5 })

  /** A server whose `/a` redirects to another, and that one. */
  async function twoServers(status = 302) {
    const seen: string[] = []
    const other = await serve((request, response) => {
      seen.push(`other ${request.url} ${request.headers.authorization}`)
      response.end('there')
    })
    const home = await serve((request, response) => {
      request.resume()
      seen.push(`home ${request.url} ${request.headers.authorization}`)
      response.writeHead(status, { location: `${other}/b` }).end()
    })
    return { home, other, seen }
  }

  test('after redirect, the token goes to no other origin, configured or not (7.6)', async () => {
    const { home, other, seen } = await twoServers()
    const { source } = scriptedSource(tokenOf(1))
    const agent = new Agent()
    onTestFinished(() => agent.destroy())
    const dispatcher = agent.compose(redirect, tokenInterceptor(source, { origins: [home, other] }))
    const { body, context } = await request(`${home}/a`, { dispatcher })
    expect(await body.text()).toBe('there')
    expect(seen).toEqual(['home /a Bearer secret-token-1', 'other /b undefined'])
    expect((context as { history: URL[] }).history.map(String)).toEqual([`${home}/a`, `${other}/b`])
  })

  test('before redirect, each step is a request of its own: only configured origins get a token', async () => {
    const { home, other, seen } = await twoServers()
    for (const origins of [[home], [home, other]]) {
      const { source } = scriptedSource(...origins.map((_, index) => tokenOf(index + 1)))
      const agent = new Agent()
      onTestFinished(() => agent.destroy())
      const dispatcher = agent.compose(tokenInterceptor(source, { origins }), redirect)
      await (await request(`${home}/a`, { dispatcher })).body.text()
    }
    expect(seen).toEqual([
      'home /a Bearer secret-token-1',
      'other /b undefined',
      'home /a Bearer secret-token-1',
      'other /b Bearer secret-token-2',
    ])
  })

  test('a GET that is refused behind a redirect is repeated from its beginning', async () => {
    const seen: string[] = []
    const base = await serve((request, response) => {
      seen.push(`${request.url} ${request.headers.authorization}`)
      if (request.url === '/a') return void response.writeHead(302, { location: '/b' }).end()
      response.writeHead(request.headers.authorization === both[1] ? 200 : 401).end('answer')
    })
    const { source } = scriptedSource(tokenOf(1), tokenOf(2))
    const agent = new Agent()
    onTestFinished(() => agent.destroy())
    const dispatcher = agent.compose(redirect, tokenInterceptor(source, { origins: [base] }))
    expect((await request(`${base}/a`, { dispatcher })).statusCode).toBe(200)
    expect(seen).toEqual([`/a ${both[0]}`, `/b ${both[0]}`, `/a ${both[1]}`, `/b ${both[1]}`])
  })

  test('a POST that is refused behind a redirect is not: the first step may have processed it', async () => {
    const seen: string[] = []
    const base = await serve((request, response) => {
      request.resume()
      seen.push(`${request.method} ${request.url}`)
      if (request.url === '/pay') response.writeHead(303, { location: '/receipt' }).end()
      else response.writeHead(401).end('who are you')
    })
    const { source, refusals } = scriptedSource(tokenOf(1))
    const agent = new Agent()
    onTestFinished(() => agent.destroy())
    const dispatcher = agent.compose(redirect, tokenInterceptor(source, { origins: [base] }))
    const { statusCode } = await request(`${base}/pay`, { method: 'POST', body: 'pay', dispatcher })
    expect(statusCode).toBe(401)
    expect(seen).toEqual(['POST /pay', 'GET /receipt'])
    expect(refusals).toHaveLength(1)
  })

  test('before responseError, the refusal is seen', async () => {
    const { base, tokens } = await resource()
    const { source } = scriptedSource(tokenOf(1), tokenOf(2))
    const dispatcher = agentFor(source, base).compose(interceptors.responseError())
    expect((await request(base, { dispatcher })).statusCode).toBe(200)
    expect(tokens()).toEqual(both)
  })

  test('after retry and decompress, what they do is judged and handed on', async () => {
    let arrived = 0
    const base = await serve((_, response) => {
      arrived += 1
      response.writeHead(arrived === 1 ? 503 : arrived === 2 ? 401 : 200).end('x')
    })
    const { source } = scriptedSource(tokenOf(1), tokenOf(2))
    const agent = new Agent()
    onTestFinished(() => agent.destroy())
    const retry = interceptors.retry({ minTimeout: 1, maxRetries: 2 })
    const dispatcher = agent.compose(retry, interceptors.decompress(), tokenInterceptor(source, { origins: [base] }))
    expect((await request(base, { dispatcher })).statusCode).toBe(200)
    expect(arrived).toBe(3)
  })
})

describe('what goes through untouched', () => {
  test('an upgrade', async () => {
    const seen: unknown[] = []
    const { source } = scriptedSource()
    const server = await upgrading((request) => seen.push(request.headers.authorization))
    const { socket } = await agentFor(source, server).upgrade({ origin: server, path: '/' } as never) // Typed for clients.
    socket.destroy()
    expect(seen).toEqual([undefined])
  })

  test('CONNECT', async () => {
    const seen: unknown[] = []
    const { source } = scriptedSource()
    const server = await upgrading((request) => seen.push(request.headers.authorization))
    const { socket } = await agentFor(source, server).connect({ origin: server, path: 'elsewhere:443' })
    socket.destroy()
    expect(seen).toEqual([undefined])
  })
})

describe('a handler', () => {
  test('hears of informational answers, and of the refused one nothing', async () => {
    let arrived = 0
    const base = await serve((_, response) => {
      arrived += 1
      response.writeEarlyHints({ link: `</${arrived}.css>; rel=preload` })
      response.writeHead(arrived === 1 ? 401 : 200).end('good')
    })
    const infos: number[] = []
    const { source } = scriptedSource(tokenOf(1), tokenOf(2))
    const onInfo = ({ statusCode }: { statusCode: number }): void => void infos.push(statusCode)
    const { body } = await request(base, { dispatcher: agentFor(source, base), onInfo })
    expect(await body.text()).toBe('good')
    expect(infos).toEqual([103, 103])
  })

  test.each([
    ['at once', undefined],
    ['later', async () => 'fine' as const],
  ])(
    'that throws when the answer comes %s is told its own error, and the connection is closed',
    async (_, classify) => {
      let closed = false
      const base = await serve((_, response) => {
        response.on('close', () => (closed = true))
        response.write('never ends')
      })
      const { source } = scriptedSource(tokenOf(1))
      const options = { origin: base, path: '/', method: 'GET' } as const
      const bug = new Error('bug')
      const streaming = agentFor(source, base, classify && { classify }).stream(options, () => {
        throw bug
      })
      expect(await rejection(streaming)).toBe(bug)
      await expect.poll(() => closed).toBe(true)
    },
  )

  test('gets the trailers, and an answer of several megabytes in order', async () => {
    const part = (index: number): Buffer => Buffer.alloc(100_000, index)
    const base = await serve((_, response) => {
      response.writeHead(404, { trailer: 'x-sum' })
      for (let index = 0; index < 40; index += 1) response.write(part(index))
      response.addTrailers({ 'x-sum': '40' })
      response.end()
    })
    const { source } = scriptedSource(tokenOf(1))
    const classify = async (answer: { text(): Promise<string> }) =>
      (await answer.text()) === '' ? ('refused' as const) : ('fine' as const)
    const { body, trailers } = await request(base, { dispatcher: agentFor(source, base, { classify }) })
    const bytes = Buffer.from(await body.arrayBuffer())
    expect(bytes.equals(Buffer.concat(Array.from({ length: 40 }, (_, index) => part(index))))).toBe(true)
    expect(trailers).toEqual({ 'x-sum': '40' })
  })
})

describe('a body', () => {
  test('that fails while the token is waited for ends the request, not the process', async () => {
    const { base, seen } = await resource()
    const body = new PassThrough()
    const broken = new Error('broken')
    const { source } = scriptedSource(() => {
      setImmediate(() => body.destroy(broken))
      return new Promise<Token>(() => {})
    })
    const sent = request(base, { method: 'POST', body, dispatcher: agentFor(source, base) })
    expect(await rejection(sent)).toBe(broken)
    expect(seen).toEqual([])
  })

  test('that is not sent because no token could be had is destroyed', async () => {
    const { base } = await resource()
    const body = new PassThrough()
    const { source } = scriptedSource(new TokenError('LATCHKEY_ENDPOINT_UNREACHABLE', 'down'))
    const sent = request(base, { method: 'POST', body, dispatcher: agentFor(source, base) })
    expect(await rejection(sent)).toMatchObject({ code: 'LATCHKEY_ENDPOINT_UNREACHABLE' })
    expect(body.destroyed).toBe(true)
  })

  test('that is a stream is free of our listener once it is sent', async () => {
    const { base } = await resource()
    const body = new PassThrough()
    body.end('once')
    const before = body.listenerCount('error')
    const { source } = scriptedSource(tokenOf(2))
    await (await request(base, { method: 'POST', body, dispatcher: agentFor(source, base) })).body.text()
    expect(body.listenerCount('error')).toBeLessThanOrEqual(before + 1) // One of undici's own stays.
  })

  test('that is a form with something else than text and files in it is sent once', async () => {
    const { base, seen } = await resource()
    const form = new FormData()
    form.set('field', 'value')
    const odd = { stream: () => Readable.from(['x']), [Symbol.toStringTag]: 'File' }
    const values = form.values.bind(form)
    form.values = (() => [...values(), odd]) as never // A form that is not undici's may hold anything.
    const { source, refusals } = scriptedSource(tokenOf(1))
    await (await request(base, { method: 'POST', body: form, dispatcher: agentFor(source, base) })).body.text()
    expect(seen).toHaveLength(1)
    expect(refusals).toHaveLength(1)
  })
})

test('an agent that is closed is an ordinary error', async () => {
  const { source } = scriptedSource(tokenOf(1))
  const agent = new Agent()
  await agent.close()
  const dispatcher = agent.compose(tokenInterceptor(source, { origins: ['http://127.0.0.1:9'] }))
  expect(await rejection(request('http://127.0.0.1:9', { dispatcher }))).toMatchObject({ code: 'UND_ERR_DESTROYED' })
})

test("adds no listener to the caller's signal beside undici's own (12.2)", async () => {
  const { signal } = new AbortController()
  const during: number[] = []
  const base = await serve((_, response) => {
    during.push(getEventListeners(signal, 'abort').length)
    response.writeHead(during.length === 2 ? 401 : 200).end()
  })
  const agent = new Agent()
  onTestFinished(() => agent.destroy())
  const { source } = scriptedSource(tokenOf(1), tokenOf(2))
  for (const dispatcher of [agent, agentFor(source, base)]) {
    await (await request(base, { dispatcher, signal })).body.text()
  }
  expect(during).toEqual([1, 1, 1])
  await expect.poll(() => getEventListeners(signal, 'abort').length).toBe(0)
})

function scriptedless(): Source {
  const unscripted = () => Promise.reject(new Error('unscripted'))
  return { get: unscripted, peek: () => undefined, refuse: () => {}, forget: unscripted, revoke: unscripted }
}

/** A server that agrees to every upgrade and every tunnel. */
async function upgrading(note: (request: IncomingMessage) => void): Promise<string> {
  const server = createServer()
  server.on('upgrade', (request, socket) => {
    note(request)
    socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n')
  })
  server.on('connect', (request, socket) => {
    note(request)
    socket.end('HTTP/1.1 200 OK\r\n\r\n')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}` // It listens on TCP.
}
