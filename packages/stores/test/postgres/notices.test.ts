import { execFile } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { promisify } from 'node:util'
import type pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { pgListen, postgresMigration, postgresStore } from '@latchkey/stores/postgres'
import type { Listen, ListeningClient } from '@latchkey/stores/postgres'
import { postgresHere, startPostgres } from '@latchkey/testkit/servers'
import type { PostgresServer } from '@latchkey/testkit/servers'
import { createNotices } from '../../src/postgres/notices.ts'
import { clientsOf, etagOf, handleOf, newKey, poolOn } from './support.ts'

const postgres = postgresHere()
const soon = { timeout: 10_000, interval: 20 }

describe.skipIf(!postgres.found)('notices of a real server (9.4)', () => {
  let server: PostgresServer
  let pool: pg.Pool
  beforeAll(async () => {
    server = await startPostgres()
    pool = poolOn(server)
    await pool.query(postgresMigration())
  }, 60_000)
  afterAll(async () => {
    await pool.end()
    await server.stop()
  })
  const listeners = async (): Promise<number> => {
    const asked = `select count(*)::int as n from pg_stat_activity where query = 'listen "latchkey_records"'`
    return (await pool.query<{ n: number }>(asked)).rows[0]?.n ?? 0
  }

  it('tell another process’ watcher of each swap of its key, on one connection, until the last watcher leaves', async () => {
    const clients = clientsOf(server)
    const listening = postgresStore({ query: pool.query.bind(pool), listen: clients.listen })
    const writing = handleOf(postgresStore({ query: pool.query.bind(pool) }))
    const heard = { own: 0, other: 0 }
    const unwatch = listening.watch?.(writing.key, () => (heard.own += 1))
    const unwatchOther = listening.watch?.(newKey(), () => (heard.other += 1))
    await vi.waitFor(async () => expect(await listeners()).toBe(1), soon)
    const etag = etagOf(await writing.write(null, 'one'))
    await vi.waitFor(() => expect(heard.own).toBe(1), soon)
    expect((await writing.write(null, 'lost')).kind).toBe('conflict')
    etagOf(await writing.write(etag, 'two'))
    await vi.waitFor(() => expect(heard.own).toBe(2), soon)
    expect(heard.other).toBe(0)
    unwatch?.()
    unwatch?.()
    expect(await listeners()).toBe(1)
    unwatchOther?.()
    await vi.waitFor(async () => expect(await listeners()).toBe(0), soon)
    expect(clients.made).toHaveLength(1)
  })

  it('come again after the listening connection was lost, while the store never noticed', async () => {
    const clients = clientsOf(server)
    const store = postgresStore({ query: pool.query.bind(pool), listen: clients.listen })
    const { key, read, write } = handleOf(store)
    let heard = 0
    const unwatch = store.watch?.(key, () => (heard += 1))
    await vi.waitFor(async () => expect(await listeners()).toBe(1), soon)
    const [client] = clients.made
    if (!client) throw new Error('The store has made a connection to listen.')
    const ended = new Promise<void>((resolve) => client.once('end', resolve))
    await pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen "latchkey_records"'`)
    await ended
    const etag = etagOf(await write(null, 'unheard'))
    expect((await read()).value).toBe('unheard')
    await vi.waitFor(() => expect(clients.made).toHaveLength(2), soon)
    await vi.waitFor(async () => expect(await listeners()).toBe(1), soon)
    expect(heard).toBe(0)
    etagOf(await write(etag, 'heard'))
    await vi.waitFor(() => expect(heard).toBe(1), soon)
    unwatch?.()
    await vi.waitFor(async () => expect(await listeners()).toBe(0), soon)
  })

  it('are tried for again when the server is away at first', async () => {
    const clients = clientsOf(server)
    await server.kill()
    const store = postgresStore({ query: pool.query.bind(pool), listen: clients.listen })
    const { key, write } = handleOf(store)
    let heard = 0
    const unwatch = store.watch?.(key, () => (heard += 1))
    await vi.waitFor(() => expect(clients.made).toHaveLength(1), soon)
    await server.restart()
    await vi.waitFor(async () => expect(await listeners()).toBe(1), soon)
    await write(null, 'value')
    await vi.waitFor(() => expect(heard).toBe(1), soon)
    unwatch?.()
    await clients.end()
  })

  it('do not keep the process alive that listens for them (G17)', async () => {
    const program = `
      import pg from 'pg'
      import { pgListen, postgresStore } from '@latchkey/stores/postgres'
      const listen = pgListen(async () => {
        const client = new pg.Client(${JSON.stringify(server.url)})
        await client.connect()
        return client
      })
      const store = postgresStore({
        query: () => Promise.reject(new Error('Not asked.')),
        listen: async (...args) => {
          const stop = await listen(...args)
          console.log('listens')
          return stop
        },
      })
      store.watch('key', () => undefined)`
    const args = ['--conditions=@latchkey/source', '--import', 'tsx', '--input-type=module', '--eval', program]
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname, timeout: 15_000 })
    expect(stdout).toBe('listens\n')
  })

  it('need a connection of the server’s own, and are no promise: without them there is no watch', () => {
    expect(postgresStore({ query: pool.query.bind(pool) })).not.toHaveProperty('watch')
  })
})

describe('listening with a scripted connection', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('pauses for at most a minute between tries, longer each time, and never again once nobody watches', async () => {
    const listen = vi.fn<Listen>().mockRejectedValue(new Error('No server.'))
    vi.spyOn(Math, 'random').mockReturnValue(1)
    const unwatch = createNotices(listen, 'channel')(newKey(), () => undefined)
    const tries: number[] = []
    for (let second = 0; second < 300; second += 1) {
      await vi.advanceTimersByTimeAsync(1_000)
      tries.push(listen.mock.calls.length)
    }
    expect(tries.filter((count, index) => count !== tries[index - 1]).length).toBe(listen.mock.calls.length - 1)
    const at = (count: number) => tries.indexOf(count) + 1
    expect([2, 3, 4, 5, 6, 7, 8, 9].map(at)).toEqual([1, 3, 7, 15, 31, 63, 123, 183])
    unwatch()
    await vi.advanceTimersByTimeAsync(600_000)
    expect(listen).toHaveBeenCalledTimes(tries.at(-1) ?? 0)
    vi.restoreAllMocks()
  })

  it('ends a connection that is made only after the last watcher left', async () => {
    const stop = vi.fn()
    let made: ((stop: () => void) => void) | undefined
    const unwatch = createNotices(() => new Promise((resolve) => (made = resolve)), 'channel')(
      newKey(),
      () => undefined,
    )
    unwatch()
    made?.(stop)
    await vi.advanceTimersByTimeAsync(0)
    expect(stop).toHaveBeenCalledOnce()
  })

  it('tells all watchers of a key, also one function that watches twice, and keeps their ends apart', async () => {
    const key = newKey()
    let tell: (key: string) => void = () => undefined
    const stop = vi.fn()
    const watch = createNotices((_, notified) => {
      tell = notified
      return stop
    }, 'channel')
    const changed = vi.fn()
    const unwatch = [watch(key, changed), watch(key, changed)]
    await vi.advanceTimersByTimeAsync(0)
    tell(key)
    expect(changed).toHaveBeenCalledTimes(2)
    unwatch[0]?.()
    unwatch[0]?.()
    tell(key)
    expect(changed).toHaveBeenCalledTimes(3)
    expect(stop).not.toHaveBeenCalled()
    unwatch[1]?.()
    tell(key)
    expect(changed).toHaveBeenCalledTimes(3)
    expect(stop).toHaveBeenCalledOnce()
  })

  it('quotes the channel, which may be a word of SQL, and says once that the connection is lost', async () => {
    const emitter = new EventEmitter()
    const query = vi.fn(() => Promise.resolve())
    const end = vi.fn(() => Promise.reject(new Error('It is gone.')))
    const client: ListeningClient = Object.assign(emitter, { query, end })
    const lost = vi.fn()
    const heard = vi.fn()
    await pgListen(() => Promise.resolve(client))('user', heard, lost)
    expect(query.mock.calls).toEqual([['listen "user"']])
    emitter.emit('notification', { channel: 'user', payload: 'key' })
    expect(heard.mock.calls).toEqual([['key']])
    emitter.emit('error', new Error('Connection terminated unexpectedly'))
    emitter.emit('error', new Error('Connection terminated'))
    expect(lost).toHaveBeenCalledOnce()
    expect(end).toHaveBeenCalledOnce()
  })

  it('ends a connection that cannot listen, and reports no loss for it or for an end that was asked for', async () => {
    const lost = vi.fn()
    const end = vi.fn(() => Promise.resolve())
    const refusing = Object.assign(new EventEmitter(), {
      query: () => Promise.reject(new Error('No LISTEN here.')),
      end,
    })
    await expect(pgListen(() => Promise.resolve(refusing))('channel', vi.fn(), lost)).rejects.toThrow('No LISTEN here.')
    expect(end).toHaveBeenCalledOnce()
    const willing = Object.assign(new EventEmitter(), { query: () => Promise.resolve(), end })
    const stop = await pgListen(() => Promise.resolve(willing))('channel', vi.fn(), lost)
    await stop()
    willing.emit('error', new Error('Connection terminated'))
    expect(end).toHaveBeenCalledTimes(2)
    expect(lost).not.toHaveBeenCalled()
  })
})
