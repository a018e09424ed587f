/**
 * What a failed command says and the exit code it ends with. The codes come from the packages' own tables.
 *
 * @see DESIGN "Errors"
 * @module
 */
import { errorCodes, isLatchkeyError } from '@latchkey/core'
import type { CodeRow, LatchkeyError } from '@latchkey/core'
import { json, printable } from './output.ts'
import type { CommonOptions, Io } from './io.ts'
import type { Explanation } from './providers/provider.ts'
import { UsageError } from './usage.ts'

const interrupted = 130

/** The command has told what failed; only the exit code is left. */
export class ReportedFailure extends Error {
  readonly exit: number
  constructor(exit: number) {
    super('reported')
    this.exit = exit
  }
}

/** Tells what went wrong on standard error, or as JSON, and returns the exit code. */
export async function fail(error: unknown, options: CommonOptions, io: Io): Promise<number> {
  if (io.signal.aborted && error === io.signal.reason) {
    if (options.json) io.out(json({ error: { code: 'INTERRUPTED', message: 'Stopped.' } }))
    return interrupted
  }
  if (error instanceof ReportedFailure) return error.exit
  const { code, exit, message, details, excerpt } = await describeFailure(error)
  if (options.json) io.out(json({ error: { code, message, ...details } }))
  else io.err(`${code}: ${printable(message)}\n${excerpt ?? ''}${options.verbose ? verbose(error) : ''}`)
  return exit
}

export interface Failure {
  readonly code: string
  readonly exit: number
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>>
  /** Further lines for people. */
  readonly excerpt?: string
}

/** What is told of an error, and the exit code that it means. */
export async function describeFailure(error: unknown): Promise<Failure> {
  if (error instanceof UsageError) {
    const { code, message, details, excerpt } = error
    return { code, exit: 2, message, details, ...(excerpt !== undefined && { excerpt: `${excerpt}\n` }) }
  }
  if (isLatchkeyError(error)) {
    const { code, details } = error
    const told = { code, exit: await exitOf(code), message: messageOf(error), details }
    const explained = await explanationOf(error)
    if (!explained) return told
    const excerpt = explained.lines.map((line) => `  ${printable(line)}\n`).join('')
    return { ...told, details: { ...details, ...explained.facts }, excerpt }
  }
  if (error instanceof TypeError && (error as { code?: unknown }).code === 'ERR_INVALID_ARG') {
    return { code: 'ERR_INVALID_ARG', exit: 2, message: error.message }
  }
  // Anything else is a bug of ours or of the platform; its message may quote what it choked on.
  const name = error instanceof Error ? error.name : typeof error
  return {
    code: 'LATCHKEY_INTERNAL',
    exit: 1,
    message: `The command failed unexpectedly (${name}). Run it with --verbose for where.`,
  }
}

async function explanationOf(error: LatchkeyError): Promise<Explanation | undefined> {
  const { allProviders } = await import('./providers/registry.ts')
  for (const provider of allProviders) {
    const found = await provider.explain?.(error)
    if (found) return found
  }
  return undefined
}

/** The exit code of an error's code, from the packages' tables. */
export async function exitOf(code: string): Promise<number> {
  const core: Readonly<Record<string, CodeRow>> = errorCodes
  if (core[code]) return core[code].exit
  const { allProviders } = await import('./providers/registry.ts')
  for (const provider of allProviders) {
    const row = (await provider.errorCodes())[code]
    if (row) return row.exit
  }
  return 1
}

const noTable = '42P01' // SQLSTATE: undefined_table.

// The engine speaks of any store; the driver's own error behind it knows which one it is and what to do.
function messageOf({ message, cause, details }: LatchkeyError): string {
  const told = isLatchkeyError(cause) && cause.code === 'LATCHKEY_STORE_UNAVAILABLE' ? cause.message : message
  return details['sqlstate'] === noTable ? `${told} \`latchkey init --migrate\` does that.` : told
}

// Where it happened and what is known, without messages of foreign errors.
function verbose(error: unknown): string {
  const facts = isLatchkeyError(error) ? `  ${JSON.stringify(error.details)}\n` : ''
  const stack = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : []
  return `${facts}${stack.slice(0, 12).join('\n')}\n`
}
