import { describe, expect, test } from 'vitest'
import { authorizedFetch } from '../src/index.ts'
import { bodyOf, rejection, scriptedSource, serve, tokenOf } from './doubles.ts'

describe('over real sockets', () => {
  test('a refused upload is repeated whole with the newer token', async () => {
    const seen: string[] = []
    const base = await serve((request, response) => {
      void bodyOf(request).then((text) => {
        seen.push(`${request.headers.authorization} ${text.length}`)
        response.statusCode = request.headers.authorization === 'Bearer secret-token-2' ? 200 : 401
        response.end('answer')
      })
    })
    const { source } = scriptedSource(tokenOf(1), tokenOf(2))
    const response = await authorizedFetch(source, { origins: [base] })(base, {
      method: 'PUT',
      body: 'x'.repeat(300_000),
    })
    expect(response.status).toBe(200)
    expect(seen).toEqual(['Bearer secret-token-1 300000', 'Bearer secret-token-2 300000'])
  })

  test('a refusal while the upload is still under way is recorded and reaches the caller (7.4)', async () => {
    const base = await serve((request, response) => {
      request.resume()
      request.once('data', () => response.writeHead(401).end('no'))
    })
    const { source, refusals } = scriptedSource(tokenOf(1))
    let left = 3
    const slow = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, 20))
        if (left-- > 0) controller.enqueue(new Uint8Array(1000))
        else controller.close()
      },
    })
    const init = { method: 'POST', body: slow as never, duplex: 'half' } as const // The platform's stream has two types.
    const response = await authorizedFetch(source, { origins: [base] })(base, init)
    expect(response.status).toBe(401)
    expect(await response.text()).toBe('no')
    expect(refusals).toHaveLength(1)
  })

  test('a refused answer that has ended leaves its connection to the repeat (7.5)', async () => {
    const ports = new Set<number | undefined>()
    let calls = 0
    const base = await serve((request, response) => {
      ports.add(request.socket.remotePort)
      response.statusCode = (calls += 1) === 1 ? 401 : 200
      response.end('x'.repeat(1000))
    })
    // A renewal takes a while; the refused answer is read in the meantime.
    const renew = async () => (await new Promise((resolve) => setTimeout(resolve, 50)), tokenOf(2))
    const { source } = scriptedSource(tokenOf(1), renew)
    await (await authorizedFetch(source, { origins: [base] })(base)).text()
    expect(calls).toBe(2)
    expect(ports.size).toBe(1)
  })

  test('a refused answer that never ends does not hold up the repeat, and its connection is closed (7.5)', async () => {
    let calls = 0
    let closed = false
    const base = await serve((_, response) => {
      if ((calls += 1) > 1) return void response.end('good')
      response.writeHead(401)
      const drip = setInterval(() => response.write('.'), 5)
      response.on('close', () => ((closed = true), clearInterval(drip)))
    })
    const { source } = scriptedSource(tokenOf(1), tokenOf(2))
    expect(await (await authorizedFetch(source, { origins: [base] })(base)).text()).toBe('good')
    await expect.poll(() => closed).toBe(true)
  })

  test('a kept connection that the server closes between try and repeat is an ordinary network error', async () => {
    let calls = 0
    const base = await serve((request, response) => {
      if ((calls += 1) > 1) return void request.socket.destroy()
      response.writeHead(401).end('no')
    })
    const { source } = scriptedSource(tokenOf(1), tokenOf(2))
    const error = await rejection(authorizedFetch(source, { origins: [base] })(base))
    expect(error).toMatchObject({ name: 'TypeError', message: 'fetch failed' })
    expect(calls).toBe(2)
  })

  test('a huge answer reaches the caller whole after the classifier has looked at its start', async () => {
    const base = await serve((_, response) => response.end(Buffer.alloc(5_000_000, 'y')))
    const { source } = scriptedSource(tokenOf(1))
    const classify = async (answer: { text(): Promise<string> }) =>
      (await answer.text()) === '' ? ('refused' as const) : ('fine' as const)
    const response = await authorizedFetch(source, { origins: [base], classify })(base)
    expect((await response.arrayBuffer()).byteLength).toBe(5_000_000)
  })

  test("the caller's abort ends the request with the caller's reason", async () => {
    const control = new AbortController()
    const reason = new Error('mine')
    const base = await serve(() => control.abort(reason)) // It never answers.
    const { source } = scriptedSource(tokenOf(1))
    expect(await rejection(authorizedFetch(source, { origins: [base] })(base, { signal: control.signal }))).toBe(reason)
  })

  test('the signal inside a Request ends the request too', async () => {
    const control = new AbortController()
    const reason = new Error('mine')
    const base = await serve(() => control.abort(reason))
    const { source } = scriptedSource(tokenOf(1))
    const request = new Request(base, { signal: control.signal })
    expect(await rejection(authorizedFetch(source, { origins: [base] })(request))).toBe(reason)
  })
})
