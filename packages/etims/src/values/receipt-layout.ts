/**
 * Lines of one width for a receipt printer: centered, wrapped, and with a value at the right edge.
 *
 * @module
 */

/** A line that separates. */
export function rule(width: number): string {
  return '-'.repeat(width)
}

/** Breaks a text into lines, at spaces where there are some. Control characters never reach a printer. */
export function wrapped(text: string, width: number): string[] {
  const rows: string[] = []
  for (const word of text.split(/[\s\p{Cc}]+/u).filter((part) => part !== '')) {
    const last = rows.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) rows[rows.length - 1] = `${last} ${word}`
    else rows.push(...pieces(word, width))
  }
  return rows
}

/** Wraps a text and centers each line. */
export function centered(text: string, width: number): string[] {
  return wrapped(text, width).map((row) => ' '.repeat(Math.floor((width - row.length) / 2)) + row)
}

/** A text at the left and a value at the right edge; on lines of their own where they do not fit on one. */
export function rightOf(text: string, value: string, width: number): string[] {
  const left = wrapped(text, width)
  const last = left.at(-1) ?? ''
  const gap = width - last.length - value.length
  if (gap >= 1) return [...left.slice(0, -1), last + ' '.repeat(gap) + value]
  return [...left, ...pieces(value, width).map((piece) => piece.padStart(width))]
}

function pieces(word: string, width: number): string[] {
  return Array.from({ length: Math.ceil(word.length / width) }, (_, index) =>
    word.slice(index * width, (index + 1) * width),
  )
}
