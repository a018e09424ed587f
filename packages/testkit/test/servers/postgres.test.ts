import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findPostgres, postgresHere, startPostgres } from '../../src/servers.ts'
import type { PostgresServer } from '../../src/servers.ts'
import { accepts } from '../../src/servers/ports.ts'

const postgres = postgresHere()

describe.skipIf(!postgres.found)('a real PostgreSQL server', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres({ settings: { max_connections: '20' } })
  }, 60_000)
  afterAll(() => server.stop())

  it('serves at once, with the settings it was given, and confirms what is committed', async () => {
    const asked = `select current_setting('max_connections'), current_setting('fsync'), current_setting('synchronous_commit')`
    expect(await sql(server, asked)).toBe('20|off|on')
    expect(await sql(server, `select current_user, current_database()`)).toBe(`${server.user}|${server.database}`)
  })

  it('lets nobody in without the password', async () => {
    await expect(sql({ ...server, url: server.url.replace(server.password, 'wrong') }, 'select 1')).rejects.toThrow(
      'password authentication failed',
    )
  })

  it('keeps what was committed when it is ended as by a crash, and comes back on the same port', async () => {
    await sql(server, 'create table kept (n int)')
    await sql(server, 'insert into kept values (1)')
    const { pid, port } = server
    await server.kill()
    expect(await accepts(port)).toBe(false)
    await server.restart()
    expect([server.port, await sql(server, 'select n from kept')]).toEqual([port, '1'])
    expect(server.pid).not.toBe(pid)
  })

  it('does not move to another port when the one asked for is taken', async () => {
    await expect(startPostgres({ port: server.port })).rejects.toThrow(/already in use/iu)
  })

  it('shows the end of its log when it cannot start', async () => {
    await expect(startPostgres({ settings: { no_such_setting: '1' } })).rejects.toThrow(
      /postgres ended with 1 at its start.*no_such_setting/su,
    )
  })

  it('leaves neither process nor directory behind', async () => {
    await server.stop()
    expect(() => process.kill(server.pid, 0)).toThrow('ESRCH')
    expect(existsSync(server.directory)).toBe(false)
  })
})

async function sql({ url }: Pick<PostgresServer, 'url'>, text: string): Promise<string> {
  const psql = join(dirname(findPostgres() ?? ''), 'psql')
  const { stdout } = await promisify(execFile)(psql, ['-X', '-A', '-t', '-d', url, '-c', text])
  return stdout.trim()
}
