import type pg from 'pg'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { postgresMigration, postgresStore } from '@latchkey/stores/postgres'
import { storeContract } from '@latchkey/testkit'
import { postgresHere, startPostgres } from '@latchkey/testkit/servers'
import type { PostgresServer } from '@latchkey/testkit/servers'
import { clientsOf, poolOn } from '../postgres/support.ts'

const postgres = postgresHere()

describe.skipIf(!postgres.found)('on a real server', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  }, 60_000)
  afterAll(() => server.stop())

  for (const isolation of ['read committed', 'serializable']) {
    storeContract({
      name: `PostgreSQL, ${isolation} by default`,
      runner: { describe, it },
      create: async () => {
        const options = `-c default_transaction_isolation=${isolation.replace(' ', '\\ ')}`
        const pools = [0, 1].map(() => poolOn(server, { max: 8, options }))
        const [pool, other] = pools as [pg.Pool, pg.Pool] // Two were made.
        await pool.query(postgresMigration())
        const clients = clientsOf(server)
        return {
          store: postgresStore({ query: pool.query.bind(pool), listen: clients.listen }),
          second: () => postgresStore({ query: other.query.bind(other) }),
          drop: async (key) => void (await pool.query('delete from latchkey_records where key = $1', [key])),
          close: async () => void (await Promise.all([clients.end(), ...pools.map((each) => each.end())])),
        }
      },
    })
  }
})
