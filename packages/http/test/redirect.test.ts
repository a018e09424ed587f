import { describe, expect, test } from 'vitest'
import { authorizedFetch } from '../src/index.ts'
import { bodyOf, rejection, scriptedFetch, scriptedSource, serve, tokenOf } from './doubles.ts'

const origin = 'https://api.example.test'
const to = (location: string, status = 307): Response => new Response(null, { status, headers: { location } })
const headersOf = ({ headers }: { headers: Headers }) => Object.fromEntries(headers)

describe('a redirect (7.6)', () => {
  test('on the same origin is followed with the token', async () => {
    const { source } = scriptedSource(tokenOf(1), tokenOf(1))
    const { fetch, calls } = scriptedFetch(to('../v2/items?page=2'), new Response('there'))
    const response = await authorizedFetch(source, { origins: [origin], fetch })(`${origin}/v1/items`)
    expect(await response.text()).toBe('there')
    expect(calls[1]!.url).toBe(`${origin}/v2/items?page=2`)
    expect(calls[1]!.headers.get('authorization')).toBe('Bearer secret-token-1')
  })

  test.each(['https://other.test/x', 'http://api.example.test/x', 'https://api.example.test:8443/x', '//other.test/x'])(
    'to %s is followed without token, cookies and proxy credentials, even where that origin is configured',
    async (location) => {
      const { source, refusals } = scriptedSource(tokenOf(1))
      const { fetch, calls } = scriptedFetch(to(location), new Response('there', { status: 401 }))
      const headers = { cookie: 'session=1', 'proxy-authorization': 'Basic x', 'x-mine': 'kept' }
      const origins = [origin, 'https://other.test', 'https://api.example.test:8443']
      const response = await authorizedFetch(source, { origins, fetch })(`${origin}/v1`, { headers })
      expect(response.status).toBe(401)
      expect(headersOf(calls[1]!)).toEqual({ 'x-mine': 'kept' })
      expect(refusals).toEqual([])
    },
  )

  test('that comes back to the origin does not bring the token back', async () => {
    const { source } = scriptedSource(tokenOf(1))
    const steps = [to('https://other.test/'), to('/elsewhere'), to(`${origin}/home`), to('/again'), new Response()]
    const { fetch, calls } = scriptedFetch(...steps)
    await authorizedFetch(source, { origins: [origin, 'https://other.test'], fetch })(`${origin}/v1`)
    expect(calls.map(({ headers }) => headers.get('authorization'))).toEqual([
      'Bearer secret-token-1',
      null,
      null,
      null,
      null,
    ])
  })

  test.each([
    [301, 'POST', 'GET', ''],
    [302, 'POST', 'GET', ''],
    [303, 'POST', 'GET', ''],
    [303, 'PUT', 'GET', ''],
    [301, 'PUT', 'PUT', 'payload'],
    [307, 'POST', 'POST', 'payload'],
    [308, 'POST', 'POST', 'payload'],
  ])('with %d turns %s into %s, as fetch does', async (status, method, then, text) => {
    const { source } = scriptedSource(tokenOf(1), tokenOf(1))
    const { fetch, calls } = scriptedFetch(to('/b', status), new Response())
    const headers = { 'content-type': 'text/plain' }
    await authorizedFetch(source, { origins: [origin], fetch })(`${origin}/a`, { method, body: 'payload', headers })
    expect(calls[1]).toMatchObject({ method: then, text })
    expect(calls[1]!.headers.has('content-type')).toBe(text !== '')
  })

  test('that asks again for a body which can be read once is an error, and nothing more is sent', async () => {
    const { source } = scriptedSource(tokenOf(1))
    const { fetch } = scriptedFetch(to('/b'))
    const init = { method: 'POST', body: new Blob(['once']).stream() as never, duplex: 'half' } as const // Typed apart.
    const error = await rejection(authorizedFetch(source, { origins: [origin], fetch })(`${origin}/a`, init))
    expect(error).toBeInstanceOf(TypeError)
    expect((error as Error).message).toMatch(/307.*only be read once/)
  })

  test.each(['manual', 'error'] as const)("is left to the caller's own mode: %s", async (redirect) => {
    const { source } = scriptedSource(tokenOf(1))
    const { fetch, calls } = scriptedFetch(to('/b'))
    const response = await authorizedFetch(source, { origins: [origin], fetch })(`${origin}/a`, { redirect })
    expect(response.status).toBe(307)
    expect(calls[0]!.init.redirect).toBe(redirect)
  })

  test('chain of 20 is followed, and one of 21 is not', async () => {
    const tokens = Array.from({ length: 21 }, () => tokenOf(1))
    const good = scriptedFetch(...Array.from({ length: 20 }, () => to('/on')), new Response('there'))
    const first = authorizedFetch(scriptedSource(...tokens).source, { origins: [origin], fetch: good.fetch })
    expect(await (await first(origin)).text()).toBe('there')
    const bad = scriptedFetch(...Array.from({ length: 21 }, () => to('/on')))
    const second = authorizedFetch(scriptedSource(...tokens).source, { origins: [origin], fetch: bad.fetch })
    expect(await rejection(second(origin))).toMatchObject({ message: 'More than 20 redirects.' })
  })

  test.each(['http://', 'data:text/plain,x', 'file:///etc/passwd'])(
    'to %s is an error that does not quote it',
    async (location) => {
      const { source } = scriptedSource(tokenOf(1))
      const { fetch } = scriptedFetch(to(location))
      const error = await rejection(authorizedFetch(source, { origins: [origin], fetch })(origin))
      expect(error).toMatchObject({ name: 'TypeError', message: 'A redirect leads to no http address.' })
    },
  )

  test('after which the token is refused repeats the last step alone, and the whole chain repeats once', async () => {
    const { source, refusals } = scriptedSource(tokenOf(1), tokenOf(1), tokenOf(2), tokenOf(2))
    const no = (): Response => new Response(null, { status: 401 })
    const { fetch, calls } = scriptedFetch(to('/b', 303), no(), to('/c'), no())
    const response = await authorizedFetch(source, { origins: [origin], fetch })(`${origin}/a`, {
      method: 'POST',
      body: 'pay',
    })
    expect(response.status).toBe(401)
    expect(calls.map(({ method, url }) => `${method} ${new URL(url).pathname}`)).toEqual([
      'POST /a',
      'GET /b',
      'GET /b',
      'GET /c',
    ])
    expect(refusals.map(({ generation }) => generation)).toEqual([1, 2])
  })

  test('from one server to another arrives there without the token, over real sockets', async () => {
    const seen: (string | undefined)[] = []
    const other = await serve((request, response) => {
      seen.push(request.headers.authorization)
      response.end('other')
    })
    const home = await serve((request, response) => {
      seen.push(request.headers.authorization)
      if (request.url === '/a') response.writeHead(302, { location: '/b' }).end()
      else response.writeHead(302, { location: `${other}/x` }).end()
    })
    const { source } = scriptedSource(tokenOf(1), tokenOf(1))
    const response = await authorizedFetch(source, { origins: [home] })(`${home}/a`)
    expect(await response.text()).toBe('other')
    expect(response.url).toBe(`${other}/x`)
    expect(seen).toEqual(['Bearer secret-token-1', 'Bearer secret-token-1', undefined])
  })

  test('with 308 sends the body again, over real sockets', async () => {
    const seen: string[] = []
    const home = await serve((request, response) => {
      void bodyOf(request).then((text) => {
        seen.push(`${request.method} ${request.url} ${request.headers['content-type']} ${text}`)
        if (request.url === '/a') response.writeHead(308, { location: '/b' }).end()
        else response.end('there')
      })
    })
    const { source } = scriptedSource(tokenOf(1), tokenOf(1))
    await authorizedFetch(source, { origins: [home] })(`${home}/a`, {
      method: 'POST',
      body: new URLSearchParams({ a: '1' }),
    })
    const type = 'application/x-www-form-urlencoded;charset=UTF-8'
    expect(seen).toEqual([`POST /a ${type} a=1`, `POST /b ${type} a=1`])
  })
})
