/**
 * How results look: a table for people, one JSON document for programs.
 *
 * @module
 */

/** Rows as aligned columns under a heading. Control characters are shown, never sent to the terminal. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  return tableInParts(heading)(rows)
}

/** The same for rows that come in parts: the heading is before the first, and columns only grow. */
export function tableInParts(heading: readonly string[]): (rows: readonly (readonly string[])[]) => string {
  let widths = heading.map(() => 0)
  let above: readonly (readonly string[])[] = [heading]
  return (rows) => {
    const lines = [...above, ...rows].map((row) => row.map(printable))
    above = []
    widths = widths.map((width, column) => Math.max(width, ...lines.map((row) => row[column]?.length ?? 0)))
    return lines
      .map((row) =>
        row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd(),
      )
      .map((line) => `${line}\n`)
      .join('')
  }
}

/** Names and values, one pair a line. */
export function pairs(values: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const shown = Object.entries(values).filter(([, value]) => value !== undefined && value !== '')
  const width = Math.max(...shown.map(([name]) => name.length))
  return shown.map(([name, value]) => `${name.padEnd(width)}  ${printable(String(value))}\n`).join('')
}

export function json(value: unknown): string {
  return `${JSON.stringify(value)}\n`
}

/** A provider's text may hold what would move a terminal's cursor. */
export function printable(text: string): string {
  // Control characters are what is looked for: C0, DEL and C1.
  return text.replace(/\p{Cc}/gu, (found) => `\\x${found.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
