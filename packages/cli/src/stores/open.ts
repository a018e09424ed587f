/**
 * Opens the store of a configuration.
 *
 * @see DESIGN section 4, engine.md section 9
 * @module
 */
import type { Config } from '../config/load.ts'
import { resolvePath } from '../config/load.ts'
import type { Io } from '../io.ts'
import type { Connected } from './connected.ts'

/**
 * Undefined for a store in memory, which is the engine's own. What to do about a server that does not answer is left to
 * the engine's policy.
 *
 * @throws {ConfigError} An address is missing or wrong, or the server refuses it.
 */
export async function openStore(config: Config, io: Io): Promise<Connected | undefined> {
  const { store: choice, file } = config
  switch (choice.kind) {
    case 'memory':
      return undefined
    case 'file': {
      const { fileStore } = await import('@latchkey/stores/file')
      return { store: fileStore({ directory: resolvePath(choice.directory, file, io) }), close: () => undefined }
    }
    case 'redis':
      return (await import('./redis.ts')).connectRedis(choice, config, io)
    case 'postgres':
      return (await import('./postgres.ts')).connectPostgres(choice, config, io)
    default:
      return choice satisfies never
  }
}
