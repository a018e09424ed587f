/**
 * Checks options once, at construction. Shared by everything that takes an options object.
 *
 * @see STYLE section 7
 * @module
 */
import { invalidArgument } from './errors.ts'

/** Refuses names that are not known, naming the nearest known one. Values are never quoted. */
export function assertKnown(options: object, known: readonly string[], where: string): void {
  if (typeof options !== 'object' || options === null) throw invalidArgument(`${where}: takes an object of options`) // Callers in JavaScript.
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue
    const near = nearest(name, known)
    throw invalidArgument(
      `${where}: unknown option "${name.slice(0, 40)}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
    )
  }
}

/** What a value must be, in words and as a test. */
export interface Rule {
  readonly text: string
  holds(value: unknown): boolean
}

/** Checks the types of the options that have a rule. `undefined` always means the default. */
export function assertTypes(options: object, rules: Readonly<Record<string, Rule>>): void {
  for (const [name, value] of Object.entries(options) as [string, unknown][]) {
    const rule = value === undefined || !Object.hasOwn(rules, name) ? undefined : rules[name]
    if (rule && !rule.holds(value)) throw invalidArgument(`${name}: must be ${rule.text}`)
  }
}

/** A value that has these methods. */
export function withMethods(noun: string, ...names: readonly string[]): Rule {
  const text = `${noun} with ${names.map((name) => `${name}()`).join(', ')}`
  return { text, holds: (value) => names.every((name) => typeof member(value, name) === 'function') }
}

const aFunction: Rule = { text: 'a function', holds: (value) => typeof value === 'function' }
const someText: Rule = { text: 'non-empty text', holds: (value) => typeof value === 'string' && value !== '' }
const yesOrNo: Rule = { text: 'true or false', holds: (value) => typeof value === 'boolean' }

/** The options that reach the engine through every client under these names. */
export const engineRules: Readonly<Record<string, Rule>> = {
  grant: withMethods('a grant', 'obtain'),
  keyLabel: someText,
  keepWarm: yesOrNo,
  store: withMethods('a store', 'read', 'compareAndSet'),
  ring: withMethods('a key ring', 'seal', 'open', 'fingerprint'),
  plaintext: yesOrNo,
  clock: withMethods('a clock', 'mono', 'wall', 'sleep'),
  random: aFunction,
  observer: withMethods('an observer', 'event'),
  fetch: aFunction,
  refusalBudget: {
    text: '{ renewals: 0 or more, per: milliseconds }',
    holds: (value) => Number(member(value, 'renewals')) >= 0 && Number(member(value, 'per')) > 0,
  },
  storeTrouble: { text: "'degrade' or 'fail'", holds: (value) => value === 'degrade' || value === 'fail' },
  prefix: someText,
  idleMs: { text: 'milliseconds', holds: (value) => typeof value === 'number' && value >= 0 },
  maxKeys: { text: 'a whole number of at least 1', holds: (value) => Number.isInteger(value) && Number(value) > 0 },
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (Reflect.get(value, name) as unknown) : undefined // Any type; the caller asks.
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
