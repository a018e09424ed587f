import { TokenError } from '@latchkey/core'
import { describe, expect, test, vi } from 'vitest'
import { authorizedFetch } from '../src/index.ts'
import type { AuthorizedRequestInit, JudgedAnswer } from '../src/index.ts'
import { rejection, scriptedFetch, scriptedSource, tokenOf } from './doubles.ts'

const origin = 'https://api.example.test'
const url = `${origin}/v1/items`
const refused = (body = 'who are you'): Response => new Response(body, { status: 401, headers: { 'x-id': '7' } })
const auth = (sent: { headers: Headers }): string | null => sent.headers.get('authorization')

describe('options', () => {
  const source = { get: vi.fn(), refuse: vi.fn() } as never // Never asked at construction.
  test.each([
    ['an insecure origin', { origins: ['http://api.example.test'] }, /neither https nor http on loopback/],
    ['no origin', { origins: [] }, /at least one/],
    ['an origin with a path', { origins: [`${origin}/v1`] }, /has a path/],
    ['an origin with a password', { origins: ['https://me:hunter2@api.example.test'] }, /a user/],
    ['what is no URL', { origins: ['api.example.test'] }, /not an absolute URL/],
    ['an unknown name', { origins: [origin], clasify: () => 'fine' }, /"clasify".*"classify"/],
  ])('%s is refused at construction', (_, options, message) => {
    const act = () => authorizedFetch(source, options) // Wrong on purpose.
    expect(act).toThrow(TypeError)
    expect(act).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG', message: expect.stringMatching(message) as string }),
    )
    expect(act).not.toThrow(/hunter2/)
  })

  test.each([
    'http://127.0.0.1:8080',
    'http://127.9.9.9',
    'http://127.1',
    'http://[::1]:9',
    'http://localhost:1/',
    origin,
  ])('the token may go to %s (7.6)', (each) =>
    expect(authorizedFetch(source, { origins: [each] })).toBeTypeOf('function'),
  )

  test.each([
    'http://localhost.evil.test',
    'http://127.0.0.1.evil.test',
    'http://0.0.0.0',
    'ftp://localhost',
    'http://10.0.0.1',
  ])('the token may not go to %s (7.6)', (each) =>
    expect(() => authorizedFetch(source, { origins: [each] })).toThrow(TypeError),
  )
})

describe('the token', () => {
  test('function stands wherever fetch is asked for', () => {
    const { source } = scriptedSource()
    const standIn: typeof globalThis.fetch = authorizedFetch(source, { origins: [origin] }) // Compiles, or fails the check.
    expect(standIn).toBeTypeOf('function')
  })

  test('is attached to a request to a configured origin, beside its own headers', async () => {
    const { source } = scriptedSource(tokenOf(1))
    const { fetch, calls } = scriptedFetch(new Response('hello'))
    const mine = new Headers({ 'x-mine': 'kept' })
    const response = await authorizedFetch(source, { origins: [origin], fetch })(url, { headers: mine })
    expect(await response.text()).toBe('hello')
    expect(auth(calls[0]!)).toBe('Bearer secret-token-1')
    expect(calls[0]!.headers.get('x-mine')).toBe('kept')
    expect(mine.has('authorization')).toBe(false)
  })

  test.each([
    'https://other.example.test/v1',
    'https://api.example.test.evil.test/v1',
    'https://api.example.test:8443/v1',
    'http://api.example.test/v1',
    'https://api.example.test@evil.test/',
  ])('does not go to %s, which is another origin (7.6)', async (other) => {
    const { source, refusals } = scriptedSource()
    const { fetch, calls } = scriptedFetch(refused())
    const response = await authorizedFetch(source, { origins: [origin], fetch })(other)
    expect(response.status).toBe(401)
    expect(auth(calls[0]!)).toBeNull()
    expect(calls[0]!.init.redirect).toBeUndefined()
    expect(refusals).toEqual([])
  })

  test.each([
    ['a URL', new URL(url)],
    ['a URL without a path', origin],
    ['a Request', new Request(url)],
    ['an address in another spelling', 'HTTPS://API.example.test:443/v1/items'],
  ])('goes with %s', async (_, input) => {
    const { source } = scriptedSource(tokenOf(1))
    const { fetch, calls } = scriptedFetch(new Response())
    await authorizedFetch(source, { origins: [origin], fetch })(input)
    expect(auth(calls[0]!)).toBe('Bearer secret-token-1')
  })

  test.each([
    ['init', url, { headers: { Authorization: 'Basic mine' } }],
    ['a Request', new Request(url, { headers: { authorization: 'Basic mine' } }), undefined],
  ])("gives way to the caller's own Authorization in %s, and nothing is judged (7.6)", async (_, input, init) => {
    const { source, refusals } = scriptedSource()
    const { fetch, calls } = scriptedFetch(refused())
    const response = await authorizedFetch(source, { origins: [origin], fetch })(input, init)
    expect(response.status).toBe(401)
    expect(auth(calls[0]!)).toBe('Basic mine')
    expect(refusals).toEqual([])
  })

  test('that is no header text is an error that does not quote it (10.3)', async () => {
    const bad = { ...tokenOf(1), header: () => 'Bearer secret\nline' }
    const { source } = scriptedSource(bad)
    const { fetch } = scriptedFetch()
    const error = await rejection(authorizedFetch(source, { origins: [origin], fetch })(url))
    expect(error).toMatchObject({ code: 'LATCHKEY_BAD_TOKEN' })
    expect(String((error as Error).stack)).not.toContain('secret')
  })
})

describe('a refused token', () => {
  test('is reported and the request sent once more with a newer one (7.3)', async () => {
    const { source, needs, refusals } = scriptedSource(tokenOf(1), tokenOf(2))
    const { fetch, calls } = scriptedFetch(refused(), new Response('hello'))
    const response = await authorizedFetch(source, { origins: [origin], fetch })(url, {
      method: 'POST',
      body: 'payload',
    })
    expect(await response.text()).toBe('hello')
    expect(calls.map(auth)).toEqual(['Bearer secret-token-1', 'Bearer secret-token-2'])
    expect(calls.map(({ text }) => text)).toEqual(['payload', 'payload'])
    expect(refusals).toEqual([{ generation: 1, evidence: { status: 401, verdict: 'refused' } }])
    expect(needs[1]).toMatchObject({ after: 1 })
  })

  test('is repeated with the same generation where the engine lets it settle (7.2)', async () => {
    const { source, refusals } = scriptedSource(tokenOf(1), tokenOf(1))
    const { fetch, calls } = scriptedFetch(refused(), new Response('hello'))
    await authorizedFetch(source, { origins: [origin], fetch })(url)
    expect(calls).toHaveLength(2)
    expect(refusals).toHaveLength(1)
  })

  test('that is refused again reaches the caller unchanged, and counts (7.3)', async () => {
    const { source, refusals } = scriptedSource(tokenOf(1), tokenOf(2))
    const { fetch } = scriptedFetch(refused('first'), refused('second'))
    const response = await authorizedFetch(source, { origins: [origin], fetch })(url)
    expect(response.status).toBe(401)
    expect(await response.text()).toBe('second')
    expect(refusals.map(({ generation }) => generation)).toEqual([1, 2])
  })

  test("for which there is no newer one: the caller gets the resource's answer, body and all (7.2)", async () => {
    const { source } = scriptedSource(tokenOf(1), new TokenError('LATCHKEY_TOKEN_REJECTED', 'budget'))
    const answer = refused('x'.repeat(200_000))
    const { fetch } = scriptedFetch(answer)
    const response = await authorizedFetch(source, { origins: [origin], fetch })(url)
    expect([response.status, response.statusText]).toEqual([answer.status, answer.statusText])
    expect(response.url).toBe(answer.url)
    expect(response.headers.get('x-id')).toBe('7')
    expect(await response.text()).toBe('x'.repeat(200_000))
  })

  test('whose renewal fails rejects with the TokenError', async () => {
    const down = new TokenError('LATCHKEY_ENDPOINT_UNREACHABLE', 'down')
    const { source } = scriptedSource(tokenOf(1), down)
    const { fetch } = scriptedFetch(refused())
    expect(await rejection(authorizedFetch(source, { origins: [origin], fetch })(url))).toBe(down)
  })

  test("whose renewal the caller aborts rejects with the caller's own reason", async () => {
    const reason = { mine: true }
    const control = new AbortController()
    const { source } = scriptedSource(
      tokenOf(1),
      ({ signal }) =>
        new Promise((_, reject) => signal!.addEventListener('abort', () => reject(signal!.reason as Error))),
    )
    const { fetch } = scriptedFetch(() => {
      setImmediate(() => control.abort(reason))
      return refused()
    })
    expect(
      await rejection(authorizedFetch(source, { origins: [origin], fetch })(url, { signal: control.signal })),
    ).toBe(reason)
  })

  test('leaves no unread body behind when the request is repeated (7.5)', async () => {
    const cancelled = vi.fn()
    const endless = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array(10)), // More never comes.
      cancel: cancelled,
    })
    const { source } = scriptedSource(tokenOf(1), tokenOf(2))
    const { fetch } = scriptedFetch(new Response(endless, { status: 401 }), new Response('hello'))
    await authorizedFetch(source, { origins: [origin], fetch })(url)
    await expect.poll(() => cancelled).toHaveBeenCalledTimes(1)
  })

  test('whose repeat meets a broken connection rejects as fetch does', async () => {
    const broken = new TypeError('fetch failed')
    const { source } = scriptedSource(tokenOf(1), tokenOf(2))
    const { fetch } = scriptedFetch(refused(), broken)
    expect(await rejection(authorizedFetch(source, { origins: [origin], fetch })(url))).toBe(broken)
  })

  test('is not seen in a 403, which is forbidden and no refusal', async () => {
    const { source, refusals } = scriptedSource(tokenOf(1))
    const { fetch } = scriptedFetch(new Response('no', { status: 403 }))
    expect((await authorizedFetch(source, { origins: [origin], fetch })(url)).status).toBe(403)
    expect(refusals).toEqual([])
  })
})

describe('a body', () => {
  const form = new FormData()
  form.set('field', 'value')
  const bodies: readonly [string, AuthorizedRequestInit['body']][] = [
    ['none', undefined],
    ['null', null],
    ['text', 'text'],
    ['an ArrayBuffer', new TextEncoder().encode('bytes').buffer],
    ['a view', new TextEncoder().encode('bytes')],
    ['URLSearchParams', new URLSearchParams({ a: 'b' })],
    ['a Blob', new Blob(['blob'])],
    ['FormData', form],
  ]
  test.each(bodies)('of kind %s is sent twice when the token is refused (7.4)', async (_, body) => {
    const { source } = scriptedSource(tokenOf(1), tokenOf(2))
    const { fetch, calls } = scriptedFetch(refused(), new Response())
    await authorizedFetch(source, { origins: [origin], fetch })(url, { method: 'POST', body: body! })
    const plain = calls.map(({ text }) => text.replace(/-+formdata-\S+/g, 'boundary'))
    expect(plain[1]).toBe(plain[0])
  })

  test('from a factory is made anew for the repeat, streams included (7.4)', async () => {
    const make = vi.fn(() => ReadableStream.from([new TextEncoder().encode('again')]) as unknown as BodyInitLike)
    const { source } = scriptedSource(tokenOf(1), tokenOf(2))
    const { fetch, calls } = scriptedFetch(refused(), new Response())
    await authorizedFetch(source, { origins: [origin], fetch })(url, { method: 'POST', body: make, duplex: 'half' })
    expect(make).toHaveBeenCalledTimes(2)
    expect(calls[0]!.init.body).not.toBe(calls[1]!.init.body)
  })

  test('from a factory is also made for an origin that is not configured', async () => {
    const { source } = scriptedSource()
    const { fetch, calls } = scriptedFetch(new Response())
    await authorizedFetch(source, { origins: [origin], fetch })('https://other.test/', {
      method: 'POST',
      body: () => 'made',
    })
    expect(calls[0]!.text).toBe('made')
  })

  const stream = (): BodyInitLike => new Blob(['once']).stream()
  const once = { method: 'POST', duplex: 'half' } as const
  test.each([
    ['a stream', () => [url, { ...once, body: stream() }] as const],
    ['a Request with a body', () => [new Request(url, { ...once, body: 'text' })] as const],
  ])('that is %s is not sent twice, and the refusal is recorded (7.4)', async (_, args) => {
    const { source, refusals } = scriptedSource(tokenOf(1))
    const { fetch, calls } = scriptedFetch(refused('no'))
    const [input, init] = args()
    const response = await authorizedFetch(source, { origins: [origin], fetch })(input, init)
    expect(await response.text()).toBe('no')
    expect(calls).toHaveLength(1)
    expect(refusals).toEqual([{ generation: 1, evidence: { status: 401, verdict: 'refused' } }])
  })

  test.each([
    [3_600_000, 59_999, 60_000],
    [100_000, 49_999, 50_000],
  ])(
    'that can be read once waits for a token with min(60 s, half its life) left (7.4): life %d',
    async (lifetime, remaining, wanted) => {
      const { source, needs } = scriptedSource(tokenOf(1, { lifetime, remaining }), tokenOf(2))
      const { fetch, calls } = scriptedFetch(new Response())
      await authorizedFetch(source, { origins: [origin], fetch })(url, { ...once, body: stream() })
      expect(needs[1]).toMatchObject({ minRemaining: wanted })
      expect(auth(calls[0]!)).toBe('Bearer secret-token-2')
    },
  )

  test('that can be read once takes a token with exactly that much left (7.4)', async () => {
    const { source } = scriptedSource(tokenOf(1, { lifetime: 3_600_000, remaining: 60_000 }))
    const { fetch } = scriptedFetch(new Response())
    await authorizedFetch(source, { origins: [origin], fetch })(url, { ...once, body: stream() })
  })

  test('that can be read once goes with the newest token in hand (7.4)', async () => {
    const { source, hold } = scriptedSource(tokenOf(1))
    hold(tokenOf(2))
    const { fetch, calls } = scriptedFetch(new Response())
    await authorizedFetch(source, { origins: [origin], fetch })(url, { ...once, body: stream() })
    expect(auth(calls[0]!)).toBe('Bearer secret-token-2')
  })

  test('that can be read once goes with the best token there is where none lives as long', async () => {
    const unmet = new TokenError('LATCHKEY_NEED_UNMET', 'short')
    const { source } = scriptedSource(tokenOf(1, { lifetime: 600_000, remaining: 5_000 }), unmet)
    const { fetch, calls } = scriptedFetch(new Response())
    await authorizedFetch(source, { origins: [origin], fetch })(url, { ...once, body: stream() })
    expect(auth(calls[0]!)).toBe('Bearer secret-token-1')
  })
})

describe('a classifier', () => {
  test('sees status, headers and the first 64 KiB, and the caller still gets everything (7.1)', async () => {
    const whole = 'a'.repeat(65_536) + 'b'.repeat(100_000)
    let seen: { status: number; id: string | null; text: string } | undefined
    const classify = async (answer: JudgedAnswer) => {
      seen = { status: answer.status, id: answer.headers.get('x-id'), text: await answer.text() }
      return 'unclear' as const
    }
    const { source } = scriptedSource(tokenOf(1))
    const { fetch } = scriptedFetch(new Response(whole, { status: 404, headers: { 'x-id': '7' } }))
    const response = await authorizedFetch(source, { origins: [origin], fetch, classify })(url)
    expect(seen).toEqual({ status: 404, id: '7', text: 'a'.repeat(65_536) })
    expect(await response.text()).toBe(whole)
  })

  test('never holds much more than the 64 KiB, however long the body is (7.1)', async () => {
    let pulled = 0
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => ((pulled += 1024), controller.enqueue(new Uint8Array(1024))),
    })
    const classify = async (answer: JudgedAnswer) => (await answer.text(), 'fine' as const)
    const { source } = scriptedSource(tokenOf(1))
    const { fetch } = scriptedFetch(new Response(endless))
    const response = await authorizedFetch(source, { origins: [origin], fetch, classify })(url)
    expect(pulled).toBeGreaterThanOrEqual(65_536)
    expect(pulled).toBeLessThan(65_536 + 8 * 1024)
    await response.body?.cancel()
  })

  test('can see a refusal in a body, whatever the status', async () => {
    const classify = async (answer: JudgedAnswer) =>
      answer.status === 404 && (await answer.text()).includes('404.001.03') ? ('refused' as const) : ('fine' as const)
    const { source } = scriptedSource(tokenOf(1), tokenOf(2))
    const { fetch } = scriptedFetch(new Response('{"errorCode":"404.001.03"}', { status: 404 }), new Response('ok'))
    expect(await (await authorizedFetch(source, { origins: [origin], fetch, classify })(url)).text()).toBe('ok')
  })

  test('that does not ask for the body leaves it unread: an endless 200 arrives at once', async () => {
    let pulled = 0
    const endless = new ReadableStream<Uint8Array>(
      { pull: (controller) => (pulled++, controller.enqueue(new Uint8Array(1))) },
      { highWaterMark: 0 },
    )
    const { source } = scriptedSource(tokenOf(1))
    const { fetch } = scriptedFetch(new Response(endless))
    const response = await authorizedFetch(source, { origins: [origin], fetch })(url)
    expect(pulled).toBe(0)
    await response.body?.cancel()
  })

  test('that throws rejects the call and frees the connection', async () => {
    const cancelled = vi.fn()
    const { source } = scriptedSource(tokenOf(1))
    const { fetch } = scriptedFetch(new Response(new ReadableStream({ cancel: cancelled })))
    const bug = new Error('bug')
    const classify = (): never => {
      throw bug
    }
    expect(await rejection(authorizedFetch(source, { origins: [origin], fetch, classify })(url))).toBe(bug)
    expect(cancelled).toHaveBeenCalledTimes(1)
  })

  test('judges what arrived where the connection breaks, and the caller meets the break', async () => {
    const breaking = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('half'))
        setTimeout(() => controller.error(new TypeError('terminated')), 10)
      },
    })
    let seen = ''
    const classify = async (answer: JudgedAnswer) => ((seen = await answer.text()), 'fine' as const)
    const { source } = scriptedSource(tokenOf(1))
    const { fetch } = scriptedFetch(new Response(breaking, { status: 400 }))
    const response = await authorizedFetch(source, { origins: [origin], fetch, classify })(url)
    expect(seen).toBe('half')
    await expect(response.text()).rejects.toThrow('terminated')
  })
})

type BodyInitLike = NonNullable<RequestInit['body']>
