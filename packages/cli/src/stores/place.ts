/**
 * Where a configuration keeps tokens, in words.
 *
 * @module
 */
import { resolvePath } from '../config/load.ts'
import type { Config } from '../config/load.ts'
import type { Io } from '../io.ts'

/** Undefined for a store in memory, which ends with the command. */
export function storePlace({ store, file }: Config, io: Io): string | undefined {
  switch (store.kind) {
    case 'memory':
      return undefined
    case 'file':
      return `the folder ${resolvePath(store.directory, file, io)}`
    case 'redis':
      return 'Redis'
    case 'postgres':
      return 'PostgreSQL'
    default:
      return store satisfies never
  }
}
