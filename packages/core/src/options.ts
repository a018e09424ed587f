/**
 * Checks options once, at construction. Shared by everything that takes an options object.
 *
 * @see STYLE section 7
 * @module
 */
import { invalidArgument } from './errors.ts'

/** Refuses names that are not known, naming the nearest known one. Values are never quoted. */
export function assertKnown(options: object, known: readonly string[], where: string): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue
    const near = nearest(name, known)
    throw invalidArgument(
      `${where}: unknown option "${name.slice(0, 40)}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
    )
  }
}

/** The known name with the fewest edits, if it is near enough to be a slip. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const ranked = known.map((other) => ({
    other,
    edits: distance(name.toLowerCase().slice(0, 40), other.toLowerCase()),
  }))
  const best = ranked.sort((a, b) => a.edits - b.edits)[0]
  return best && best.edits <= Math.max(2, best.other.length / 3) ? best.other : undefined
}

// Levenshtein's distance, one row at a time.
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      next.push(
        Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)),
      )
    }
    row = next
  }
  return row[b.length] ?? 0
}
