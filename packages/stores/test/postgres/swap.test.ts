/**
 * What the driver makes of a query function's answers: time, durability, lost answers, endless trouble.
 *
 * @module
 */
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { postgresMigration, postgresStore } from '@latchkey/stores/postgres'
import type { Query } from '@latchkey/stores/postgres'
import { postgresHere, startPostgres } from '@latchkey/testkit/servers'
import type { PostgresServer } from '@latchkey/testkit/servers'
import { etagOf, handleOf, never, newKey, poolOn } from './support.ts'

const postgres = postgresHere()

describe.skipIf(!postgres.found)('on a real server', () => {
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

  it('takes the time from the server, whatever this process believes (3.3, 9.2)', async () => {
    const { read, write } = handleOf(postgresStore({ query: pool.query.bind(pool) }))
    const before = Math.floor(performance.timeOrigin + performance.now()) - 1_000 // The server is on this machine.
    vi.useFakeTimers({ toFake: ['Date'], now: 0 })
    try {
      expect(Date.now()).toBe(0)
      const swap = await write(null, 'value', { keep: 60_000 })
      if (swap.kind !== 'done') throw new Error(swap.kind)
      const { now, value } = await read()
      const conflict = await write(null, 'other')
      if (conflict.kind !== 'conflict') throw new Error(conflict.kind)
      for (const at of [swap.now, now, conflict.reading.now]) {
        expect(Number.isInteger(at)).toBe(true)
        expect(at).toBeGreaterThan(before)
        expect(at).toBeLessThan(before + 60_000)
      }
      expect(value).toBe('value')
    } finally {
      vi.useRealTimers()
    }
  })

  it.each([
    ['on', true, true],
    ['on', false, false],
    ['local', true, true],
    ['off', true, false],
    ['off', false, false],
  ])('with synchronous_commit %s and durable %s asked, answers durable %s (9.3)', async (commit, durable, told) => {
    const own = poolOn(server, { options: `-c synchronous_commit=${commit}` })
    const { write } = handleOf(postgresStore({ query: own.query.bind(own) }))
    const swap = await write(null, 'one', { durable, keep: 'forever' })
    expect(swap).toMatchObject({ kind: 'done', durable: told })
    expect(await write(etagOf(swap), 'two', { durable })).toMatchObject({ kind: 'done', durable: told })
    await own.end()
  })

  it('answers unknown when a swap was applied and its answer lost, and reads what was applied', async () => {
    const query: Query = async (text, values) => {
      const answer = await pool.query(text, values)
      if (text.includes('insert') || text.includes('update')) {
        throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' })
      }
      return answer
    }
    const { read, write } = handleOf(postgresStore({ query }))
    expect(await write(null, 'applied')).toEqual({ kind: 'unknown' })
    expect((await read()).value).toBe('applied')
  })
})

describe('with a scripted query function', () => {
  const rolledBack = Object.assign(new Error('could not serialize access'), { code: '40001' })

  it('sends a rolled-back swap eight times, then says conflict with what is there', async () => {
    const sent: string[] = []
    const query: Query = (text) => {
      sent.push(text)
      if (sent.length <= 8) return Promise.reject(rolledBack)
      return Promise.resolve({ rows: [{ now: 1_700_000_000_000, etag: 'theirs', value: 'v' }] })
    }
    const { write } = handleOf(postgresStore({ query }))
    const reading = { etag: 'theirs', value: 'v', now: 1_700_000_000_000 }
    expect(await write('mine', 'value')).toEqual({ kind: 'conflict', reading })
    expect(sent).toHaveLength(9)
    expect(new Set(sent.slice(0, 8)).size).toBe(1)
  })

  it('gives up a read that is rolled back for ever', async () => {
    const query = vi.fn<Query>().mockRejectedValue(rolledBack)
    const unavailable = { code: 'LATCHKEY_STORE_UNAVAILABLE', details: { sqlstate: '40001' } }
    await expect(handleOf(postgresStore({ query })).read()).rejects.toMatchObject(unavailable)
    expect(query).toHaveBeenCalledTimes(8)
  })

  it('sends nothing once the signal is aborted, and prefers its reason to any failure', async () => {
    const reason = new Error('The caller gave up.')
    const query = vi.fn<Query>()
    const store = postgresStore({ query })
    const how = { keep: 1_000, durable: false }
    await expect(store.read(newKey(), AbortSignal.abort(reason))).rejects.toBe(reason)
    await expect(store.compareAndSet(newKey(), null, 'v', how, AbortSignal.abort(reason))).rejects.toBe(reason)
    expect(query).not.toHaveBeenCalled()
    const stop = new AbortController()
    query.mockImplementation(() => {
      stop.abort(reason)
      return Promise.reject(new Error('Connection terminated'))
    })
    await expect(store.compareAndSet(newKey(), null, 'v', how, stop.signal)).rejects.toBe(reason)
  })

  it.each([
    ['no rows at all', undefined],
    ['an array instead of { rows }', []],
    ['rows without the server’s time', { rows: [{}] }],
  ])('refuses %s as no answer of PostgreSQL', async (_, answer) => {
    const query = (() => Promise.resolve(answer)) as unknown as Query // A caller's mistake in JavaScript.
    const store = postgresStore({ query })
    const unsupported = { code: 'LATCHKEY_STORE_UNSUPPORTED' }
    await expect(store.read(newKey(), never())).rejects.toMatchObject(unsupported)
    await expect(handleOf(store).write(null, 'value')).rejects.toMatchObject(unsupported)
  })

  it('takes numbers that the client gives as text', async () => {
    const query: Query = () => Promise.resolve({ rows: [{ now: '1700000000000', commit: 'on' }] })
    expect(await handleOf(postgresStore({ query })).read()).toEqual({ etag: null, value: null, now: 1_700_000_000_000 })
  })

  it('refuses options that are missing, unknown or of the wrong type', () => {
    const query: Query = () => Promise.reject(new Error('Nothing is sent.'))
    const wrong = [
      undefined,
      null,
      {},
      { query: 'select' },
      { query, tabel: 'x' },
      { query, listen: 1 },
      { query, table: 1 },
    ]
    for (const options of wrong) {
      expect(() => postgresStore(options as unknown as { query: Query })).toThrow(TypeError) // Mistakes in JavaScript.
    }
  })
})
