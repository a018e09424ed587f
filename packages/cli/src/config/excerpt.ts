/**
 * One line of a configuration file with a caret below the mistake. Values are not shown: where the quotes are wrong, any
 * word may be a part of a secret, so only the names that this file format has are.
 *
 * @module
 */
import type { Place } from './placed-json.ts'

const widthMax = 72

/** Two lines, indented, without a line end. */
export function excerpt(text: string, { line, column }: Place, known: ReadonlySet<string>): string {
  const source =
    text
      .replace(/^\uFEFF/, '')
      .split('\n')
      [line - 1]?.replace(/\r$/, '') ?? ''
  const before = veil(source.slice(0, column - 1), known)
  const after = veil(source.slice(column - 1), known)
  const cut = Math.max(0, before.length - widthMax / 2)
  const shown = `${cut > 0 ? '…' : ''}${before.slice(cut)}`
  const rest = after.length > widthMax ? `${after.slice(0, widthMax)}…` : after
  return `    ${shown}${rest}\n    ${' '.repeat(shown.length)}^`
}

// What is left of an unknown word is one sign, so that its length is not shown either.
function veil(text: string, known: ReadonlySet<string>): string {
  return text
    .replace(/\s/gu, ' ')
    .replace(/"(\w+)"(?= *:)|[^ {}[\]:,"]+/gu, (whole, name: string | undefined) =>
      name === undefined ? '…' : known.has(name) ? whole : '"…"',
    )
}
