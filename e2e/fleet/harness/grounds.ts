/**
 * Where fleets meet: a directory, a PostgreSQL and a Redis server of this test file's own, and every byte that they
 * wrote to the disk.
 *
 * @see engine.md sections 9 and 10.1
 * @module
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgresMigration } from '@latchkey/stores/postgres'
import { createClient } from '@redis/client'
import { postgresHere, redisHere, startPostgres, startRedis } from '@latchkey/testkit/servers'
import type { Server } from '@latchkey/testkit/servers'
import pg from 'pg'
import type { StoreChoice } from '../worker/messages.ts'

export interface Ground extends AsyncDisposable {
  /** What the workers of one fleet are told; fleets keep apart by their keys' prefix. */
  readonly choice: StoreChoice
  /** Where it keeps its data and whatever else it writes. */
  readonly directory: string
  /** The data alone, where the store is a directory. */
  readonly data: string
  /** Where the store is one. */
  readonly server?: Server
}

export const storeKinds = ['file', 'postgres', 'redis'] as const
export type StoreKind = (typeof storeKinds)[number]

/** Says for each kind whether it can be tested here; where a server is missing, a warning was printed. */
export function kindsHere(): Readonly<Record<StoreKind, boolean>> {
  return { file: true, postgres: postgresHere().found, redis: redisHere().found }
}

/** @param persistent - Whether Redis finds its data again after a restart. @default true */
export async function openGround(kind: StoreKind, persistent = true): Promise<Ground> {
  switch (kind) {
    case 'file': {
      const directory = mkdtempSync(join(tmpdir(), 'latchkey-fleet-'))
      const data = join(directory, 'tokens')
      const remove = async (): Promise<void> => rmSync(directory, { recursive: true, force: true })
      return { choice: { kind, directory: data }, directory, data, [Symbol.asyncDispose]: remove }
    }
    case 'postgres': {
      const server = await startPostgres({ settings: { max_connections: '200' } })
      await migrate(server.url)
      return groundOf({ kind, url: server.url }, server)
    }
    case 'redis': {
      // The append-only file holds every command in the clear.
      const server = await startRedis({ args: persistent ? ['--appendonly', 'yes', '--appendfsync', 'always'] : [] })
      return groundOf({ kind, url: server.url, replicas: 0 }, server)
    }
    default:
      return kind satisfies never
  }
}

function groundOf(choice: StoreChoice, server: Server): Ground {
  const { directory } = server
  return { choice, directory, data: directory, server, [Symbol.asyncDispose]: () => server.stop() }
}

async function migrate(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(postgresMigration())
  await client.end()
}

/** Sends one command to the Redis server at that port. */
export async function askRedis(port: number, ...command: readonly string[]): Promise<void> {
  const client = createClient({ socket: { host: '127.0.0.1', port, reconnectStrategy: false } })
  client.on('error', () => undefined) // The command's own rejection tells.
  await client.connect()
  await client.sendCommand(command)
  client.destroy()
}

const bytesMax = 512 * 1024 * 1024

/**
 * Searches every file under a directory for texts, as plain bytes.
 *
 * @returns How often a text that records hold in the clear was found, so that an empty search is noticed, and the names
 *   of the files that hold one of the secrets.
 */
export function searchBytes(
  directory: string,
  secrets: readonly string[],
): { readonly records: number; readonly leaks: string[] } {
  const needles = secrets.map((secret) => Buffer.from(secret))
  const leaks: string[] = []
  let records = 0
  let read = 0
  for (const path of filesUnder(directory)) {
    const bytes = readFileSync(path)
    if ((read += bytes.length) > bytesMax) throw new RangeError(`More than ${bytesMax} bytes under ${directory}.`)
    if (needles.some((needle) => bytes.includes(needle))) leaks.push(path)
    for (let at = 0; (at = bytes.indexOf('"format":1', at)) >= 0; at += 1) records += 1
  }
  return { records, leaks }
}

function filesUnder(directory: string): string[] {
  const entries = readdirSync(directory, { recursive: true, encoding: 'utf8' })
  return entries.map((name) => join(directory, name)).filter((path) => statSync(path).isFile())
}
