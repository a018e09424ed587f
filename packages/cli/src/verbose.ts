/**
 * What the engine's events make a command say on standard error: warnings always, every event with `--verbose`. Events
 * carry no secrets.
 *
 * @see engine.md sections 9.7, 9.8 and 13
 * @module
 */
import type { EngineEvent, Observer } from '@latchkey/core'
import type { CommonOptions, Io } from './io.ts'

/** What is known of the store whose trouble is to be told. */
export interface KnownOfStore {
  /** A silent store makes the command fail, and the error tells all. */
  readonly fails: boolean
  /** Why it could not be reached. */
  trouble?: string | undefined
}

/** The `observer` option of a client. */
export function observer(
  options: CommonOptions,
  io: Io,
  store: KnownOfStore = { fails: false },
): { readonly observer: Observer } {
  const said = new Set<string>()
  return {
    observer: {
      event(event) {
        if (options.verbose) io.err(line(event))
        const warning = warningFor(event, store)
        if (warning === undefined || said.has(warning)) return
        said.add(warning)
        io.err(`Warning: ${warning}\n`)
      },
    },
  }
}

function line({ type, ...fields }: EngineEvent): string {
  const facts = Object.entries(fields).filter(([, value]) => value !== undefined)
  return `${type} ${facts.map(([name, value]) => `${name}=${String(value)}`).join(' ')}\n`
}

/** The store trouble that a user has to know of, although the command goes on. */
function warningFor(event: EngineEvent, store: KnownOfStore): string | undefined {
  const { type, keyLabel } = event
  if (type === 'latchkey.store.degraded') {
    if (store.fails || event.reason !== 'LATCHKEY_STORE_UNAVAILABLE') return undefined
    const why = store.trouble ?? 'The store does not answer.'
    return `${why} A token of ${keyLabel} is therefore obtained for this command alone; where a new token ends the one before, it ends that of other processes. With "storeTrouble": "fail" the command fails instead.`
  }
  if (type === 'latchkey.store.corrupt' && event.operation === 'open') {
    return `the stored token of ${keyLabel} was sealed with another key, so a new one is asked for. Give every process the same "key".`
  }
  if (type === 'latchkey.store.corrupt') {
    return `the stored record of ${keyLabel} is damaged; a new token or \`latchkey forget ${keyLabel}\` replaces it.`
  }
  return undefined
}
