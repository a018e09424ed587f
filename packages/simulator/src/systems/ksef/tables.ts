/**
 * Everything that the imitation remembers, as bounded tables of rows. A line here is all that a kind of row needs to
 * be kept, saved, read back and forgotten at a reset.
 *
 * @module
 */
import { z } from 'zod'
import { taskRow } from './agenda.ts'
import { challengeRow } from './auth/challenge.ts'
import { sessionRow } from './auth/session.ts'
import { authorityRow, certificateRow, enrollmentRow } from './certificates/rows.ts'
import { environmentKeyRow } from './encryption/keys.ts'
import { contextLimitsRow } from './limits/context.ts'
import { rateLimitsRow } from './limits/rates.ts'
import { subjectLimitsRow } from './limits/subject.ts'
import { blockedContextRow, personRow } from './parties.ts'
import { peppolProviderRow } from './peppol.ts'
import { entityRow } from './permissions/roles.ts'
import { grantRow, operationRow } from './permissions/rows.ts'
import { attachmentConsentRow } from './testdata/rows.ts'
import { ksefTokenRow } from './tokens/ksef-token.ts'

/** How a kind of row is kept: its shape, the key by which it is found, and how many there may be. */
interface TableDefinition<Row> {
  readonly row: z.ZodType<Row>
  key(row: Row): string
  readonly max: number
}

function table<Row>(row: z.ZodType<Row>, key: (row: Row) => string, max: number): TableDefinition<Row> {
  return { row, key, max }
}

const definitions = {
  challenges: table(challengeRow, ({ challenge }) => challenge, 10_000),
  sessions: table(sessionRow, ({ reference }) => reference, 10_000),
  ksefTokens: table(ksefTokenRow, ({ reference }) => reference, 10_000),
  people: table(personRow, ({ nip }) => nip, 10_000),
  blockedContexts: table(blockedContextRow, ({ context }) => context, 10_000),
  peppolProviders: table(peppolProviderRow, ({ id }) => id, 10_000),
  environmentKeys: table(environmentKeyRow, ({ id }) => id, 100),
  entities: table(entityRow, ({ nip }) => nip, 10_000),
  grants: table(grantRow, ({ id }) => id, 10_000),
  permissionOperations: table(operationRow, ({ reference }) => reference, 10_000),
  attachmentConsents: table(attachmentConsentRow, ({ nip }) => nip, 10_000),
  certificateAuthority: table(authorityRow, ({ id }) => id, 1),
  certificates: table(certificateRow, ({ serial }) => serial, 10_000),
  enrollments: table(enrollmentRow, ({ reference }) => reference, 10_000),
  contextLimits: table(contextLimitsRow, ({ context }) => context, 10_000),
  subjectLimits: table(subjectLimitsRow, ({ subject }) => subject, 10_000),
  rateLimits: table(rateLimitsRow, ({ context }) => context, 10_000),
  /** What is to be done later; the agenda keeps its order. */
  tasks: table(taskRow, ({ id }) => id, 10_000),
}

/** A bounded memory of rows, in the order in which they came. */
export interface Table<Row> {
  /** Rows may be changed in place. */
  get(key: string): Row | undefined
  /** Adds a row, or puts it in the place of the one with its key. Past the bound the oldest one goes. */
  set(row: Row): void
  delete(key: string): void
  values(): IterableIterator<Row>
  readonly size: number
  readonly max: number
}

type Definitions = typeof definitions
type RowOf<Name extends keyof Definitions> = Definitions[Name] extends TableDefinition<infer Row> ? Row : never

/** The tables by name. */
export type Tables = { readonly [Name in keyof Definitions]: Table<RowOf<Name>> }

/** The rows of all tables, as JSON. */
export type SavedTables = { readonly [Name in keyof Definitions]: readonly RowOf<Name>[] }

/** Checks rows that are read back. */
export const savedTables = z.strictObject(
  forEachName(({ row, max }) => z.array(row).max(max)),
) as unknown as z.ZodType<SavedTables> // Each member is made from its own definition.

/** Makes the tables, empty or of saved rows. */
export function createTables(saved?: SavedTables): Tables {
  return forEachName((definition, name) => createTable(definition, saved?.[name] ?? [])) as unknown as Tables // As above.
}

/** The rows as they are now. */
export function rowsOf(tables: Tables): SavedTables {
  return forEachName((_, name) =>
    [...tables[name].values()].map((row) => structuredClone(row)),
  ) as unknown as SavedTables // As above.
}

function createTable<Row>(definition: TableDefinition<Row>, saved: readonly Row[]): Table<Row> {
  const { max } = definition
  const rows = new Map(saved.map((row) => [definition.key(row), row]))
  return {
    get: (wanted) => rows.get(wanted),
    set(row) {
      rows.set(definition.key(row), row)
      const [oldest] = rows.keys()
      if (rows.size > max && oldest !== undefined) rows.delete(oldest)
    },
    delete: (wanted) => void rows.delete(wanted),
    values: () => rows.values(),
    get size() {
      return rows.size
    },
    max,
  }
}

function forEachName<Made>(
  make: (definition: TableDefinition<unknown>, name: keyof Definitions) => Made,
): Readonly<Record<keyof Definitions, Made>> {
  const names = Object.keys(definitions) as (keyof Definitions)[] // The keys are all there are.
  const made = names.map((name) => [name, make(definitions[name], name)])
  return Object.fromEntries(made) as Record<keyof Definitions, Made> // One for each name.
}
