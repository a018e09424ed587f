/**
 * Where the stores of a run are: directories of their own, and servers where this machine has them.
 *
 * @module
 */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { postgresMigration } from '@latchkey/stores/postgres'
import { findPostgres, findRedis, startPostgres, startRedis } from '@latchkey/testkit/servers'
import pg from 'pg'
import type { StorePlace } from '../adapter.ts'

export interface Places {
  /** A new directory that only this user can read. */
  directory(): Promise<string>
  /** A PostgreSQL that waits for its disk at each commit, with the table of the driver; undefined: not installed. */
  postgres(): Promise<StorePlace | undefined>
  /** A Redis. `durable`: one that waits for its disk at each write; undefined: not installed. */
  redis(durable: boolean): Promise<StorePlace | undefined>
  /** What the servers call themselves. */
  readonly versions: readonly string[]
  end(): Promise<void>
}

export function createPlaces(): Places {
  const ends: (() => Promise<unknown>)[] = []
  const versions = new Set<string>()
  return {
    async directory() {
      const directory = await mkdtemp(join(tmpdir(), 'latchkey-bench-'))
      ends.push(() => rm(directory, { recursive: true, force: true }))
      return directory
    },
    async postgres() {
      const program = findPostgres()
      if (program === undefined) return undefined
      versions.add(await versionOf(program))
      const server = await startPostgres({ fsync: true })
      ends.push(() => server.stop())
      const client = new pg.Client({ connectionString: server.url })
      await client.connect()
      await client.query(postgresMigration())
      await client.end()
      return { kind: 'postgres', url: server.url }
    },
    async redis(durable) {
      const program = findRedis()
      if (program === undefined) return undefined
      versions.add(await versionOf(program))
      const server = await startRedis(durable ? { args: ['--appendonly', 'yes', '--appendfsync', 'always'] } : {})
      ends.push(() => server.stop())
      return { kind: 'redis', url: server.url, durable }
    },
    get versions() {
      return [...versions]
    },
    async end() {
      for (const end of ends.reverse()) await end()
    },
  }
}

// "postgres (PostgreSQL) 15.8 (…)", "Redis server v=7.0.15 sha=… …".
async function versionOf(program: string): Promise<string> {
  const { stdout } = await promisify(execFile)(program, ['--version'])
  const name = program.endsWith('postgres') ? 'PostgreSQL' : 'Redis'
  return `${name} ${/\d+(\.\d+)+/.exec(stdout)?.[0] ?? 'of unknown version'}`
}
