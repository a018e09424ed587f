/**
 * The kinds of fields that the configuration is made of. Every message completes "NAME …"; none shows a value, since a
 * secret may stand where it does not belong.
 *
 * @see DESIGN section 4
 * @module
 */
import { nearest } from '@latchkey/core'
import { z } from 'zod'

/** Where a secret is to be found. */
export interface Reference {
  /** `input`: standard input, which only a flag can mean. */
  readonly from: 'env' | 'file' | 'input'
  /** The variable's name, or the path as it is written. */
  readonly name: string
}

/** The message for a value of another kind: `what` it is to be. */
export const words = (what: string) => (issue: { readonly input?: unknown }) =>
  issue.input === undefined ? `is missing; it must be ${what}` : `must be ${what}`

/** Text that is not empty. */
export const text = z.string({ error: words('text') }).min(1, 'must not be empty')

/** A reference, and nothing else. @param variable What the message takes for an example. */
export const secret = (variable: string) =>
  z.string({ error: words(`a reference such as "env:${variable}"`) }).transform((written, context): Reference => {
    const found = referenceIn(written)
    if (found === undefined) context.addIssue(tooPlain(variable))
    return found ?? z.NEVER
  })

/** The value itself, or where it is to be found. */
export const plainOrReference = text.transform((written): string | Reference => referenceIn(written) ?? written)

/** One of two environments. */
export const environment = z.enum(['sandbox', 'production'], { error: words('"sandbox" or "production"') })

export const wholeNumber = (min: number, max: number) => {
  const error = words(`a whole number from ${min} to ${max}`)
  return z.int({ error }).min(min, { error }).max(max, { error })
}

/** An object that refuses other names than its own. */
export function known<Shape extends z.ZodRawShape>(shape: Shape, what: string) {
  const names = Object.keys(shape)
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? unknownName(issue.keys[0] ?? '', names) : words(`an object: ${what}`)(issue),
  })
}

function tooPlain(variable: string): string {
  return `must be a reference, since secrets do not belong into this file: put the secret into an environment variable and write "env:${variable}", or into a file and write "file:PATH"`
}

/** What a text refers to; undefined where it is none, or rather a secret than a name. */
export function referenceIn(written: string): Reference | undefined {
  const [, from, name = ''] = /^(env|file):(.+)$/.exec(written) ?? []
  if (from === 'file') return { from, name }
  // Anything else after `env:` is more likely to be a secret than a name.
  return from === 'env' && /^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name) ? { from, name } : undefined
}

function unknownName(name: string, names: readonly string[]): string {
  const near = nearest(name, names)
  return `is not known here; ${near === undefined ? `use ${names.join(', ')}` : `did you mean "${near}"?`}`
}
