/**
 * Notices of changed records, and the connection over which they come.
 *
 * @see engine.md sections 9.4 and 14 (G17)
 * @module
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Key, Store } from '@latchkey/core'
import { redisStore } from '@latchkey/stores/redis'
import { redisHere, startRedis } from '@latchkey/testkit/servers'
import type { RedisServer } from '@latchkey/testkit/servers'
import { clients, clusterClients, newKey, signal } from './clients.ts'
import type { Client } from './clients.ts'

const redis = redisHere()
const patient = { timeout: 10_000 }

describe.skipIf(!redis.found).each(Object.entries(clients))('watching a record through %s', (name, connect) => {
  let server: RedisServer
  let writer: Client
  beforeAll(async () => {
    server = await startRedis()
    writer = await connect(server)
  }, 30_000)
  afterAll(async () => {
    writer.close()
    await server.stop()
  })
  const subscribers = async () => {
    const list = String(await writer.send(['CLIENT', 'LIST', 'TYPE', 'pubsub']))
    return list.split('\n').filter((line) => line !== '').length
  }
  const listeners = async (key: Key) => Number(((await writer.send(['PUBSUB', 'NUMSUB', `{${key}}`])) as unknown[])[1])

  it('hears of another handle’s swaps, and of no other record', async () => {
    const client = await connect(server)
    const [key, other] = [newKey(), newKey()]
    let [notices, others] = [0, 0]
    const store = redisStore({ connection: client.connection })
    store.watch?.(key, () => (notices += 1))
    store.watch?.(other, () => (others += 1))
    await expect.poll(() => listeners(key), patient).toBe(1)
    const ours = redisStore({ connection: writer.connection })
    await put(ours, key, 'one')
    await expect.poll(() => notices, patient).toBe(1)
    await ours.compareAndSet(key, null, 'two', { keep: 60_000, durable: false }, signal()) // A conflict changes nothing.
    await put(ours, key, 'three')
    await expect.poll(() => notices, patient).toBe(2)
    expect(others).toBe(0)
    client.close()
  })

  it('takes one connection for all, and gives it back with the last', async () => {
    const client = await connect(server)
    const before = await subscribers()
    const [store, second] = [client.connection, client.connection].map((connection) => redisStore({ connection }))
    const [key, other] = [newKey(), newKey()]
    let notices = 0
    const ends = [store, second].map((each) => each?.watch?.(key, () => (notices += 1)))
    ends.push(store?.watch?.(other, () => undefined))
    await expect.poll(() => listeners(other), patient).toBe(1)
    expect(await listeners(key)).toBe(1)
    expect(await subscribers()).toBe(before + 1)

    ends[0]?.()
    ends[0]?.()
    await put(redisStore({ connection: writer.connection }), key, 'one')
    await expect.poll(() => notices, patient).toBe(1)
    ends[1]?.()
    await expect.poll(() => listeners(key), patient).toBe(0)
    ends[2]?.()
    await expect.poll(subscribers, patient).toBe(before)

    store?.watch?.(key, () => (notices += 1)) // And takes another when it is needed again.
    await expect.poll(() => listeners(key), patient).toBe(1)
    client.close()
    await expect.poll(subscribers, patient).toBe(before) // Ends with the client, too.
  })

  it('hears again after the server was away', async () => {
    const mortal = await startRedis()
    const client = await connect(mortal)
    const store = redisStore({ connection: client.connection })
    const key = newKey()
    let notices = 0
    store.watch?.(key, () => (notices += 1))
    const heard = async () => {
      const before = notices
      await put(store, key, String(Math.random())).catch(() => undefined)
      await new Promise((resolve) => setTimeout(resolve, 20))
      return notices > before
    }
    await expect.poll(heard, patient).toBe(true)
    await mortal.kill()
    await mortal.restart()
    await expect.poll(heard, { timeout: 20_000 }).toBe(true)
    client.close()
    await mortal.stop()
  }, 60_000)

  it('swallows that a user may not subscribe or publish, and swaps all the same', async () => {
    const user = `user${Math.trunc(Math.random() * 1e9)}`
    await writer.send(['ACL', 'SETUSER', user, 'on', 'nopass', '~*', 'resetchannels', '+@all'])
    const client = await connect({ ...server, user, password: 'none' })
    const store = redisStore({ connection: client.connection })
    const key = newKey()
    const unwatch = store.watch?.(key, () => undefined)
    await put(store, key, 'one')
    expect((await store.read(key, signal())).value).toBe('one')
    unwatch?.()
    client.close()
  })

  it('keeps no process from ending once the program has closed its client', async () => {
    const source = fileURLToPath(new URL('./clients.ts', import.meta.url))
    const program = `
      const { clients, newKey, signal } = await import(${JSON.stringify(source)})
      const { redisStore } = await import('@latchkey/stores/redis')
      const client = await clients[${JSON.stringify(name)}]({ port: ${server.port} })
      const store = redisStore({ connection: client.connection })
      store.watch(newKey(), () => undefined)
      const key = newKey()
      const heard = new Promise((resolve) => store.watch(key, resolve))
      const write = async () => {
        const { etag } = await store.read(key, signal())
        await store.compareAndSet(key, etag, 'value', { keep: 60000, durable: false }, signal())
      }
      const timer = setInterval(() => write().catch(() => undefined), 20) // The last one may meet a closed client.
      await heard
      clearInterval(timer)
      client.close()
      console.log('closed')`
    const flags = ['--import', 'tsx', '--conditions=@latchkey/source', '--input-type=module', '--eval', program]
    const here = fileURLToPath(new URL('.', import.meta.url))
    const child = spawn(process.execPath, flags, { cwd: here, stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
    const [code] = (await once(child, 'exit', { signal: AbortSignal.timeout(20_000) })) as [number | null]
    expect([code, said.trim()]).toEqual([0, 'closed'])
  }, 40_000)
})

describe.skipIf(!redis.found)('watching a record in a cluster', () => {
  let cluster: RedisServer
  beforeAll(async () => {
    cluster = await startRedis({ cluster: true, args: ['--cluster-announce-ip', '127.0.0.1'] })
  }, 40_000)
  afterAll(() => cluster.stop())

  it.each(Object.entries(clusterClients))('hears over the client’s own connection: %s', async (_name, connect) => {
    const [client, writer] = [await connect(cluster), await connect(cluster)]
    const key = newKey()
    let notices = 0
    const unwatch = redisStore({ connection: client.connection }).watch?.(key, () => (notices += 1))
    const store = redisStore({ connection: writer.connection })
    const heard = async () => {
      await put(store, key, String(Math.random()))
      return notices
    }
    await expect.poll(heard, patient).toBeGreaterThan(0)
    unwatch?.()
    const before = notices
    await put(store, key, 'last')
    await put(store, key, 'very last')
    expect(notices).toBe(before)
    client.close()
    writer.close()
  })
})

async function put(store: Store, key: Key, value: string): Promise<void> {
  const { etag } = await store.read(key, signal())
  const swap = await store.compareAndSet(key, etag, value, { keep: 60_000, durable: false }, signal())
  expect(swap.kind).toBe('done')
}
