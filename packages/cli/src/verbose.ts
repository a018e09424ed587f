/**
 * What `--verbose` adds on standard error: the engine's events, which carry no secrets.
 *
 * @module
 */
import type { EngineEvent, Observer } from '@latchkey/core'
import type { CommonOptions, Io } from './io.ts'

/** The `observer` option of a client, if the caller asked to hear. */
export function observer(options: CommonOptions, io: Io): { readonly observer?: Observer } {
  return options.verbose ? { observer: { event: (event) => io.err(line(event)) } } : {}
}

function line({ type, ...fields }: EngineEvent): string {
  const facts = Object.entries(fields).filter(([, value]) => value !== undefined)
  return `${type} ${facts.map(([name, value]) => `${name}=${String(value)}`).join(' ')}\n`
}
