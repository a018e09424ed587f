/**
 * The PostgreSQL store of a configuration, on one connection of the package `pg`.
 *
 * @module
 */
import { Socket } from 'node:net'
import { isLatchkeyError } from '@latchkey/core'
import { postgresMigration, postgresStore } from '@latchkey/stores/postgres'
import type { Client } from 'pg'
import type { Config } from '../config/load.ts'
import { fetchSecret } from '../config/secrets.ts'
import type { StoreChoice } from '../config/schema.ts'
import type { Io } from '../io.ts'
import type { Connected } from './connected.ts'
import { connectMs, optional, silentStore, unreachable, withinTime } from './connected.ts'

interface Connection {
  readonly client: Client
  readonly close: () => void
}

type Choice = Extract<StoreChoice, { kind: 'postgres' }>

const path = ['store', 'postgres']

/** Connects. @throws {ConfigError} No client, no address, or the server refuses the login. */
export async function connectPostgres(choice: Choice, config: Config, io: Io): Promise<Connected> {
  checkTable(choice, config)
  try {
    const { client, close } = await connect(choice, config, io)
    const query = (text: string, values: unknown[]) => client.query<Record<string, unknown>>(text, values)
    return { store: postgresStore({ query, ...tableOf(choice) }), close }
  } catch (error) {
    if (isLatchkeyError(error)) return silentStore(error)
    throw error
  }
}

/**
 * Makes the table, and does nothing where it is.
 *
 * @throws {ConfigError} As above, or the role may not make it. @throws {StoreError} The server cannot be reached.
 */
export async function migratePostgres(choice: Choice, config: Config, io: Io): Promise<void> {
  const sql = checkTable(choice, config)
  const { client, close } = await connect(choice, config, io, migrationMs)
  try {
    await withinTime(client.query(sql), migrationMs)
  } catch (cause) {
    const { code: state = 'no answer' } = cause as { code?: string } // Its SQLSTATE, or a system code.
    const hint = migrationHints[state] === undefined ? '' : `. ${migrationHints[state]}`
    throw config.mistake(path, `leads to a server that did not make the table (${state})${hint}`, cause)
  } finally {
    close()
  }
}

const migrationMs = 15_000 // Another one may be making it.

/** By SQLSTATE. */
const migrationHints: Readonly<Record<string, string>> = {
  '42501': 'Its role may not make tables: let the owner of the database do this',
  '3F000': 'Its schema is missing: make that first',
}

function tableOf({ table }: Choice): { readonly table?: string } {
  return table === undefined ? {} : { table }
}

/** The SQL that makes the table. What the driver says of its name is told with its place. */
function checkTable(choice: Choice, config: Config): string {
  try {
    return postgresMigration(tableOf(choice))
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw config.mistake(['store', 'table'], error.message.replace(/^table: /, ''), error)
  }
}

async function connect(choice: Choice, config: Config, io: Io, statementMs = connectMs): Promise<Connection> {
  const { url: reference } = choice
  const url = (await fetchSecret(reference, path, config, io)).reveal()
  const written = `${reference.from}:${reference.name}`
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) {
    throw config.mistake(path, `refers to ${written}, which is no address such as postgres://127.0.0.1:5432/app`)
  }
  const pg = await optional(() => import('pg'))
  if (pg === undefined) throw config.mistake(path, 'needs the package pg. Install it beside latchkey: npm install pg')
  const socket = new Socket() // Ours, so that leaving never waits for a server that is silent.
  const client = new pg.default.Client({
    connectionString: url,
    statement_timeout: statementMs,
    application_name: 'latchkey',
    stream: () => socket,
  })
  client.on('error', () => undefined) // The command that fails of it tells.
  const close = (): void => {
    client.end().catch(() => undefined) // Says goodbye where it can.
    socket.destroySoon()
  }
  try {
    await withinTime(client.connect())
    return { client, close }
  } catch (error) {
    socket.destroy()
    const { code = '' } = error as { code?: string } // A SQLSTATE, or a system code.
    if (!/^(?:28|3D)[0-9A-Z]{3}$/.test(code)) throw unreachable('PostgreSQL', error)
    throw config.mistake(path, `refers to ${written}, with which the server refuses the login (SQLSTATE ${code})`)
  }
}
