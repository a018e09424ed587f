/**
 * Keeps what looks like a word of the provider's own and nothing else: an error shows codes, so a member that holds
 * anything else, an echoed token for one, is left out.
 *
 * @see engine.md 10.3
 * @module
 */

/** A code: digits, dotted words, upper-case letters; at most 96 characters. */
export function codeWord(value: string | undefined): string | undefined {
  return value !== undefined && value.length <= 96 && codeShape.test(value) ? value : undefined
}

const codeShape = /^(?:\d{1,9}(?:\.\d{1,6}){0,3}|[A-Za-z]+(?:\.[A-Za-z_]+){1,8}|[A-Z0-9_]{1,16})$/
