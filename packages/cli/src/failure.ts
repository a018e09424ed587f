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
import { UsageError } from './usage.ts'

const interrupted = 130

/** Tells what went wrong on standard error, or as JSON, and returns the exit code. */
export async function fail(error: unknown, options: CommonOptions, io: Io): Promise<number> {
  if (io.signal.aborted && error === io.signal.reason) {
    if (options.json) io.out(json({ error: { code: 'INTERRUPTED', message: 'Stopped.' } }))
    return interrupted
  }
  const { code, exit, message, details } = await describe(error)
  if (options.json) io.out(json({ error: { code, message, ...details } }))
  else io.err(`${code}: ${printable(message)}\n${options.verbose ? verbose(error) : ''}`)
  return exit
}

interface Failure {
  readonly code: string
  readonly exit: number
  readonly message: string
  readonly details?: Readonly<Record<string, unknown>>
}

async function describe(error: unknown): Promise<Failure> {
  if (error instanceof UsageError) return { code: error.code, exit: 2, message: error.message }
  if (isLatchkeyError(error)) {
    const { code, message, details } = error
    return { code, exit: await exitOf(error), message, details }
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

async function exitOf(error: LatchkeyError): Promise<number> {
  const { darajaErrorCodes } = await import('@latchkey/daraja')
  const tables: Readonly<Record<string, CodeRow>> = { ...errorCodes, ...darajaErrorCodes }
  return tables[error.code]?.exit ?? 1
}

// Where it happened and what is known, without messages of foreign errors.
function verbose(error: unknown): string {
  const facts = isLatchkeyError(error) ? `  ${JSON.stringify(error.details)}\n` : ''
  const stack = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : []
  return `${facts}${stack.slice(0, 12).join('\n')}\n`
}
