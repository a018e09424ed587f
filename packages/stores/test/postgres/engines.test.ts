import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createTokenSource } from '@latchkey/core'
import { postgresMigration, postgresStore } from '@latchkey/stores/postgres'
import { collectEvents, providerDouble } from '@latchkey/testkit'
import { postgresHere, startPostgres } from '@latchkey/testkit/servers'
import type { PostgresServer } from '@latchkey/testkit/servers'
import { clientsOf, poolOn } from './support.ts'

const postgres = postgresHere()

describe.skipIf(!postgres.found)('engines on one PostgreSQL', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
    const pool = poolOn(server)
    await pool.query(postgresMigration())
    await pool.end()
  }, 60_000)
  afterAll(() => server.stop())

  it('share one token of an exclusive provider: one request for all, one more when one of them wants a newer one', async () => {
    const provider = providerDouble({ exclusive: true, latencyMs: 50 })
    const pools: pg.Pool[] = []
    const clients = clientsOf(server)
    const engines = Array.from({ length: 2 }, () => {
      const pool = poolOn(server)
      pools.push(pool)
      const events = collectEvents()
      const source = createTokenSource({
        grant: provider.grant(),
        key: provider.key(),
        keyLabel: 'shared',
        fetch: provider.fetch,
        store: postgresStore({ query: pool.query.bind(pool), listen: clients.listen }),
        plaintext: true,
        observer: events,
      })
      return { source, events }
    })
    const callers = engines.flatMap(({ source }) => Array.from({ length: 10 }, () => source.get()))
    const tokens = await Promise.all(callers)
    expect(new Set(tokens.map(({ generation }) => generation)).size).toBe(1)
    expect(provider.report()).toMatchObject({ tokenRequests: 1, violations: [] })

    const [first, second] = engines
    const old = tokens[0]
    if (!first || !second || !old) throw new Error('Two engines and twenty tokens were made.')
    const asked = `select 1 from pg_stat_activity where query = 'listen "latchkey_records"'`
    await vi.waitFor(async () => expect((await pools[0]?.query(asked))?.rowCount).toBe(2), { timeout: 10_000 })
    const newer = await first.source.get({ after: old.generation })
    await vi.waitFor(() => expect(second.source.peek()?.generation).toBe(newer.generation), { timeout: 10_000 })
    expect(second.events.last('refresh.adopted')).toMatchObject({ source: 'notice' })
    expect(provider.accepts((await second.source.get({ after: old.generation })).reveal())).toBe(true)
    expect(provider.report()).toMatchObject({ tokenRequests: 2, inFlightMax: 1, violations: [] })

    await Promise.all(engines.map(({ source }) => source[Symbol.asyncDispose]()))
    await Promise.all([clients.end(), ...pools.map((pool) => pool.end())])
  })

  it('spend each refresh token of a rotating provider once, since the intent is durable before', async () => {
    const provider = providerDouble({ renewal: 'rotating', replay: 'fatal' })
    const pools = [poolOn(server), poolOn(server)]
    const sources = pools.map((pool) =>
      createTokenSource({
        grant: provider.grant(),
        key: { ...provider.key(), subject: 'rotating' },
        keyLabel: 'rotating',
        fetch: provider.fetch,
        store: postgresStore({ query: pool.query.bind(pool) }),
        plaintext: true,
      }),
    )
    let after = 0
    for (let round = 0; round < 5; round += 1) {
      const tokens = await Promise.all(sources.map((source) => source.get({ after })))
      after = Math.max(...tokens.map(({ generation }) => generation))
    }
    expect(provider.report()).toMatchObject({ obtains: 1, violations: [] })
    expect(provider.report().renewals).toBeGreaterThanOrEqual(4)
    await Promise.all(sources.map((source) => source[Symbol.asyncDispose]()))
    await Promise.all(pools.map((pool) => pool.end()))
  })
})
