/**
 * What fits as a query function and as a listening client. These lines only have to compile; running them proves
 * that nothing is sent at construction.
 *
 * @module
 */
import pg from 'pg'
import { expect, it } from 'vitest'
import type { Store } from '@latchkey/core'
import { pgListen, postgresMigration, postgresStore } from '@latchkey/stores/postgres'
import type { ListeningClient, Query } from '@latchkey/stores/postgres'

it('takes the query of a pool and of a client of pg as they are, and connects to nothing by itself', async () => {
  const pool = new pg.Pool({ host: '127.0.0.1', port: 1 })
  const client = new pg.Client({ host: '127.0.0.1', port: 1 })
  const listening: ListeningClient = client
  const stores: Store[] = [
    postgresStore({ query: pool.query.bind(pool) }),
    postgresStore({ query: client.query.bind(client), table: 'my.records' }),
    postgresStore({ query: (text, values) => pool.query(text, values) }),
    postgresStore({ query: pool.query.bind(pool), listen: pgListen(() => Promise.resolve(listening)) }),
    postgresStore({ query: pool.query.bind(pool), listen: pgListen(async () => new pg.Client().connect()) }),
    postgresStore({ query: pool.query.bind(pool), listen: (channel, notified) => () => notified(channel) }),
  ]
  // A client that answers with the rows themselves needs a line around it.
  const rowsAlone = (_text: string, _values: unknown[]): Promise<object[]> => Promise.resolve([])
  const query: Query = async (text, values) => ({ rows: await rowsAlone(text, values) })
  stores.push(postgresStore({ query }))
  // @ts-expect-error -- It answers no { rows }.
  stores.push(postgresStore({ query: rowsAlone }))
  // @ts-expect-error -- There is no such option.
  expect(() => postgresStore({ query, tabel: 'records' })).toThrow('did you mean "table"?')
  expect(stores.map(({ scope }) => scope)).toEqual(stores.map(() => 'fleet'))
  expect(postgresMigration()).toContain('create table if not exists "latchkey_records"')
  expect(pool.totalCount).toBe(0)
  await pool.end()
})
