/**
 * What `fetch` and undici must do alike (engine.md 7.7), over real sockets: section 7 and the edge cases of section 15,
 * "Transport".
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { createTokenSource, Secret, TokenError } from '@latchkey/core'
import type { Generation, Grant, Need, Token, TokenSource } from '@latchkey/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Classifier, JudgedAnswer } from '../src/index.ts'
import { bodyOf, rejection, scriptedSource, serve, tokenOf } from './doubles.ts'
import { transports } from './transports.ts'

const bearer = (generation: number): string => `Bearer secret-token-${generation}`

/** Accepts one generation's token and refuses every other with a 401. */
const accepting = (generation: number, answer = 'good') =>
  function (request: IncomingMessage, response: ServerResponse): void {
    request.resume()
    response.statusCode = request.headers.authorization === bearer(generation) ? 200 : 401
    response.end(response.statusCode === 200 ? answer : 'who are you')
  }

/** A step that never has a token, and ends by its caller's signal. */
const neverComes = ({ signal }: Need) =>
  new Promise<Token>((_, reject) => signal!.addEventListener('abort', () => reject(signal!.reason as Error)))

/** Always has a token: a newer one where one was refused. */
function steadySource() {
  const refusals: Generation[] = []
  const source: TokenSource = {
    async get({ after = 0, signal } = {}) {
      signal?.throwIfAborted()
      return tokenOf(after + 1)
    },
    peek: () => tokenOf(1),
    refuse: (generation) => void refusals.push(generation),
    forget: () => Promise.reject(new Error('unscripted forget')),
    revoke: () => Promise.reject(new Error('unscripted revoke')),
  }
  return { source, refusals }
}

/** Something that happens once, and can be waited for. */
function event(): { readonly happened: Promise<void>; readonly happens: () => void } {
  let happens = (): void => {}
  const happened = new Promise<void>((resolve) => (happens = resolve))
  return { happened, happens: () => happens() }
}

/** Writes to an answer until the other side takes no more; says how much that was. */
function pour(response: ServerResponse): { written: number; closed: boolean } {
  const poured = { written: 0, closed: false }
  const more = (): void => {
    while (!poured.closed && response.write(Buffer.alloc(65_536, 'x'))) poured.written += 65_536
    if (!poured.closed) response.once('drain', more)
  }
  response.on('close', () => (poured.closed = true))
  more()
  return poured
}

describe.each(transports)('$name', ({ open, repeatable, once }) => {
  describe('the token', () => {
    test("goes to a configured origin beside the caller's headers (7.6)", async () => {
      let seen: IncomingMessage['headers'] = {}
      const base = await serve((request, response) => ((seen = request.headers), response.end('hello')))
      const { source } = scriptedSource(tokenOf(1))
      const got = await open(source, { origins: [base] })(`${base}/v1?page=2`, { headers: { 'X-Mine': 'kept' } })
      expect(await got.text()).toBe('hello')
      expect(seen).toMatchObject({ authorization: bearer(1), 'x-mine': 'kept' })
    })

    test('does not go to another origin, and what that one answers is not judged (7.6)', async () => {
      const seen: unknown[] = []
      const other = await serve((request, response) => {
        seen.push(request.headers.authorization)
        response.writeHead(401).end('no')
      })
      const { source, refusals } = scriptedSource()
      const got = await open(source, { origins: ['https://api.example.test'] })(other)
      expect([got.status, await got.text()]).toEqual([401, 'no'])
      expect(seen).toEqual([undefined])
      expect(refusals).toEqual([])
    })

    test.each(['authorization', 'Authorization', 'AUTHORIZATION'])(
      "gives way to the caller's own %s, and nothing is judged (7.6)",
      async (name) => {
        const seen: unknown[] = []
        const base = await serve((request, response) => {
          seen.push(request.headers.authorization)
          response.writeHead(401).end('no')
        })
        const { source, refusals } = scriptedSource()
        const got = await open(source, { origins: [base] })(base, { headers: { [name]: 'Basic mine' } })
        expect([got.status, await got.text()]).toEqual([401, 'no'])
        expect(seen).toEqual(['Basic mine'])
        expect(refusals).toEqual([])
      },
    )

    test('that is no header text is an error that does not quote it, and nothing is sent (10.3)', async () => {
      let arrived = 0
      const base = await serve((_, response) => ((arrived += 1), response.end()))
      const { source } = scriptedSource({ ...tokenOf(1), header: () => 'Bearer secret\nline' })
      const error = await rejection(open(source, { origins: [base] })(base))
      expect(error).toMatchObject({ code: 'LATCHKEY_BAD_TOKEN' })
      expect(String((error as Error).stack)).not.toContain('secret')
      expect(arrived).toBe(0)
    })

    test('that cannot be had is a TokenError, and nothing is sent', async () => {
      let arrived = 0
      const base = await serve((_, response) => ((arrived += 1), response.end()))
      const down = new TokenError('LATCHKEY_ENDPOINT_UNREACHABLE', 'down')
      const { source } = scriptedSource(down)
      expect(await rejection(open(source, { origins: [base] })(base))).toBe(down)
      expect(arrived).toBe(0)
    })
  })

  describe('a refused token', () => {
    test('is reported, and the request is sent once more with a newer one (7.3)', async () => {
      const base = await serve(accepting(2))
      const { source, needs, refusals } = scriptedSource(tokenOf(1), tokenOf(2))
      const got = await open(source, { origins: [base] })(base)
      expect([got.status, await got.text()]).toEqual([200, 'good'])
      expect(needs[1]).toMatchObject({ after: 1 })
      expect(refusals).toEqual([{ generation: 1, evidence: { status: 401, verdict: 'refused' } }])
    })

    test('that is refused again reaches the caller unchanged, and counts (7.3)', async () => {
      let arrived = 0
      const base = await serve((_, response) => {
        response.writeHead(401, { 'x-id': String((arrived += 1)) }).end(`${'x'.repeat(200_000)}${arrived}`)
      })
      const { source, refusals } = scriptedSource(tokenOf(1), tokenOf(2))
      const got = await open(source, { origins: [base] })(base)
      expect([got.status, got.header('x-id')]).toEqual([401, '2'])
      expect(await got.text()).toBe(`${'x'.repeat(200_000)}2`)
      expect(refusals.map(({ generation }) => generation)).toEqual([1, 2])
      expect(arrived).toBe(2)
    })

    test.each([0, 10, 65_536, 1_000_000])(
      'for which there is no newer one: the caller gets the whole answer of %d bytes (7.2)',
      async (length) => {
        const base = await serve((_, response) => response.writeHead(401, { 'x-id': '7' }).end('x'.repeat(length)))
        const { source } = scriptedSource(tokenOf(1), new TokenError('LATCHKEY_TOKEN_REJECTED', 'budget'))
        const got = await open(source, { origins: [base] })(base)
        expect([got.status, got.header('x-id')]).toEqual([401, '7'])
        expect((await got.text()).length).toBe(length)
      },
    )

    test('whose renewal fails rejects with the TokenError, and the refused answer is given up (7.5)', async () => {
      const flows: { closed: boolean }[] = []
      const base = await serve((_, response) => void flows.push(pour(response.writeHead(401))))
      const down = new TokenError('LATCHKEY_ENDPOINT_UNREACHABLE', 'down')
      const { source } = scriptedSource(tokenOf(1), down)
      expect(await rejection(open(source, { origins: [base] })(base))).toBe(down)
      await expect.poll(() => flows[0]?.closed).toBe(true)
    })

    test('leaves its connection to the repeat where its answer has ended (7.5)', async () => {
      const ports = new Set<number | undefined>()
      const base = await serve((request, response) => {
        ports.add(request.socket.remotePort)
        accepting(2)(request, response)
      })
      // A renewal takes a while; the refused answer is read in the meantime.
      const renew = async () => (await new Promise((resolve) => setTimeout(resolve, 50)), tokenOf(2))
      const { source } = scriptedSource(tokenOf(1), renew)
      expect((await open(source, { origins: [base] })(base)).status).toBe(200)
      expect(ports.size).toBe(1)
    })

    test('does not hold up the repeat where its answer never ends, and the connection is closed (7.5)', async () => {
      let arrived = 0
      let closed = false
      const base = await serve((_, response) => {
        if ((arrived += 1) > 1) return void response.end('good')
        response.writeHead(401).write('.')
        response.on('close', () => (closed = true))
      })
      const { source } = scriptedSource(tokenOf(1), tokenOf(2))
      expect(await (await open(source, { origins: [base] })(base)).text()).toBe('good')
      await expect.poll(() => closed).toBe(true)
    })

    test('is not seen in a 403, which is forbidden and no refusal (7.1)', async () => {
      const base = await serve((_, response) => response.writeHead(403).end('no'))
      const { source, refusals } = scriptedSource(tokenOf(1))
      const got = await open(source, { origins: [base] })(base)
      expect([got.status, await got.text()]).toEqual([403, 'no'])
      expect(refusals).toEqual([])
    })
  })

  describe('a body', () => {
    test.each(repeatable)('of kind %s is sent twice when the token is refused (7.4)', async (_, make) => {
      const seen: string[] = []
      const base = await serve((request, response) => {
        void bodyOf(request).then((text) => {
          seen.push(`${request.headers.authorization} ${text.replace(/-+formdata-\S+/g, 'boundary')}`)
          response.writeHead(seen.length === 1 ? 401 : 200).end('answer')
        })
      })
      const { source } = scriptedSource(tokenOf(1), tokenOf(2))
      const got = await open(source, { origins: [base] })(base, { method: 'POST', body: make() })
      expect(got.status).toBe(200)
      const [, text] = /^Bearer secret-token-1 ([^]*)$/.exec(seen[0]!)!
      expect(seen).toEqual([`${bearer(1)} ${text}`, `${bearer(2)} ${text}`])
      if (make()) expect(text).not.toBe('')
    })

    test.each(once)('that is %s is sent once, and the refusal is recorded (7.4)', async (_, make) => {
      const seen: string[] = []
      const base = await serve((request, response) => {
        void bodyOf(request).then((text) => (seen.push(text), response.writeHead(401).end('no')))
      })
      const { source, refusals } = scriptedSource(tokenOf(1))
      const got = await open(source, { origins: [base] })(base, { method: 'POST', body: make() })
      expect([got.status, await got.text()]).toEqual([401, 'no'])
      expect(seen).toEqual(['once'])
      expect(refusals).toEqual([{ generation: 1, evidence: { status: 401, verdict: 'refused' } }])
    })

    test('of some length is repeated whole', async () => {
      const lengths: number[] = []
      const base = await serve((request, response) => {
        void bodyOf(request).then(({ length }) => {
          lengths.push(length)
          response.writeHead(lengths.length === 1 ? 401 : 200).end('x')
        })
      })
      const { source } = scriptedSource(tokenOf(1), tokenOf(2))
      const body = Buffer.alloc(3_000_000, 'x')
      expect((await open(source, { origins: [base] })(base, { method: 'PUT', body })).status).toBe(200)
      expect(lengths).toEqual([3_000_000, 3_000_000])
    })

    test('whose upload is still under way is refused: recorded, and the caller gets the answer (7.4)', async () => {
      const base = await serve((request, response) => {
        request.resume()
        request.once('data', () => response.writeHead(401).end('no'))
      })
      const { source, refusals } = scriptedSource(tokenOf(1))
      const answered = event()
      // Its second half comes when the answer has.
      const slow = async function* () {
        yield Buffer.alloc(1000)
        await answered.happened
        yield Buffer.alloc(1000)
      }
      const got = await open(source, { origins: [base] })(base, { method: 'POST', body: slow() })
      expect([got.status, await got.text()]).toEqual([401, 'no'])
      answered.happens()
      expect(refusals).toHaveLength(1)
    })

    test.each([
      [3_600_000, 59_999, 60_000],
      [100_000, 49_999, 50_000],
    ])(
      'that is sent once waits for a token with min(60 s, L/2) left (7.4): life %d',
      async (lifetime, remaining, min) => {
        const base = await serve(accepting(2))
        const { source, needs } = scriptedSource(tokenOf(1, { lifetime, remaining }), tokenOf(2))
        const body = once[0]![1]()
        expect((await open(source, { origins: [base] })(base, { method: 'POST', body })).status).toBe(200)
        expect(needs[1]).toMatchObject({ minRemaining: min })
      },
    )

    test('that is sent once goes with the newest token in hand (7.4)', async () => {
      const base = await serve(accepting(2))
      const { source, hold } = scriptedSource(tokenOf(1))
      hold(tokenOf(2))
      const body = once[0]![1]()
      expect((await open(source, { origins: [base] })(base, { method: 'POST', body })).status).toBe(200)
    })
  })

  describe('a redirect', () => {
    test('on the same origin is followed with the token (7.6)', async () => {
      const seen: unknown[] = []
      const base = await serve((request, response) => {
        seen.push(request.headers.authorization)
        if (request.url === '/a') response.writeHead(302, { location: '/b' }).end()
        else response.end('there')
      })
      const got = await open(steadySource().source, { origins: [base] })(`${base}/a`)
      expect(await got.text()).toBe('there')
      expect(seen).toEqual([bearer(1), bearer(1)])
    })

    test('to another origin goes without token, cookies and proxy credentials, and does not bring them back (7.6)', async () => {
      const seen: unknown[] = []
      const note = ({ url, headers }: IncomingMessage) =>
        void seen.push([url, headers.authorization, headers.cookie, headers['proxy-authorization'], headers['x-mine']])
      const other = await serve((request, response) => {
        note(request)
        response.writeHead(302, { location: `${home}/c` }).end()
      })
      const home: string = await serve((request, response) => {
        note(request)
        if (request.url === '/a') response.writeHead(302, { location: `${other}/b` }).end()
        else response.writeHead(401).end('who are you')
      })
      const { source, refusals } = scriptedSource(tokenOf(1))
      const headers = { cookie: 'session=1', 'proxy-authorization': 'Basic x', 'x-mine': 'kept' }
      const got = await open(source, { origins: [home, other] })(`${home}/a`, { headers })
      expect([got.status, await got.text()]).toEqual([401, 'who are you'])
      expect(seen).toEqual([
        ['/a', bearer(1), 'session=1', 'Basic x', 'kept'],
        ['/b', undefined, undefined, undefined, 'kept'],
        ['/c', undefined, undefined, undefined, 'kept'],
      ])
      expect(refusals).toEqual([])
    })

    test('that tells a request was processed does not have it sent again when the token is refused behind it', async () => {
      const seen: string[] = []
      const base = await serve((request, response) => {
        request.resume()
        seen.push(`${request.method} ${request.url}`)
        if (request.url === '/pay') response.writeHead(303, { location: '/receipt' }).end()
        else response.writeHead(401).end('who are you')
      })
      const { source, refusals } = steadySource()
      const got = await open(source, { origins: [base] })(`${base}/pay`, { method: 'POST', body: 'pay' })
      expect([got.status, await got.text()]).toEqual([401, 'who are you'])
      expect(seen.filter((each) => each === 'POST /pay')).toHaveLength(1)
      expect(refusals[0]).toBe(1)
    })
  })

  describe('a connection', () => {
    test('that the server closes between try and repeat is replaced by a new one', async () => {
      const ports = new Set<number | undefined>()
      const closed = event()
      const base = await serve((request, response) => {
        ports.add(request.socket.remotePort)
        if (ports.size > 1) return void response.end('good')
        request.socket.on('close', closed.happens)
        response.writeHead(401).end('no', () => request.socket.destroy())
      })
      const renew = async () => (await closed.happened, tokenOf(2))
      const { source } = scriptedSource(tokenOf(1), renew)
      const got = await open(source, { origins: [base] })(base)
      expect([got.status, await got.text()]).toEqual([200, 'good'])
      expect(ports.size).toBe(2)
    })

    test('that breaks at the repeat is an ordinary network error, and there is no third try', async () => {
      let arrived = 0
      const base = await serve((request, response) => {
        if ((arrived += 1) > 1) request.socket.destroy()
        else response.writeHead(401).end('no')
      })
      const { source } = scriptedSource(tokenOf(1), tokenOf(2))
      expect(await rejection(open(source, { origins: [base] })(base))).toBeInstanceOf(Error)
      expect(arrived).toBe(2)
    })

    test('that breaks in the middle of a fine answer breaks it for the caller', async () => {
      const base = await serve((_, response) => {
        response.writeHead(200, { 'content-length': '100' })
        response.write('half', () => setTimeout(() => response.destroy(), 20))
      })
      const { source } = scriptedSource(tokenOf(1))
      const got = await open(source, { origins: [base] })(base)
      expect(await rejection(got.text())).toBeInstanceOf(Error)
    })

    test('is not held up by answers that callers leave unread', async () => {
      const base = await serve(accepting(1))
      const { source } = scriptedSource(...Array.from({ length: 20 }, () => tokenOf(1)))
      const send = open(source, { origins: [base] })
      for (let call = 0; call < 20; call += 1) expect((await send(base)).status).toBe(200)
    })
  })

  describe('a fine answer', () => {
    test('reaches the caller while the server is still writing it', async () => {
      const read = event()
      const base = await serve((_, response) => {
        response.write('first')
        void read.happened.then(() => response.end('second'))
      })
      const { source } = scriptedSource(tokenOf(1))
      const chunks = (await open(source, { origins: [base] })(base)).chunks()
      expect(Buffer.from((await chunks.next()).value as Uint8Array).toString()).toBe('first')
      read.happens()
      expect(Buffer.from((await chunks.next()).value as Uint8Array).toString()).toBe('second')
    })

    test.each([
      ['a caller who reads none of it', async () => 'fine' as const],
      ['a classifier that looks at its start', async (answer: JudgedAnswer) => (await answer.text(), 'fine' as const)],
    ])('is not read on for %s (back-pressure)', async (_, classify) => {
      let poured = { written: 0, closed: false }
      const base = await serve((_, response) => (poured = pour(response)))
      const control = new AbortController()
      const { source } = scriptedSource(tokenOf(1))
      const answer = await open(source, { origins: [base], classify })(base, { signal: control.signal })
      let before = -1
      await expect.poll(() => before === (before = poured.written), { interval: 100 }).toBe(true)
      expect(poured.closed).toBe(false)
      expect(poured.written).toBeLessThan(20_000_000) // What the two sockets hold.
      expect(answer.status).toBe(200) // Held until here: fetch closes the connection of an answer that is collected.
      control.abort()
      await expect.poll(() => poured.closed).toBe(true)
    })
  })

  describe('a classifier', () => {
    const byBody: Classifier = async (answer) =>
      (await answer.text()).includes('Invalid Access Token') ? 'refused' : 'fine'

    test.each([404, 400, 500, 200])(
      'sees a refusal in the body of a %d, and the request is repeated (7.1)',
      async (status) => {
        let arrived = 0
        const base = await serve((_, response) => {
          if ((arrived += 1) > 1) return void response.end('good')
          response.writeHead(status).end('{"errorMessage":"Invalid Access Token"}')
        })
        const { source, refusals } = scriptedSource(tokenOf(1), tokenOf(2))
        const got = await open(source, { origins: [base], classify: byBody })(base)
        expect(await got.text()).toBe('good')
        expect(refusals).toEqual([{ generation: 1, evidence: { status, verdict: 'refused' } }])
      },
    )

    test.each([
      ['gzip', gzipSync],
      ['deflate', deflateSync],
      ['br', brotliCompressSync],
    ])('sees it in a body that is compressed with %s too', async (coding, compress) => {
      let arrived = 0
      const base = await serve((_, response) => {
        if ((arrived += 1) > 1) return void response.end('good')
        const text = compress(`${'a'.repeat(1000)}Invalid Access Token${'b'.repeat(1_000_000)}`)
        response.writeHead(404, { 'content-encoding': coding }).end(text)
      })
      const { source } = scriptedSource(tokenOf(1), tokenOf(2))
      const got = await open(source, { origins: [base], classify: byBody })(base)
      expect(await got.text()).toBe('good')
    })

    test('sees status, headers and the first 64 KiB, and the caller still gets everything (7.1)', async () => {
      const whole = 'a'.repeat(65_536) + 'b'.repeat(500_000)
      const base = await serve((_, response) => {
        response.writeHead(404, { 'x-id': '7', 'set-cookie': ['a=1', 'b=2'] }).end(whole)
      })
      let seen: unknown
      const classify: Classifier = async (answer) => {
        const [first, again] = [await answer.text(), await answer.text()]
        seen = [answer.status, answer.headers.get('X-Id'), answer.headers.getSetCookie(), first === again, first]
        return 'unclear' as const
      }
      const { source, refusals } = scriptedSource(tokenOf(1))
      const got = await open(source, { origins: [base], classify })(base)
      expect(seen).toEqual([404, '7', ['a=1', 'b=2'], true, 'a'.repeat(65_536)])
      expect((await got.text()) === whole).toBe(true)
      expect(refusals).toEqual([])
    })

    test('judges what arrived where the connection breaks, and the caller meets the break', async () => {
      const base = await serve((_, response) => {
        response.writeHead(400, { 'content-length': '100' })
        response.write('half', () => setTimeout(() => response.destroy(), 20))
      })
      let seen = ''
      const classify: Classifier = async (answer) => ((seen = await answer.text()), 'fine' as const)
      const { source } = scriptedSource(tokenOf(1))
      const got = await open(source, { origins: [base], classify })(base)
      expect(seen).toBe('half')
      expect(await rejection(got.text())).toBeInstanceOf(Error)
    })

    test.each([
      [
        'throws',
        () => {
          throw new Error('bug')
        },
      ],
      ['rejects', () => Promise.reject(new Error('bug'))],
    ] as [string, Classifier][])('that %s rejects the call and closes the connection', async (_, classify) => {
      let poured = { written: 0, closed: false }
      const base = await serve((_, response) => (poured = pour(response)))
      const { source } = scriptedSource(tokenOf(1))
      const error = await rejection(open(source, { origins: [base], classify })(base))
      expect(error).toMatchObject({ message: 'bug' })
      await expect.poll(() => poured.closed).toBe(true)
    })
  })

  describe('an abort', () => {
    const reason = new Error('mine')

    test('before anything happens ends the call, and nothing is sent', async () => {
      let arrived = 0
      const base = await serve((_, response) => ((arrived += 1), response.end()))
      const signal = AbortSignal.abort(reason)
      expect(await rejection(open(steadySource().source, { origins: [base] })(base, { signal }))).toBe(reason)
      expect(arrived).toBe(0)
    })

    test('while the token is waited for ends the call, and nothing is sent', async () => {
      let arrived = 0
      const base = await serve((_, response) => ((arrived += 1), response.end()))
      const control = new AbortController()
      const { source } = scriptedSource((need) => (setImmediate(() => control.abort(reason)), neverComes(need)))
      expect(await rejection(open(source, { origins: [base] })(base, { signal: control.signal }))).toBe(reason)
      expect(arrived).toBe(0)
    })

    test('while the answer is waited for ends the call and closes the connection', async () => {
      const control = new AbortController()
      let closed = false
      const base = await serve((_, response) => {
        response.on('close', () => (closed = true))
        control.abort(reason) // It never answers.
      })
      const { source } = scriptedSource(tokenOf(1))
      expect(await rejection(open(source, { origins: [base] })(base, { signal: control.signal }))).toBe(reason)
      await expect.poll(() => closed).toBe(true)
    })

    test('while the answer is judged ends the call and closes the connection', async () => {
      const control = new AbortController()
      let closed = false
      const base = await serve((_, response) => {
        response.on('close', () => (closed = true))
        response.write('.') // And never more.
      })
      const classify: Classifier = async (answer) => {
        setImmediate(() => control.abort(reason))
        return (await answer.text()) === '' ? 'fine' : 'refused'
      }
      const { source, refusals } = scriptedSource(tokenOf(1))
      const call = open(source, { origins: [base], classify })(base, { signal: control.signal })
      expect(await rejection(call)).toBe(reason)
      await expect.poll(() => closed).toBe(true)
      expect(refusals).toEqual([])
    })

    test('while a newer token is waited for ends the call and closes the connection', async () => {
      const control = new AbortController()
      let poured = { written: 0, closed: false }
      const base = await serve((_, response) => (poured = pour(response.writeHead(401))))
      const renew = (need: Need) => (setImmediate(() => control.abort(reason)), neverComes(need))
      const { source } = scriptedSource(tokenOf(1), renew)
      expect(await rejection(open(source, { origins: [base] })(base, { signal: control.signal }))).toBe(reason)
      await expect.poll(() => poured.closed).toBe(true)
    })

    test('while the repeat is under way ends the call and closes the connection', async () => {
      const control = new AbortController()
      let arrived = 0
      let closed = false
      const base = await serve((_, response) => {
        if ((arrived += 1) === 1) return void response.writeHead(401).end('no')
        response.on('close', () => (closed = true))
        control.abort(reason)
      })
      const { source } = scriptedSource(tokenOf(1), tokenOf(2))
      expect(await rejection(open(source, { origins: [base] })(base, { signal: control.signal }))).toBe(reason)
      await expect.poll(() => closed).toBe(true)
      expect(arrived).toBe(2)
    })

    test('after the classifier has looked is no unhandled rejection, which would end the process', async () => {
      const unhandled: unknown[] = []
      const heard = (error: unknown): void => void unhandled.push(error)
      process.on('unhandledRejection', heard)
      onTestFinished(() => void process.off('unhandledRejection', heard))
      const control = new AbortController()
      let poured = { written: 0, closed: false }
      const base = await serve((_, response) => (poured = pour(response)))
      const classify: Classifier = async (answer) => ((await answer.text()) === '' ? 'refused' : 'fine')
      const { source } = scriptedSource(tokenOf(1))
      const got = await open(source, { origins: [base], classify })(base, { signal: control.signal })
      control.abort(reason)
      await expect.poll(() => poured.closed).toBe(true)
      expect(await rejection(got.text())).toBe(reason)
      expect(unhandled).toEqual([])
    })

    test('while the body is read ends the body and closes the connection', async () => {
      const control = new AbortController()
      let closed = false
      const base = await serve((_, response) => {
        response.on('close', () => (closed = true))
        response.write('first')
      })
      const { source } = scriptedSource(tokenOf(1))
      const chunks = (await open(source, { origins: [base] })(base, { signal: control.signal })).chunks()
      await chunks.next()
      control.abort(reason)
      expect(await rejection(chunks.next())).toBe(reason)
      await expect.poll(() => closed).toBe(true)
    })
  })

  test('fifty callers whose token is refused cause one renewal, and all succeed (7.2)', async () => {
    let issued = 0
    const grant: Grant = {
      id: 'acme',
      traits: { exclusive: true, renewal: 'none', replay: 'unknown', longest: 5_000 },
      async obtain() {
        issued += 1
        await new Promise((resolve) => setTimeout(resolve, 20))
        return { access: new Secret(`issued-${issued}`), lifetime: { seconds: 3600 } }
      },
    }
    const key = { provider: 'acme', environment: 'test', tokenEndpoint: 'https://acme.test/token', clientId: 'c' }
    const source = createTokenSource({ grant, key, keyLabel: 'acme' })
    onTestFinished(() => source[Symbol.asyncDispose]())
    const base = await serve((request, response) => {
      const { authorization } = request.headers
      setTimeout(() => response.writeHead(authorization === 'Bearer issued-2' ? 200 : 401).end('x'), 40 * Math.random())
    })
    const send = open(source, { origins: [base] })
    const answers = await Promise.all(Array.from({ length: 50 }, () => send(base)))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200))
    expect(issued).toBe(2)
  })
})
