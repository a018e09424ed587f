/**
 * The store on a connection that is scripted: options, judgement of failures, bounds. Needs no server.
 *
 * @see engine.md sections 9, 10.3 and 11
 * @module
 */
import { describe, expect, it } from 'vitest'
import { isLatchkeyError, StoreError } from '@latchkey/core'
import { redisStore } from '@latchkey/stores/redis'
import type { RedisConnection, RedisDurability } from '@latchkey/stores/redis'
import { assertNoSecrets } from '@latchkey/testkit'
import { newKey, signal } from './clients.ts'

const durably = { keep: 1_000, durable: true }
const done = ['done', '1700000000000']

function connectionOf(parts: Partial<RedisConnection>): RedisConnection {
  const unexpected = () => Promise.reject(new Error('Not part of the script.'))
  return { eval: unexpected, evalAndWait: unexpected, subscribe: unexpected, ...parts }
}

function failing(message: string, more: object = {}): RedisConnection {
  const fail = () => Promise.reject(Object.assign(new Error(message), more))
  return connectionOf({ eval: fail, evalAndWait: fail })
}

function swapOn(connection: RedisConnection, durability?: RedisDurability) {
  const store = redisStore({ connection, ...(durability && { durability }) })
  return store.compareAndSet(newKey(), null, 'a value to keep secret', durably, signal())
}

describe('redisStore options', () => {
  const connection = connectionOf({})
  it.each([
    [{ connection, durabilty: 'acceptedBySingleServer' }, 'did you mean "durability"'],
    [{}, 'connection: must be a connection with eval(), evalAndWait(), subscribe()'],
    [{ connection: { ...connection, evalAndWait: undefined } }, 'as nodeRedis(client) gives it'],
    [{ connection, durability: true }, "durability: must be { replicas: 1 } or 'acceptedBySingleServer'"],
    [{ connection, durability: 'accepted' }, 'durability: must be'],
    [{ connection, durability: {} }, 'durability.replicas: must be a whole number from 1 to 100'],
    [{ connection, durability: { replicas: 0 } }, 'durability.replicas'],
    [{ connection, durability: { replicas: 101 } }, 'durability.replicas'],
    [{ connection, durability: { replicas: 1.5 } }, 'durability.replicas'],
    [
      { connection, durability: { replicas: 1, timeoutMs: 0 } },
      'durability.timeoutMs: must be a whole number from 1 to 1500',
    ],
    [{ connection, durability: { replicas: 1, timeoutMs: 1_501 } }, 'durability.timeoutMs'],
    [{ connection, durability: { replicas: 1, timeout: 5 } }, 'did you mean "timeoutMs"'],
  ])('refuse what is not known or out of bounds: %#', (options, message) => {
    const make = () => redisStore(options as unknown as Parameters<typeof redisStore>[0]) // As JavaScript might call it.
    expect(make).toThrow(message)
    expect(make).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG' }))
  })

  it.each([
    { replicas: 1, timeoutMs: 1 },
    { replicas: 100, timeoutMs: 1_500 },
    { replicas: 1 },
    'acceptedBySingleServer',
  ] as const)('take %j', (durability) => expect(redisStore({ connection, durability }).scope).toBe('fleet'))
})

describe('durability', () => {
  const replicasThatHaveIt = (acknowledged: number) =>
    connectionOf({
      eval: () => Promise.resolve(done),
      evalAndWait: () => Promise.resolve({ answer: done, acknowledged }),
    })
  it.each([
    [undefined, 9, false],
    ['acceptedBySingleServer', 0, true],
    [{ replicas: 2 }, 3, true],
    [{ replicas: 2 }, 2, true],
    [{ replicas: 2 }, 1, false],
    [{ replicas: 2 }, NaN, false],
  ] as const)('of %j with %d replicas is %j', async (durability, acknowledged, durable) => {
    expect(await swapOn(replicasThatHaveIt(acknowledged), durability)).toMatchObject({ kind: 'done', durable })
  })

  it('waits half a second unless told otherwise', async () => {
    const waits: unknown[] = []
    const connection = connectionOf({
      evalAndWait: (_script, _keys, _args, wait) => {
        waits.push(wait)
        return Promise.resolve({ answer: done, acknowledged: 1 })
      },
    })
    await swapOn(connection, { replicas: 1 })
    await swapOn(connection, { replicas: 3, timeoutMs: 40 })
    expect(waits).toEqual([
      { replicas: 1, timeoutMs: 500 },
      { replicas: 3, timeoutMs: 40 },
    ])
  })

  it('of a swap after which WAIT was refused is found out by asking for the same swap again', async () => {
    const asked: (readonly string[])[] = []
    const connection = connectionOf({
      evalAndWait: (_script, _keys, args) => {
        asked.push(args)
        return Promise.reject(new Error('NOPERM this user has no permissions to run the wait command'))
      },
      eval: (_script, _keys, args) => {
        asked.push(args)
        return Promise.resolve(done)
      },
    })
    expect(await swapOn(connection, { replicas: 1 })).toMatchObject({ kind: 'done', durable: false })
    expect(asked).toHaveLength(2)
    expect(asked[0]).toEqual(asked[1])
  })

  it.each([
    ['LOADING Redis is loading', { kind: 'unknown' }],
    ['The client is closed', { kind: 'unknown' }],
    ['Socket closed unexpectedly', { kind: 'unknown' }],
    ['NOPERM no permission to run eval', 'NOPERM'],
  ])(
    'of a swap is unknown after WAIT may have been refused, unless the swap is refused alike: %s',
    async (then, outcome) => {
      const connection = connectionOf({
        evalAndWait: () => Promise.reject(new Error('NOPERM this user has no permissions')),
        eval: () => Promise.reject(new Error(then)),
      })
      const swapped = swapOn(connection, { replicas: 1 }).catch(
        (error: unknown) => isLatchkeyError(error) && error.reason,
      )
      expect(await swapped).toEqual(outcome)
    },
  )
})

describe('failures', () => {
  const secret = 'hunter2-of-the-url'

  it.each([
    ['the server refused', 'READONLY You can not write', {}, 'READONLY'],
    [
      'an older server refused',
      `ERR Error running script (call to f_1): @user_script:9: -OOM command not allowed`,
      {},
      'OOM',
    ],
    ['the server knows no scripts', `ERR unknown command 'EVALSHA', with args ${secret}`, {}, 'ERR'],
    [
      'all nodes refused',
      'Failed to refresh slots cache.',
      { lastNodeError: new Error('NOAUTH Authentication required.') },
      'NOAUTH',
    ],
    ['too many redirections', 'Too many Cluster redirections', { cause: new Error(`MOVED 1 ${secret}:6379`) }, 'MOVED'],
    [
      'nobody listens',
      `connect ECONNREFUSED ${secret}:6379`,
      { code: 'ECONNREFUSED', syscall: 'connect' },
      'ECONNREFUSED',
    ],
    [
      'the name is unknown',
      `getaddrinfo ENOTFOUND ${secret}`,
      { code: 'ENOTFOUND', syscall: 'getaddrinfo' },
      'ENOTFOUND',
    ],
    ['the client is closed', 'The client is closed', {}, undefined],
    ['the client is offline', 'The client is offline', {}, undefined],
    ['the client does not queue', "Stream isn't writeable and enableOfflineQueue options is false", {}, undefined],
    ['the client’s queue is full', 'The queue is full', {}, undefined],
  ])('that changed nothing are told as unavailable: %s', async (_what, message, more, reason) => {
    for (const durability of [undefined, { replicas: 1 }]) {
      const error: unknown = await swapOn(failing(message, more), durability).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(StoreError)
      expect(error).toMatchObject({ code: 'LATCHKEY_STORE_UNAVAILABLE', operation: 'swap' })
      expect(isLatchkeyError(error) && error.reason).toBe(reason)
      assertNoSecrets(error, [secret, 'a value to keep secret'])
    }
  })

  it.each([
    ['Socket closed unexpectedly', {}],
    ['Disconnects client', {}],
    ['Connection is closed.', {}],
    ['Command timed out', {}],
    ['Command aborted due to connection close', {}],
    ['Reached the max retries per request limit (which is 20).', {}],
    ['read ECONNRESET', { code: 'ECONNRESET', syscall: 'read' }],
    ['connect timed out somewhere', { code: 'ETIMEDOUT', syscall: 'read' }],
    ['', {}],
    ['WHATEVER this may mean', {}],
  ])('after which nobody knows are unknown: %j', async (message, more) => {
    expect(await swapOn(failing(message, more))).toEqual({ kind: 'unknown' })
    expect(await swapOn(failing(message, more), { replicas: 1 })).toEqual({ kind: 'unknown' })
    await expect(redisStore({ connection: failing(message, more) }).read(newKey(), signal())).rejects.toMatchObject({
      code: 'LATCHKEY_STORE_UNAVAILABLE',
      operation: 'read',
    })
  })

  it.each([
    [null],
    ['done'],
    [[]],
    [['done']],
    [['done', 'soon']],
    [['found', '17', 'etag']],
    [[1, 2, 3]],
    [['what', '17', 'a', 'b']],
  ])('of the connection itself are told apart: it answered %j', async (answer) => {
    const connection = connectionOf({ eval: () => Promise.resolve(answer) })
    const unsupported = { code: 'LATCHKEY_STORE_UNSUPPORTED' }
    await expect(swapOn(connection)).rejects.toMatchObject(unsupported)
    await expect(redisStore({ connection }).read(newKey(), signal())).rejects.toMatchObject(unsupported)
  })

  it('of a connection that throws at once are no different', async () => {
    const connection = connectionOf({
      eval: () => {
        throw new Error('Disconnects client')
      },
      subscribe: () => {
        throw new Error('Disconnects client')
      },
    })
    expect(await swapOn(connection)).toEqual({ kind: 'unknown' })
    const store = redisStore({ connection })
    await expect(store.read(newKey(), signal())).rejects.toMatchObject({ code: 'LATCHKEY_STORE_UNAVAILABLE' })
    expect(() => store.watch?.(newKey(), () => undefined)()).not.toThrow()
  })
})

describe('watching', () => {
  it('tells nothing after its end, whatever the connection still tells, and ends the subscription once', async () => {
    let notify: (message: string) => void = () => undefined
    let ends = 0
    const connection = connectionOf({
      subscribe: (_channel, notified) => {
        notify = notified
        return Promise.resolve(() => void (ends += 1))
      },
    })
    let notices = 0
    const unwatch = redisStore({ connection }).watch?.(newKey(), () => (notices += 1))
    notify('etag')
    unwatch?.()
    unwatch?.()
    notify('etag')
    await new Promise((resolve) => setImmediate(resolve))
    expect([notices, ends]).toEqual([1, 1])
  })
})

describe('waiting for an answer', () => {
  it('ends with the signal’s own reason, and asks nothing where it was aborted before', async () => {
    let asked = 0
    const connection = connectionOf({
      eval: () => {
        asked += 1
        return new Promise(() => undefined)
      },
    })
    const store = redisStore({ connection })
    const stop = new AbortController()
    const pending = store.read(newKey(), stop.signal)
    const reason = { not: 'even an error' }
    stop.abort(reason)
    await expect(pending).rejects.toBe(reason)
    await expect(store.compareAndSet(newKey(), null, 'value', durably, stop.signal)).rejects.toBe(reason)
    expect(asked).toBe(1)
  })

  it('is bounded: the 10 001st command is refused, and one more answer makes room', async () => {
    const answers: ((answer: unknown) => void)[] = []
    const connection = connectionOf({ eval: () => new Promise((resolve) => answers.push(resolve)) })
    const store = redisStore({ connection })
    const given = Array.from({ length: 10_000 }, () => {
      const stop = new AbortController()
      const reading = store.read(newKey(), stop.signal)
      stop.abort() // The caller has left; the client still has its command.
      return reading.catch(() => undefined)
    })
    await Promise.all(given)
    await expect(store.read(newKey(), signal())).rejects.toMatchObject({ code: 'LATCHKEY_STORE_UNAVAILABLE' })
    expect(answers).toHaveLength(10_000)
    answers[0]?.(['found', '17', '', ''])
    await new Promise((resolve) => setImmediate(resolve))
    const next = store.read(newKey(), signal())
    answers.at(-1)?.(['found', '18', '', ''])
    expect(await next).toEqual({ etag: null, value: null, now: 18 })
  })
})
