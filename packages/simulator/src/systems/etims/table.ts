/**
 * Rows in the order in which they came, and the last one of each key.
 *
 * @module
 */

/** A list of rows with an index. */
export interface Table<Row> {
  readonly rows: readonly Row[]
  /** Adds a row. One with the same key stays in the list, but is no longer found. */
  add(row: Row): void
  get(key: string): Row | undefined
}

/** Makes a table, empty or of rows. */
export function createTable<Row>(keyOf: (row: Row) => string, saved: readonly Row[] = []): Table<Row> {
  const rows = [...saved]
  const last = new Map(rows.map((row) => [keyOf(row), row]))
  return {
    rows,
    add(row) {
      rows.push(row)
      last.set(keyOf(row), row)
    },
    get: (key) => last.get(key),
  }
}
