/**
 * The table: made by the migration, missing, forbidden, elsewhere; and the bounds on what it keeps.
 *
 * @module
 */
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { postgresMigration, postgresStore } from '@latchkey/stores/postgres'
import type { Query } from '@latchkey/stores/postgres'
import { postgresHere, startPostgres } from '@latchkey/testkit/servers'
import type { PostgresServer } from '@latchkey/testkit/servers'
import { statementsFor } from '../../src/postgres/statements.ts'
import { etagOf, handleOf, poolOn } from './support.ts'

const postgres = postgresHere()

describe.skipIf(!postgres.found)('the table', () => {
  let server: PostgresServer
  let pool: pg.Pool
  const storeIn = (table: string) => postgresStore({ query: pool.query.bind(pool), table })

  beforeAll(async () => {
    server = await startPostgres()
    pool = poolOn(server)
  }, 60_000)
  afterAll(async () => {
    await pool.end()
    await server.stop()
  })

  it('is named with its migration when it is missing', async () => {
    const { read, write } = handleOf(storeIn('no_such_table'))
    for (const tried of [() => read(), () => write(null, 'value'), () => write('etag', 'value')]) {
      await expect(tried()).rejects.toMatchObject({
        name: 'StoreError',
        code: 'LATCHKEY_STORE_UNSUPPORTED',
        message: expect.stringMatching(/no_such_table is missing.*postgresMigration\(\)/u) as string,
        details: { sqlstate: '42P01' },
      })
    }
  })

  it('is made once, however often and by however many at once the migration runs, and keeps its rows', async () => {
    const migration = postgresMigration({ table: 'made_together' })
    const crowd = poolOn(server, { max: 8 })
    await Promise.all(Array.from({ length: 8 }, () => crowd.query(migration)))
    const { read, write } = handleOf(storeIn('made_together'))
    await write(null, 'kept')
    await pool.query(migration)
    expect((await read()).value).toBe('kept')
    await crowd.end()
  })

  it('may lie in a schema, and may be named as SQL’s own words are', async () => {
    await pool.query('create schema apart')
    for (const table of ['apart.records', 'apart.order', 'user']) {
      await pool.query(postgresMigration({ table }))
      const { read, write } = handleOf(storeIn(table))
      const etag = etagOf(await write(null, 'one'))
      etagOf(await write(etag, 'two'))
      expect((await read()).value).toBe('two')
    }
  })

  it('needs a role that may read and write it, and says so', async () => {
    await pool.query(postgresMigration({ table: 'guarded' }))
    await pool.query(`create role weak login password 'weak-password'; grant select on guarded to weak`)
    const weak = poolOn({ url: server.url.replace(/\/\/.*@/u, '//weak:weak-password@') })
    const { read, write } = handleOf(postgresStore({ query: weak.query.bind(weak), table: 'guarded' }))
    expect((await read()).value).toBeNull()
    const refused = { code: 'LATCHKEY_STORE_UNSUPPORTED', details: { sqlstate: '42501' } }
    await expect(write(null, 'value')).rejects.toMatchObject(refused)
    await pool.query('grant insert, update, delete on guarded to weak')
    etagOf(await write(null, 'value'))
    await weak.end()
  })

  it('is rid of expired rows by one swap in 256, up to 1 000 at a time, and of nothing else', async () => {
    const table = 'purged'
    await pool.query(postgresMigration({ table }))
    const fill = `insert into purged select 'k' || n, 'e', 'v', clock_timestamp() + n * interval '1 s' from generate_series(-1499, 0) n
      union all select 'live', 'e', 'v', clock_timestamp() + interval '1 hour' union all select 'for ever', 'e', 'v', null`
    await pool.query(fill)
    const count = async () => Number((await pool.query<{ n: string }>('select count(*) as n from purged')).rows[0]?.n)
    const draw = vi.spyOn(crypto, 'randomUUID')
    const query = vi.fn<Query>((text, values) => pool.query(text, values))
    const purges = () => query.mock.calls.filter(([text]) => text.startsWith('delete')).length
    const { write } = handleOf(postgresStore({ query, table }))
    try {
      draw.mockReturnValueOnce('01000000-0000-4000-8000-000000000000')
      let etag = etagOf(await write(null, 'one'))
      expect(purges()).toBe(0)
      draw.mockReturnValueOnce('00000000-0000-4000-8000-000000000001')
      etag = etagOf(await write(etag, 'two'))
      await vi.waitFor(async () => expect(await count()).toBe(503), { timeout: 10_000, interval: 20 })
      draw.mockReturnValueOnce('00000000-0000-4000-8000-000000000002')
      await write(etag, 'three')
      await vi.waitFor(async () => expect(await count()).toBe(3), { timeout: 10_000, interval: 20 })
    } finally {
      draw.mockRestore()
    }
  })

  it('is searched for expired rows by its indexes alone, so that a big table costs no more than a small one', async () => {
    await pool.query(postgresMigration({ table: 'big' }))
    await pool.query(`insert into big select md5(n::text), 'e', 'v', clock_timestamp() + n * interval '1 s'
      from generate_series(-20, 30000) n`)
    await pool.query('analyze big')
    const { rows } = await pool.query<{ 'QUERY PLAN': string }>(`explain ${statementsFor('big').purge}`)
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    expect(plan).toMatch(/Index Scan using big_ends.*\n\s+Index Cond: \(expires_at <= /u)
    expect(plan).not.toContain('Seq Scan')
  })

  it('gives the place of an expired row to the next writer, and its etag to nobody (9.1)', async () => {
    await pool.query(postgresMigration())
    const { key, read, write } = handleOf(storeIn('latchkey_records'))
    const stale = etagOf(await write(null, 'old'))
    await pool.query(`update latchkey_records set expires_at = clock_timestamp() where key = $1`, [key])
    expect(await read()).toMatchObject({ etag: null, value: null })
    expect(await write(stale, 'revenant')).toMatchObject({ kind: 'conflict', reading: { etag: null, value: null } })
    const etag = etagOf(await write(null, 'new'))
    expect(etag).not.toBe(stale)
    expect(await write(stale, 'revenant')).toMatchObject({ kind: 'conflict', reading: { etag, value: 'new' } })
  })

  it('takes values up to 1 MiB, and refuses one byte more before anything is sent', async () => {
    await pool.query(postgresMigration())
    const { read, write } = handleOf(storeIn('latchkey_records'))
    const most = 'x'.repeat(1024 * 1024 - 2) + 'ż'
    const etag = etagOf(await write(null, most))
    expect((await read()).value === most).toBe(true)
    await expect(write(etag, `${most}x`)).rejects.toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG' })
  })
})

describe('the name of a table', () => {
  it.each(['', 'Records', 'a b', 'a-b', 'a.b.c', '.a', 'a.', '1a', 'a;drop', 'a"b', 'ż', `a${'b'.repeat(55)}`])(
    'is refused before anything is sent: %j',
    (table) => {
      expect(() => postgresMigration({ table })).toThrow(TypeError)
      expect(() => postgresStore({ query: () => Promise.reject(new Error('Nothing is sent.')), table })).toThrow(
        expect.objectContaining({ code: 'ERR_INVALID_ARG' }),
      )
    },
  )

  it('gives a channel that PostgreSQL takes, however long it is', () => {
    expect(statementsFor('latchkey_records').channel).toBe('latchkey_records')
    expect(statementsFor(`${'s'.repeat(63)}.${'t'.repeat(55)}`).channel).toHaveLength(63)
  })
})
