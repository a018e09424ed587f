/**
 * Every SQL text of the driver, written for one table. Each is one statement, so that it is atomic without a
 * transaction of the client's, and each answers with the server's clock.
 *
 * @module
 */
import { invalidArgument } from '@latchkey/core'

export interface Statements {
  /** $1 key. One row, whether or not there is a record: etag, value, now. */
  readonly read: string
  /** $1 key, $2 new etag, $3 value, $4 milliseconds or null, $5 channel. A row if there was no record: now, commit. */
  readonly create: string
  /** As `create`, and $6 the etag that the record must have. A row if it had. */
  readonly replace: string
  readonly purge: string
  /** Lower-case letters, digits and _; quote it, since it may be a word of SQL. */
  readonly channel: string
}

const defaultTable = 'latchkey_records'
const tableName = /^(?:[a-z_][a-z0-9_]{0,62}\.)?[a-z_][a-z0-9_]{0,54}$/ // Leaves room for the index' name.
const purgeRows = 1_000

/**
 * The SQL that makes the driver's table, to be run once by somebody who may create tables. Running it again changes
 * nothing, and several processes may run it at once. The store's own role needs select, insert, update and delete.
 *
 * @param options.table - `name` or `schema.name`, in lower case, as given to `postgresStore`. @default 'latchkey_records'
 * @returns Three statements, for a client's query without values, `psql` or a migration file.
 */
export function postgresMigration(options: { readonly table?: string } = {}): string {
  const { quoted, name } = parseTable(options.table)
  // The lock, released at the end, is there because PostgreSQL may fail one of two that create a table at once.
  return `select pg_advisory_xact_lock(hashtext('${quoted}'));
create table if not exists ${quoted} (
  key text collate "C" primary key,
  etag text not null,
  value text not null,
  expires_at timestamptz
);
create index if not exists "${name}_ends" on ${quoted} (expires_at) where expires_at is not null;
`
}

/** @throws {TypeError} The table's name is no plain identifier. */
export function statementsFor(table?: string): Statements {
  const { quoted, name, schema } = parseTable(table)
  const at = '(select at from clock)'
  const clock = 'clock as materialized (select clock_timestamp() as at)'
  const endsAt = `${at} + $4::float8 * interval '1 millisecond'`
  const done = (swap: string): string =>
    `with ${clock}, done as (${swap} returning 1)
select ${epochMs(at)} as now, current_setting('synchronous_commit') as commit, pg_notify($5, $1) from done`
  return {
    read: `with ${clock}
select ${epochMs('clock.at')} as now, r.etag, r.value from clock
left join ${quoted} r on r.key = $1 and (r.expires_at is null or r.expires_at > clock.at)`,

    // An expired record counts as absent, so its place is taken.
    create: done(`insert into ${quoted} as r (key, etag, value, expires_at) values ($1, $2, $3, ${endsAt})
on conflict (key) do update set etag = excluded.etag, value = excluded.value, expires_at = excluded.expires_at
where r.expires_at <= ${at}`),

    // No upsert: where the record was lost, its old etag must not bring it back.
    replace: done(`update ${quoted} r set etag = $2, value = $3, expires_at = ${endsAt}
where r.key = $1 and r.etag = $6 and (r.expires_at is null or r.expires_at > ${at})`),

    // `statement_timestamp` and not `clock_timestamp`, which would keep the index from being used.
    purge: `delete from ${quoted} where key = any(array(select key from ${quoted} where expires_at <= statement_timestamp()
order by expires_at limit ${purgeRows} for update skip locked))`,

    channel: (schema === undefined ? name : `${schema}_${name}`).slice(0, 63), // Longer names are an error. Sharing one costs nothing but notices.
  }
}

function epochMs(instant: string): string {
  return `floor(extract(epoch from ${instant}) * 1000)::float8` // Every client gives this type as a number.
}

function parseTable(table: string = defaultTable): { quoted: string; name: string; schema: string | undefined } {
  if (typeof table !== 'string' || !tableName.test(table)) {
    throw invalidArgument(
      'table: must be a name or schema.name in lower-case letters, digits and _, the name of at most 55 characters',
    )
  }
  const [name = '', schema] = table.split('.').reverse()
  return { quoted: schema === undefined ? `"${name}"` : `"${schema}"."${name}"`, name, schema }
}
