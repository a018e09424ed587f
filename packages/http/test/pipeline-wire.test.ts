import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { createPipeline, OutcomeUnknownError } from '../src/index.ts'
import type { PipelineOptions } from '../src/index.ts'
import { bodyOf, dialect, operationOf, rejection, scriptedSource, serve, tokenOf } from './doubles.ts'

function over(baseUrl: string, tries: number, more: Partial<PipelineOptions> = {}) {
  const { source } = scriptedSource(...Array.from({ length: tries }, () => tokenOf(1)))
  return createPipeline({ source, baseUrl, dialect, random: () => 0, ...more })
}

async function deadPort(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // It listens on TCP.
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}`
}

describe('over real sockets', () => {
  test('a body and its headers arrive as they were written', async () => {
    let seen = ''
    const base = await serve((request, response) => {
      const { 'content-length': length, authorization, 'content-type': type } = request.headers
      void bodyOf(request).then((text) => {
        seen = `${request.method} ${request.url} ${authorization} ${type} ${length} ${text}`
        response.end('\ufeff{"ok":true}')
      })
    })
    const answer = await over(`${base}/base/`, 1).send(operationOf('once'), { body: { name: 'Wanjikũ' } })
    expect(seen).toBe('POST /base/pay Bearer secret-token-1 application/json 19 {"name":"Wanjikũ"}')
    expect(answer.json).toEqual({ ok: true })
  })

  test('a payment whose connection is reset after its body was read is unknown, and arrived once', async () => {
    let arrived = 0
    const base = await serve(
      (request) => void bodyOf(request).then(() => ((arrived += 1), request.socket.resetAndDestroy())),
    )
    const error = await rejection(over(base, 1).send(operationOf('once'), { body: { amount: 1 } }))
    expect(error).toBeInstanceOf(OutcomeUnknownError)
    expect(error).toMatchObject({ reason: 'lost' })
    expect(arrived).toBe(1)
  })

  test('a read whose connection is reset is repeated', async () => {
    let arrived = 0
    const base = await serve((request, response) => {
      if ((arrived += 1) === 1) request.socket.resetAndDestroy()
      else response.end('{"ok":true}')
    })
    expect((await over(base, 2).send(operationOf('read'))).status).toBe(200)
  })

  test('a payment to a port where nobody listens is tried three times and has failed', async () => {
    const error = await rejection(over(await deadPort(), 3).send(operationOf('once')))
    expect(error).toMatchObject({ code: 'ACME_UNREACHABLE', reason: 'notSent', attempt: 3, retryable: true })
    expect((error as Error).message).toContain('ECONNREFUSED')
  })

  test('an answer that drips past the time limit is a timeout, and its connection is closed', async () => {
    let closed = false
    const base = await serve((_, response) => {
      response.writeHead(200)
      const drip = setInterval(() => response.write(' '), 10)
      response.on('close', () => ((closed = true), clearInterval(drip)))
    })
    const error = await rejection(over(base, 1, { timeoutMs: 150 }).send(operationOf('once')))
    expect(error).toMatchObject({ code: 'ACME_OUTCOME_UNKNOWN', reason: 'timeout' })
    await expect.poll(() => closed).toBe(true)
  })

  test('an answer that breaks off in its middle is lost', async () => {
    const base = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"ok":', () => setTimeout(() => response.destroy(), 20))
    })
    expect(await rejection(over(base, 1).send(operationOf('once')))).toMatchObject({ reason: 'lost' })
  })

  test('an answer of exactly the bound is read, and one byte more is not', async () => {
    const bound = 1_000
    const base = await serve((request, response) => {
      response.end('{"ok":true}'.padEnd(bound + (request.url === '/pay?more=1' ? 1 : 0)))
    })
    const pipeline = over(base, 2, { bodyMaxBytes: bound })
    expect((await pipeline.send(operationOf('read'))).text).toHaveLength(bound)
    const error = await rejection(pipeline.send(operationOf('read'), { query: { more: 1 } }))
    expect(error).toMatchObject({ code: 'ACME_TOO_LARGE', retryable: false })
  })

  test('a huge answer is cut off, not read on', async () => {
    let written = 0
    let closed = false
    const base = await serve((_, response) => {
      response.on('close', () => (closed = true))
      const more = (): void => {
        while (!closed && response.write(Buffer.alloc(65_536, 'x'))) written += 65_536
        if (!closed) response.once('drain', more)
      }
      more()
    })
    expect(await rejection(over(base, 1).send(operationOf('read')))).toMatchObject({ code: 'ACME_TOO_LARGE' })
    await expect.poll(() => closed).toBe(true)
    expect(written).toBeLessThan(20_000_000)
  })

  test('a redirect is a failure, and the other server hears nothing', async () => {
    let heard = 0
    const other = await serve((_, response) => ((heard += 1), response.end()))
    const base = await serve((_, response) => response.writeHead(302, { location: other }).end())
    const error = await rejection(over(base, 1).send(operationOf('read')))
    expect(error).toMatchObject({ code: 'ACME_MALFORMED', status: 302 })
    expect(heard).toBe(0)
  })
})

describe('secrets (10.3)', () => {
  test('are in no error and no event, whatever goes wrong', async () => {
    const marks = ['secret-token', 'body-mark', 'query-mark', 'header-mark', 'answer-mark', 'answer-header-mark']
    const events: unknown[] = []
    const base = await serve((request, response) => {
      const path = request.url ?? ''
      if (path.startsWith('/reset')) return void request.socket.resetAndDestroy()
      if (path.startsWith('/slow')) return
      const status = Number(/\d+/.exec(path)?.[0])
      response.writeHead(status, { 'x-leak': 'answer-header-mark', location: '/answer-mark' })
      response.end(path.startsWith('/large') ? 'answer-mark'.repeat(1_000) : '{"leak":"answer-mark"}')
    })
    const paths = ['/s401', '/s302', '/s400', '/s500', '/s429', '/s200', '/large200', '/reset', '/slow']
    const dead = await deadPort()
    const found: unknown[] = []
    for (const effect of ['read', 'once'] as const) {
      for (const [at, path] of [...paths.map((each) => [base, each]), [dead, '/dead']] as const) {
        const { source } = scriptedSource(tokenOf(1), ...(path === '/s401' ? [tokenOf(2)] : []))
        const options = {
          source,
          baseUrl: at,
          dialect,
          timeoutMs: path === '/slow' ? 100 : 10_000,
          bodyMaxBytes: 5_000,
          log: (event: unknown) => void events.push(event),
        }
        const request = {
          body: { pin: 'body-mark' },
          query: { pin: 'query-mark' },
          headers: { 'x-pin': 'header-mark' },
        }
        found.push(
          await rejection(createPipeline(options).send(operationOf(effect, { path: path, attemptsMax: 1 }), request)),
        )
      }
    }
    expect(found).toHaveLength(20)
    const shown = [...found.map(everythingOf), JSON.stringify(events), inspect(events)].join('\n')
    for (const mark of marks) expect(shown).not.toContain(mark)
    expect(shown).not.toContain('127.0.0.1')
  })
})

// Everything of an error that a log, a console or a serializer can reach, causes included.
function everythingOf(error: unknown): string {
  const parts: string[] = []
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const own = Object.getOwnPropertyNames(at).map((name) => inspect((at as unknown as Record<string, unknown>)[name])) // Own names exist.
    parts.push(at.message, at.stack ?? '', JSON.stringify(at), inspect(at, { showHidden: true, depth: 9 }), ...own)
  }
  return parts.join('\n')
}
