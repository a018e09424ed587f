/**
 * Every code of the engine is made to happen with marked secrets, and nothing that a caller, a log line or an observer
 * gets to see contains one of them. Engine.md 10.3, G11; STYLE section 6.
 *
 * @module
 */
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { errorCodes, isLatchkeyError, memoryStore, StoreError, TokenError } from '@latchkey/core'
import type { ErrorCode, KeyRing, LatchkeyError, Store } from '@latchkey/core'
import { assertNoSecrets, chaosStore } from '@latchkey/testkit'
import { setScene } from './scene.ts'
import type { Answering, Scene } from './scene.ts'

/** Codes that the engine alone cannot reach, each with its reason. */
const elsewhere: Partial<Record<ErrorCode, string>> = {
  LATCHKEY_COOLING_DOWN: 'an error given during a cool-down keeps the code that caused it (6.4)',
  LATCHKEY_STORE_UNSAFE: 'raised by the file driver for a directory that others can read',
}

const reached = new Set<string>()

async function failureOf(scene: Scene, work: Promise<unknown>): Promise<LatchkeyError> {
  const error: unknown = await scene.clock.drive(
    work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    ),
  )
  if (!isLatchkeyError(error)) throw new Error(`Expected a LatchkeyError, got ${inspect(error)}.`)
  return error
}

/** Checks the code and searches everything that came of the scene. */
function assertSilent(scene: Scene, error: LatchkeyError, code: ErrorCode): void {
  expect(error.code).toBe(code)
  expect(error.retryable).toBe(errorCodes[code].retryable)
  reached.add(code)
  const chain: unknown[] = []
  for (let at: unknown = error; at instanceof Error && chain.length < 10; at = at.cause) {
    chain.push(at.message, at.stack, JSON.stringify(at), String(at), Object.getOwnPropertyDescriptors(at))
  }
  const output = {
    error,
    chain,
    details: error.details,
    inspected: inspect(error, { showHidden: true, depth: 10 }),
    events: scene.events.events,
    described: scene.source.describe(),
    source: inspect(scene.source, { showHidden: true, depth: 10 }),
  }
  assertNoSecrets(output, scene.secrets())
}

const text =
  (status: number, headers: Record<string, string> = {}): Answering =>
  (marks) =>
    new Response(`<p>${marks.text}</p>`, {
      status,
      headers: { 'x-echo': encodeURIComponent(marks.header), ...headers },
    })
const oauth =
  (error: string, status = 400): Answering =>
  (marks) =>
    Response.json(
      { error, error_description: marks.text, error_uri: `https://provider.test/?${marks.query}` },
      { status },
    )
const broken =
  (code: string): Answering =>
  (marks) =>
    new TypeError(`fetch failed ${marks.foreign}`, {
      cause: Object.assign(new Error(marks.foreign), { code, headers: { authorization: marks.client } }),
    })
const now = { patience: 0 }

describe('a failing token endpoint shows no secret (10.3)', () => {
  it.each<[ErrorCode, string, Answering]>([
    ['LATCHKEY_ENDPOINT_UNREACHABLE', 'refuses the connection', broken('ECONNREFUSED')],
    ['LATCHKEY_ENDPOINT_FAILED', 'resets the connection', broken('ECONNRESET')],
    ['LATCHKEY_ENDPOINT_FAILED', 'answers 500 with its input', text(500)],
    ['LATCHKEY_ENDPOINT_FAILED', 'answers 200 with HTML', text(200)],
    ['LATCHKEY_ENDPOINT_FAILED', 'redirects', text(302, { location: 'https://elsewhere.test/' })],
    ['LATCHKEY_ENDPOINT_FAILED', 'answers 400 with an error of its own', oauth('Authorization: Basic')],
    ['LATCHKEY_ENDPOINT_THROTTLED', 'answers 429', text(429, { 'retry-after': '30' })],
    ['LATCHKEY_CREDENTIALS_DENIED', 'denies the client', oauth('invalid_client', 401)],
    ['LATCHKEY_TIMEOUT', 'does not answer', () => 'hang'],
    ['LATCHKEY_TOO_LARGE', 'answers too much', (marks) => new Response(`${marks.text} `.repeat(20_000))],
    ['LATCHKEY_NO_TOKEN', 'answers without a token', (marks) => Response.json({ note: marks.text })],
    [
      'LATCHKEY_BAD_TOKEN',
      'answers a token with a line break',
      (m) => Response.json({ access_token: `${m.access}\r\nx: y` }),
    ],
  ])('%s: it %s', async (code, _, answer) => {
    const scene = setScene({ answer })
    assertSilent(scene, await failureOf(scene, scene.source.get(now)), code)
  })

  it('LATCHKEY_NOT_JSON: a grant says that the answer is not JSON, with the parser’s error as its cause', async () => {
    const scene = setScene({
      answer: text(200),
      read: ({ text: body }) => {
        try {
          return JSON.parse(body) as never // Throws: it is HTML.
        } catch (cause) {
          throw new TokenError('LATCHKEY_NOT_JSON', 'The token endpoint answered with something else than JSON.', {
            cause,
          })
        }
      },
    })
    assertSilent(scene, await failureOf(scene, scene.source.get(now)), 'LATCHKEY_NOT_JSON')
  })

  it('keeps the code that caused a cool-down while it runs, and shows nothing then either (6.4)', async () => {
    const scene = setScene({ answer: text(429, { 'retry-after': '30' }) })
    await failureOf(scene, scene.source.get(now))
    const error = await failureOf(scene, scene.source.get(now))
    assertSilent(scene, error, 'LATCHKEY_ENDPOINT_THROTTLED')
    expect(error.retryAt).toBe(scene.clock.wall() + 30_000)
  })

  it('LATCHKEY_INSECURE_URL: it is neither https nor on this machine', async () => {
    const scene = setScene({ tokenUrl: 'http://provider.test/token' })
    assertSilent(scene, await failureOf(scene, scene.source.get(now)), 'LATCHKEY_INSECURE_URL')
  })

  it.each<[ErrorCode, string]>([
    ['LATCHKEY_REAUTHORIZATION_REQUIRED', 'the login has ended and a grant has no other way in'],
    ['LATCHKEY_OUTCOME_UNKNOWN', 'a grant does not know whether its only token was made'],
  ])('%s: %s', async (code) => {
    const scene = setScene({
      read: ({ text: body }) => {
        throw new TokenError(code, 'Sign in again.', { failure: 'expired', cause: new Error(body) })
      },
    })
    assertSilent(scene, await failureOf(scene, scene.source.get(now)), code)
  })
})

describe('a refused or unmet token shows no secret (10.3)', () => {
  it('LATCHKEY_TOKEN_REJECTED: a resource refuses faster than the budget allows (7.2.5)', async () => {
    const scene = setScene()
    let error: LatchkeyError | undefined
    for (let round = 0; round < 3; round += 1) {
      const token = await scene.clock.drive(scene.source.get())
      scene.source.refuse(token.generation, { status: 401 })
      if (round === 2) error = await failureOf(scene, scene.source.get({ after: token.generation, ...now }))
      else await scene.clock.drive(scene.source.get({ after: token.generation }))
    }
    assertSilent(scene, error as LatchkeyError, 'LATCHKEY_TOKEN_REJECTED') // The third round brought it.
  })

  it('LATCHKEY_TOKEN_REJECTED: the endpoint hands back the very token that was refused (6.8)', async () => {
    const scene = setScene({
      answer: (marks) => Response.json({ access_token: marks.access, refresh_token: marks.refresh, expires_in: 300 }),
    })
    const token = await scene.clock.drive(scene.source.get())
    scene.source.refuse(token.generation)
    const error = await failureOf(scene, scene.source.get({ after: token.generation, ...now }))
    assertSilent(scene, error, 'LATCHKEY_TOKEN_REJECTED')
  })

  it('LATCHKEY_NEED_UNMET: no token lives as long as was asked for (4.4)', async () => {
    const scene = setScene()
    const error = await failureOf(scene, scene.source.get({ minRemaining: 900_000, ...now }))
    assertSilent(scene, error, 'LATCHKEY_NEED_UNMET')
  })

  it('LATCHKEY_CLOSED: the source is closed', async () => {
    const scene = setScene()
    await scene.clock.drive(scene.source.get())
    await scene.clock.drive(scene.source.close())
    assertSilent(scene, await failureOf(scene, scene.source.get()), 'LATCHKEY_CLOSED')
  })
})

describe('a store in trouble shows no secret (10.3)', () => {
  it('LATCHKEY_STORE_UNAVAILABLE: it does not answer, and its error quotes the record', async () => {
    const store: Store = {
      scope: 'process',
      read: () => Promise.reject(Object.assign(new Error(scene.marks.foreign), { record: scene.marks.access })),
      compareAndSet: () => Promise.reject(new Error(scene.marks.foreign)),
    }
    const scene: Scene = setScene({ store, engine: { storeTrouble: 'fail' } })
    assertSilent(scene, await failureOf(scene, scene.source.get(now)), 'LATCHKEY_STORE_UNAVAILABLE')
  })

  it('LATCHKEY_STORE_UNAVAILABLE: a token obtained alone was tried a moment ago (9.7)', async () => {
    const store = chaosStore(memoryStore(), { log: () => undefined })
    const scene = setScene({ store, traits: { exclusive: true }, answer: text(500) })
    store.setDown(true)
    await failureOf(scene, scene.source.get(now))
    await scene.clock.advance(5_000)
    assertSilent(scene, await failureOf(scene, scene.source.get(now)), 'LATCHKEY_STORE_UNAVAILABLE')
  })

  it.each<[ErrorCode, (access: string) => string]>([
    ['LATCHKEY_STORE_CORRUPT', (access) => `not a record: ${access}`],
    ['LATCHKEY_STORE_UNSUPPORTED', (access) => JSON.stringify({ format: 99, token: access })],
  ])('%s: its value cannot be used', async (code, value) => {
    const inner = memoryStore()
    const store: Store = {
      ...inner,
      read: async (key, signal) => ({
        ...(await inner.read(key, signal)),
        etag: '1',
        value: value(scene.marks.access),
      }),
    }
    const scene: Scene = setScene({ store, engine: { storeTrouble: 'fail' } })
    assertSilent(scene, await failureOf(scene, scene.source.get(now)), code)
  })

  it('LATCHKEY_STORE_UNSUPPORTED: a driver says so itself, and its error has a cause', async () => {
    const fail = (): Promise<never> =>
      Promise.reject(
        new StoreError('LATCHKEY_STORE_UNSUPPORTED', 'No hard links here.', { cause: new Error(scene.marks.foreign) }),
      )
    const scene: Scene = setScene({ store: { scope: 'process', read: fail, compareAndSet: fail } })
    assertSilent(scene, await failureOf(scene, scene.source.get(now)), 'LATCHKEY_STORE_UNSUPPORTED')
  })

  it('LATCHKEY_SEALED_BY_UNKNOWN_KEY: no key of the ring opens the token', async () => {
    const ring = (name: string): KeyRing => ({
      seal: (sealed) => Promise.resolve(name + Buffer.from(sealed).reverse().toString('hex')),
      open: (sealed) =>
        Promise.resolve(
          sealed.startsWith(name) ? Buffer.from(sealed.slice(name.length), 'hex').reverse().toString() : undefined,
        ),
      fingerprint: () => Promise.resolve('print'),
    })
    const scene = setScene({ engine: { ring: ring('old:') } })
    await scene.clock.drive(scene.source.get())
    const other = scene.another({ ring: ring('new:'), storeTrouble: 'fail' })
    assertSilent(scene, await failureOf(scene, other.get(now)), 'LATCHKEY_SEALED_BY_UNKNOWN_KEY')
  })

  it('LATCHKEY_LEASE_CONTENDED: others go on renewing without bringing a token (6.5)', async () => {
    const scene = setScene({ answer: () => 'hang', traits: { longest: 600 } })
    const inner = scene.store
    const rival = 'rival'
    let fence = 0
    const store: Store = {
      ...inner,
      read: async (key, signal) => {
        const reading = await inner.read(key, signal)
        fence = Math.max(fence + 1, reading.now)
        const lease = { fence, holder: rival, until: reading.now + 2_000, base: 0 }
        const record = { format: 1, epoch: 0, fence, gen: 0, salt: 's', until: 0, life: 0, lease }
        return { ...reading, etag: '1', value: JSON.stringify(record) }
      },
    }
    const waiting = scene.another({ store })
    assertSilent(scene, await failureOf(scene, waiting.get(now)), 'LATCHKEY_LEASE_CONTENDED')
  })
})

describe('what is not an error shows no secret either (10.3)', () => {
  it('in a whole life: obtain, renew, refuse, forget, revoke, close', async () => {
    const scene = setScene()
    const { source, clock } = scene
    const first = await clock.drive(source.get())
    await clock.advance(295_000)
    const second = await clock.drive(source.get())
    source.refuse(second.generation, { status: 401, providerCode: 'invalid_token', verdict: 'refused' })
    await clock.drive(source.get({ after: second.generation }))
    await clock.drive(source.forget())
    await clock.drive(source.get())
    const report = await clock.drive(source.revoke())
    await clock.drive(source.close())
    expect(scene.events.count('commit.accepted')).toBe(4)
    assertNoSecrets([first, second, report, scene.events.events, source.describe(), source], scene.secrets())
  })
})

describe('mistakes in the caller’s program', () => {
  it('are told without the value that was wrong', () => {
    const secret = 'marked-secret-value'
    const make = (some: object): unknown => {
      try {
        return setScene({ engine: some }) // Wrong on purpose.
      } catch (error) {
        return error
      }
    }
    for (const some of [
      { [secret.slice(0, 5)]: secret },
      { refusalBudget: { renewals: secret, per: 1 } },
      { plaintextt: secret },
    ]) {
      const error = make(some)
      expect(error).toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG' })
      assertNoSecrets(error, [secret])
    }
  })
})

describe('the table of codes', () => {
  it('was reached in full by the tests above, but for codes that are raised elsewhere', () => {
    const missing = Object.keys(errorCodes).filter((code) => !reached.has(code) && !(code in elsewhere))
    expect(missing).toEqual([])
  })
})
