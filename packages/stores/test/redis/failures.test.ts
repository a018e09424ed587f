/**
 * Servers that refuse, are full, are away or die, and what the store says then.
 *
 * @see engine.md sections 9.5, 9.7 and 10.3
 * @module
 */
import { createClient } from '@redis/client'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isLatchkeyError, StoreError } from '@latchkey/core'
import type { Key, LatchkeyError, Store } from '@latchkey/core'
import { ioRedis, nodeRedis, redisStore } from '@latchkey/stores/redis'
import { assertNoSecrets } from '@latchkey/testkit'
import { redisHere, startRedis } from '@latchkey/testkit/servers'
import type { RedisServer } from '@latchkey/testkit/servers'
import { clients, newKey, signal } from './clients.ts'
import { startProxy } from './proxy.ts'

const redis = redisHere()
const how = { keep: 60_000, durable: false }

describe.skipIf(!redis.found).each(Object.entries(clients))('a Redis that fails, through %s', (name, connect) => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis({ password: 'the right password' })
  }, 30_000)
  afterAll(() => server.stop())

  it.each(['LOADING', 'MASTERDOWN', 'MISCONF', 'NOPERM', 'NOAUTH', 'CLUSTERDOWN', 'TRYAGAIN', 'BUSY'])(
    'names %s, the server’s own word, and changes nothing',
    async (word) => {
      await using proxy = await startProxy(server.port)
      const client = await connect({ ...server, port: proxy.port })
      const store = redisStore({ connection: client.connection })
      const key = newKey()
      const secret = 'secret-of-the-record'
      for (const operation of ['read', 'swap'] as const) {
        proxy.meet(`{${key}}`, { answer: `-${word} ${server.host} knows ${secret}\r\n` })
        const error = await failure(operation === 'read' ? read(store, key) : swap(store, key, secret))
        expect(error).toBeInstanceOf(StoreError)
        expect(error).toMatchObject({ code: 'LATCHKEY_STORE_UNAVAILABLE', operation, reason: word, retryable: true })
        expect(error.message).toMatch(
          new RegExp(`^Redis did not ${operation} the record: it answered ${word}\\. [A-Z]`),
        )
        assertNoSecrets(error, [secret, 'the right password', server.host])
      }
      expect(proxy.met).toBe(2)
      expect((await store.read(key, signal())).value).toBeNull()
      client.close()
    },
  )

  it('refuses a swap on a replica, as after a fail-over, and still reads there (READONLY)', async () => {
    const replica = await startRedis({ replicaOf: server })
    const [writer, reader] = [await connect(server), await connect(replica)]
    const key = newKey()
    await swap(redisStore({ connection: writer.connection }), key, 'one')
    const store = redisStore({ connection: reader.connection })
    await expect.poll(async () => (await store.read(key, signal())).value).toBe('one')
    const { etag } = await store.read(key, signal())
    const error = await failure(store.compareAndSet(key, etag, 'two', how, signal()))
    expect(error).toMatchObject({ code: 'LATCHKEY_STORE_UNAVAILABLE', reason: 'READONLY' })
    expect(error.message).toContain('point it at the primary')
    writer.close()
    reader.close()
    await replica.stop()
  }, 40_000)

  it('refuses a swap when its memory is full, and keeps what it has (OOM)', async () => {
    const client = await connect(server)
    const store = redisStore({ connection: client.connection })
    const key = newKey()
    await swap(store, key, 'one')
    await client.send(['CONFIG', 'SET', 'maxmemory', '1'])
    try {
      const { etag } = await store.read(key, signal())
      const error = await failure(store.compareAndSet(key, etag, 'two', how, signal()))
      expect(error).toMatchObject({ code: 'LATCHKEY_STORE_UNAVAILABLE', reason: 'OOM' })
      expect((await store.read(key, signal())).value).toBe('one')
    } finally {
      await client.send(['CONFIG', 'SET', 'maxmemory', '0'])
      client.close()
    }
  })

  it('is told apart from an empty one where a user may run scripts but not read in them', async () => {
    const admin = await connect(server)
    const user = `user${Math.trunc(Math.random() * 1e9)}`
    await admin.send(['ACL', 'SETUSER', user, 'on', 'nopass', '~*', '&*', '+@all', '-get'])
    const client = await connect({ port: server.port, user, password: 'none' })
    const store = redisStore({ connection: client.connection })
    for (const work of [read(store, newKey()), swap(store, newKey(), 'one')]) {
      const error = await failure(work)
      expect(error.code).toBe('LATCHKEY_STORE_UNAVAILABLE')
      expect(['NOPERM', 'ERR']).toContain(error.reason) // Version 7.0 says ERR.
    }
    client.close()
    admin.close()
  })

  it('gets no password into the error when it is wrong', async () => {
    const password = 'the wrong password'
    const place = { host: '127.0.0.1', port: server.port }
    const ends: (() => void)[] = []
    let store: Store
    if (name === 'ioredis') {
      const client = new Redis({ ...place, password }).on('error', () => undefined)
      ends.push(() => client.disconnect())
      store = redisStore({ connection: ioRedis(client) })
    } else {
      const client = createClient({ socket: { ...place, reconnectStrategy: false }, password })
      client.on('error', () => undefined)
      store = redisStore({ connection: nodeRedis(client) })
      await expect(client.connect()).rejects.toThrow('WRONGPASS')
    }
    for (const work of [read(store, newKey()), swap(store, newKey(), 'a secret value')]) {
      const error = await failure(work)
      expect(error.code).toBe('LATCHKEY_STORE_UNAVAILABLE')
      if (name === 'ioredis') expect(error.reason).toBe('WRONGPASS')
      assertNoSecrets(error, [password, 'a secret value', '127.0.0.1', String(server.port).padStart(6, ':')])
    }
    for (const end of ends) end()
  })

  it('may have swapped before it died: unknown, whatever became of it', async () => {
    const mortal = await startRedis()
    await using proxy = await startProxy(mortal.port)
    const client = await connectOnce(name, proxy.port)
    const store = redisStore({ connection: client.connection })
    await store.read(newKey(), signal())
    await mortal.kill('SIGSTOP') // It has the swap and never answers.
    const pending = swap(store, newKey(), 'value one')
    await expect.poll(() => proxy.asked.some((asked) => asked.includes('value one'))).toBe(true)
    await mortal.kill()
    expect(await pending).toEqual({ kind: 'unknown' })
    expect((await failure(read(store, newKey()))).code).toBe('LATCHKEY_STORE_UNAVAILABLE')
    client.close()
    await mortal.stop()
  })

  it('answers unknown where the connection was cut after the swap, and the value is there', async () => {
    await using proxy = await startProxy(server.port)
    const client = await connectOnce(name, proxy.port, server.password)
    const store = redisStore({ connection: client.connection })
    const key = newKey()
    await store.read(key, signal())
    proxy.meet('value one', { losing: 'answer' })
    expect(await swap(store, key, 'value one')).toEqual({ kind: 'unknown' })
    client.close()
    const other = await connect(server)
    expect((await redisStore({ connection: other.connection }).read(key, signal())).value).toBe('value one')
    other.close()
  })

  it('rejects at once with the signal’s own reason while it is away, and serves again when it is back', async () => {
    const mortal = await startRedis()
    const client = await connect(mortal)
    const store = redisStore({ connection: client.connection })
    const key = newKey()
    await swap(store, key, 'one')
    await mortal.kill()
    const stop = new AbortController()
    const reason = new Error('Two seconds are over.')
    const late = [store.read(key, stop.signal), store.compareAndSet(key, null, 'two', how, stop.signal)]
    const settled = Promise.allSettled(late)
    stop.abort(reason)
    for (const outcome of await settled) {
      expect(outcome.status === 'rejected' && (outcome.reason === reason || isLatchkeyError(outcome.reason))).toBe(true)
    }
    await mortal.restart() // Empty, and without the scripts.
    await expect
      .poll(async () => (await store.read(key, AbortSignal.timeout(500)).catch(() => ({ value: 'away' }))).value, {
        timeout: 10_000,
      })
      .not.toBe('away')
    client.close()
    await mortal.stop()
  }, 30_000)

  it('is not asked by a client that was closed', async () => {
    const client = await connect(server)
    const store = redisStore({ connection: client.connection })
    await store.read(newKey(), signal())
    client.close()
    const error = await failure(read(store, newKey()))
    expect(error).toMatchObject({ code: 'LATCHKEY_STORE_UNAVAILABLE', operation: 'read' })
    expect(error.message).toContain('server can be reached')
  })
})

function read(store: Store, key: Key) {
  return store.read(key, signal())
}

function swap(store: Store, key: Key, value: string) {
  return store.compareAndSet(key, null, value, how, signal())
}

async function failure(work: Promise<unknown>): Promise<LatchkeyError> {
  const error: unknown = await work.then(
    (done) => {
      throw new Error(`Nothing failed: ${JSON.stringify(done)}`)
    },
    (thrown: unknown) => thrown,
  )
  if (isLatchkeyError(error)) return error
  throw error
}

/** A client that gives up when its connection is lost, and sends nothing again. */
async function connectOnce(name: string, port: number, password?: string) {
  if (name === 'ioredis') {
    const client = new Redis({
      host: '127.0.0.1',
      port,
      ...(password !== undefined && { password }),
      retryStrategy: () => null,
      lazyConnect: true,
    })
    await client.on('error', () => undefined).connect()
    return { connection: ioRedis(client), close: () => client.disconnect() }
  }
  const client = createClient({
    socket: { host: '127.0.0.1', port, reconnectStrategy: false },
    ...(password !== undefined && { password }),
  })
  await client.on('error', () => undefined).connect()
  return { connection: nodeRedis(client), close: () => client.destroy() }
}
