/**
 * The transports on the real token engine, against a resource that accepts exactly one token at a time.
 */
import { createTokenSource, Secret } from '@latchkey/core'
import type { Grant } from '@latchkey/core'
import { expect, onTestFinished, test } from 'vitest'
import { authorizedFetch, createPipeline } from '../src/index.ts'
import { dialect, operationOf, rejection, serve } from './doubles.ts'

// An exclusive provider: each new token ends the life of the one before it.
function setUp(issue: (count: number) => string = (count) => `issued-${count}`) {
  let count = 0
  const grant: Grant = {
    id: 'acme',
    traits: { exclusive: true, renewal: 'none', replay: 'unknown', longest: 5_000 },
    async obtain() {
      count += 1
      await new Promise((resolve) => setTimeout(resolve, 20))
      return { access: new Secret(issue(count)), lifetime: { seconds: 3600 } }
    },
  }
  const key = { provider: 'acme', environment: 'test', tokenEndpoint: 'https://acme.test/token', clientId: 'c' }
  const source = createTokenSource({ grant, key, keyLabel: 'acme' })
  onTestFinished(() => source[Symbol.asyncDispose]())
  return { source, obtained: () => count }
}

test('twenty callers whose token is refused cause one renewal, and all succeed (B3)', async () => {
  let valid = 'Bearer issued-2'
  const base = await serve((request, response) => {
    setTimeout(
      () => response.writeHead(request.headers.authorization === valid ? 200 : 401).end('x'),
      40 * Math.random(),
    )
  })
  const { source, obtained } = setUp()
  const api = authorizedFetch(source, { origins: [base] })
  const answers = await Promise.all(Array.from({ length: 20 }, () => api(base)))
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
  expect(obtained()).toBe(2)
  valid = 'nothing'
})

test('a resource that refuses everything costs two renewals a minute at most, and every caller gets its answer (7.2)', async () => {
  const base = await serve((_, response) => response.writeHead(401).end('who are you'))
  const { source, obtained } = setUp()
  const api = authorizedFetch(source, { origins: [base] })
  for (let call = 0; call < 5; call += 1) {
    const response = await api(base)
    expect(response.status).toBe(401)
    expect(await response.text()).toBe('who are you')
  }
  expect(obtained()).toBeLessThanOrEqual(3)
})

test("a provider that hands back the refused token: the request is not repeated, and the caller gets the resource's answer (6.8)", async () => {
  let calls = 0
  const base = await serve((_, response) => ((calls += 1), response.writeHead(401).end('no')))
  const { source } = setUp(() => 'always-the-same')
  const response = await authorizedFetch(source, { origins: [base] })(base)
  expect(await response.text()).toBe('no')
  expect(calls).toBe(1)
})

test('a payment is repeated with the newer token through the pipeline, and never more than once', async () => {
  const seen: (string | undefined)[] = []
  const base = await serve((request, response) => {
    seen.push(request.headers.authorization)
    request.resume()
    if (request.headers.authorization === 'Bearer issued-2') response.end('{"ok":true}')
    else response.writeHead(401).end('{}')
  })
  const { source } = setUp()
  const pipeline = createPipeline({ source, baseUrl: base, dialect })
  expect((await pipeline.send(operationOf('once'), { body: {} })).json).toEqual({ ok: true })
  expect(seen).toEqual(['Bearer issued-1', 'Bearer issued-2'])
  source.refuse((await source.get()).generation)
  expect(await rejection(pipeline.send(operationOf('once'), { body: {} }))).toMatchObject({
    code: 'ACME_TOKEN_REFUSED',
  })
})
