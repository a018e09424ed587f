/**
 * The PostgreSQL driver: one row per key, each step one statement, through a query function of the caller's.
 *
 * @see engine.md section 9
 * @module
 */
import { assertKnown, invalidArgument, StoreError } from '@latchkey/core'
import type { Reading, Store } from '@latchkey/core'
import { isRolledBack, isTurnedDown, storeError } from './failures.ts'
import { createNotices } from './notices.ts'
import type { Listen } from './notices.ts'
import { statementsFor } from './statements.ts'

/**
 * Runs one statement with `$1, $2, …` bound to the values, outside any transaction, on the primary. The `query` of a
 * `pg` pool as it is; of other clients, a line around theirs.
 */
export type Query = (text: string, values: unknown[]) => Promise<{ readonly rows: readonly object[] }>

export interface PostgresStoreOptions {
  readonly query: Query
  /** How to LISTEN. Without it other processes' changes are found by polling. */
  readonly listen?: Listen
  /** `name` or `schema.name`, in lower case; made by {@link postgresMigration}. @default 'latchkey_records' */
  readonly table?: string
}

const valueMaxBytes = 1024 * 1024
const triesMax = 8
const purgeSign = '00' // The etag's first digits: one swap in 256.

/**
 * Keeps one row per key in a table that {@link postgresMigration} made; scope: the fleet.
 *
 * Read and swap are single statements, so no transaction is held open and any isolation level will do: a statement
 * that the server rolls back in favour of another is sent again, then answered as a conflict. Time is the server's
 * `clock_timestamp()`. Etags are random and never come back.
 *
 * `durable` is answered with true where it was asked for and the commit was synchronous: `synchronous_commit` was not
 * `off` for that very statement. A server with `fsync` off is the operator's word that its disk need not be waited for.
 *
 * Expired rows count as absent. One swap in 256 removes up to 1 000 of them afterwards, without being waited for.
 *
 * A swap whose answer was lost is `unknown`. Deadlines are the caller's signal; a statement that is given up may still
 * be running, so give the client a `statement_timeout`, and a `pg` pool `connectionTimeoutMillis` and an `error` listener.
 *
 * @throws {StoreError} `LATCHKEY_STORE_UNAVAILABLE`: no connection, or the server turned the statement down; `details.sqlstate`
 *   says why. `LATCHKEY_STORE_UNSUPPORTED`: the table is missing, of another shape, or forbidden to this role.
 * @throws {TypeError} An option is malformed, or a value is longer than 1 MiB.
 * @example
 *   const pool = new pg.Pool({ connectionString, connectionTimeoutMillis: 2_000, statement_timeout: 2_000 })
 *   pool.on('error', () => undefined)
 *   await pool.query(postgresMigration())
 *   const store = postgresStore({ query: pool.query.bind(pool) })
 */
export function postgresStore(options: PostgresStoreOptions): Store {
  assertKnown(options, ['query', 'listen', 'table'], 'postgresStore')
  const { query, listen, table = 'latchkey_records' } = options
  if (typeof query !== 'function') throw invalidArgument('query: must be a function')
  if (listen !== undefined && typeof listen !== 'function') throw invalidArgument('listen: must be a function')
  const sql = statementsFor(table)

  /** The first row. Sends again what the server rolled back for the sake of another statement. */
  async function run(text: string, values: unknown[], signal: AbortSignal): Promise<Row | undefined> {
    for (let tries = 1; ; tries += 1) {
      signal.throwIfAborted()
      try {
        return firstRow(await untilAborted(query(text, values), signal))
      } catch (error) {
        if (tries === triesMax || !isRolledBack(error)) throw error
      }
    }
  }

  async function read(key: string, signal: AbortSignal): Promise<Reading> {
    try {
      const { etag, value, now } = (await run(sql.read, [key], signal)) ?? {}
      if (typeof etag !== 'string' || typeof value !== 'string') return { etag: null, value: null, now: epochMs(now) }
      return { etag, value, now: epochMs(now) }
    } catch (error) {
      signal.throwIfAborted()
      throw error instanceof StoreError ? error : storeError(error, 'read', table)
    }
  }

  return {
    scope: 'fleet',
    read,
    async compareAndSet(key, etag, value, { keep, durable }, signal) {
      if (Buffer.byteLength(value) > valueMaxBytes) throw invalidArgument('value: is longer than 1 MiB')
      const next = crypto.randomUUID()
      const values = [key, next, value, keep === 'forever' ? null : keep, sql.channel]
      let row: Row | undefined
      try {
        row = await (etag === null ? run(sql.create, values, signal) : run(sql.replace, [...values, etag], signal))
      } catch (error) {
        signal.throwIfAborted()
        if (error instanceof StoreError) throw error
        if (!isRolledBack(error)) {
          if (isTurnedDown(error)) throw storeError(error, 'swap', table)
          return { kind: 'unknown' }
        }
      }
      if (!row) return { kind: 'conflict', reading: await read(key, signal) }
      if (next.startsWith(purgeSign)) query(sql.purge, []).catch(() => undefined) // The next one will do it.
      return { kind: 'done', etag: next, now: epochMs(row.now), durable: durable && row.commit !== 'off' }
    },
    ...(listen && { watch: createNotices(listen, sql.channel) }),
  }
}

/** A row as the statements name their columns, unchecked. */
interface Row {
  readonly now?: unknown
  readonly etag?: unknown
  readonly value?: unknown
  readonly commit?: unknown
}

function firstRow(result: { readonly rows: readonly object[] }): Row | undefined {
  if (!Array.isArray(result?.rows)) throw strange()
  return result.rows[0] as Row | undefined // Its columns are checked where they are read.
}

function epochMs(now: unknown): number {
  const ms = Number(now ?? NaN) // Clients may be told to give numbers as text.
  if (!Number.isFinite(ms)) throw strange()
  return ms
}

function strange(): StoreError {
  const text =
    'The query function did not answer as PostgreSQL does. It must resolve to { rows }, with a column as it is.'
  return new StoreError('LATCHKEY_STORE_UNSUPPORTED', text)
}

/** Settles with the work, or rejects with the signal's reason, whichever comes first. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    signal.addEventListener('abort', abort)
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
