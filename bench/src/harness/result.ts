/**
 * What a benchmark hands back: a table, its bars and the raw numbers. Apart from the benchmarks so that printing,
 * the document and the machine-readable file agree.
 *
 * @module
 */

/** A cell that is a number keeps it in `raw`; `text` is what people read. */
export interface Cell {
  readonly text: string
  readonly raw?: number | readonly number[] | boolean | null
}

export interface Row {
  readonly name: string
  readonly cells: readonly Cell[]
}

export interface Table {
  /** Names of the columns after the first. */
  readonly columns: readonly string[]
  readonly rows: readonly Row[]
}

/** A promise about a number (engine.md section 17). */
export interface Bar {
  readonly claim: string
  readonly measured: string
  readonly reached: boolean
  /** Why it is not reached, or may not be. Shown only then. */
  readonly reason?: string
}

export interface Outcome {
  readonly table: Table
  readonly bars: readonly Bar[]
  /** What a reader must know to read the table right. */
  readonly notes: readonly string[]
}

/** A library does not have this door. Shown as words, never as zero. */
export const notOffered: Cell = { text: 'not offered', raw: null }

/** A number with a fitting number of digits, and thousands apart. */
export function amount(value: number, unit = ''): string {
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : Math.abs(value) >= 10 ? 1 : 2
  const text = value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
  return (unit === '' ? text : `${text} ${unit}`).replaceAll(',', ' ')
}

/** How many times ours another measurement is. */
export function ratio(value: number, ours: number | undefined): Cell {
  if (ours === undefined || ours <= 0) return { text: '–', raw: null }
  const times = value / ours
  return { text: `${times >= 100 ? amount(Math.round(times)) : times.toFixed(times >= 10 ? 1 : 2)} ×`, raw: times }
}
