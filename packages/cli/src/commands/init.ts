/**
 * `latchkey init`: writes a configuration file and the key that seals tokens; with `--migrate`, makes the table of a
 * configuration that shares tokens through PostgreSQL.
 *
 * @see DESIGN section 4, engine.md 10.1
 * @module
 */
import { randomBytes } from 'node:crypto'
import { chmod, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { systemCode } from '@latchkey/core'
import { generateSealingKey } from '@latchkey/core/seal'
import { configName, folderOf, loadConfig, namedConfig, parseConfig, resolvePath } from '../config/load.ts'
import { fetchKeyRing } from '../config/secrets.ts'
import type { Reference } from '../config/fields.ts'
import type { InitFlags } from '../flags.ts'
import type { CommonOptions, Io } from '../io.ts'
import { json } from '../output.ts'
import { providerNamed } from '../providers/registry.ts'
import { unlessStopped } from '../stopping.ts'
import { UsageError } from '../usage.ts'

const keyFile = '~/.latchkey/key'

/** @throws {UsageError} There is a configuration already, or a file cannot be written. */
export async function init(options: CommonOptions & InitFlags, io: Io): Promise<void> {
  if (options.migrate) return migrate(options, io)
  if (options.directory !== undefined && options.store !== 'file') {
    throw new UsageError('--directory is where a file store keeps its records. Leave it out, or pass --store file.')
  }
  const file = namedConfig(options.config, io) ?? join(folderOf(io), configName)
  const text = `${JSON.stringify(template(options), null, 2)}\n`
  const config = parseConfig(file, text)
  const key = resolvePath(keyFile, file, io)
  if (!options.force) await refuseExisting(file)
  const keyCreated = await createKey(key)
  await fetchKeyRing(config, io) // A key that was there must be one, and nobody else's.
  await writeConfig(file, text, options.force)

  const references = [...Object.values(config.profiles), config.store].flatMap(variablesOf)
  if (options.json) return io.out(json({ config: file, key, keyCreated, variables: references }))
  io.out(`Wrote ${file}\n${keyCreated ? `Wrote ${key}` : `Kept ${key}`}\n`)
  io.err(nextSteps(options, references))
}

async function migrate(options: CommonOptions & InitFlags, io: Io): Promise<void> {
  const config = await loadConfig(options.config, io)
  const { store } = config
  if (store.kind !== 'postgres') throw config.mistake(['store'], 'is not in PostgreSQL, so there is no table to make')
  const { migratePostgres } = await import('../stores/postgres.ts')
  await unlessStopped(migratePostgres(store, config, io), io)
  io.out(options.json ? json({ config: config.file, migrated: true }) : 'The table is there.\n')
}

function template({ provider, store, directory = '~/.latchkey/tokens' }: InitFlags): object {
  const stores = {
    file: { file: directory },
    redis: { redis: 'env:REDIS_URL' },
    postgres: { postgres: 'env:DATABASE_URL' },
  }
  return {
    profiles: {
      [provider]: {
        provider,
        ...providerNamed(provider).template,
      },
    },
    store: stores[store],
    key: `file:${keyFile}`,
  }
}

function variablesOf(part: object): readonly string[] {
  return (Object.values(part) as (Partial<Reference> | string | undefined)[]) // The fields of a checked configuration.
    .flatMap((value) => (typeof value === 'object' && value.from === 'env' && value.name ? [value.name] : []))
}

function nextSteps({ provider, store }: InitFlags, variables: readonly string[]): string {
  const shared = store === 'file' ? '' : 'Give every host the same key file: what one seals, the others must open.\n'
  const table = store === 'postgres' ? 'Make the table once: latchkey init --migrate\n' : ''
  return (
    `Next: set ${variables.join(', ')}.\n${table}${shared}` +
    `${providerNamed(provider).advice}\nThen: latchkey token ${provider}\n`
  )
}

async function refuseExisting(file: string): Promise<void> {
  const handle = await open(file, 'r').catch(() => undefined) // Not there, or told when it is written.
  await handle?.close()
  if (handle) throw exists(file)
}

function exists(file: string): UsageError {
  return new UsageError(`${file} is there already. Change it, or pass --force to write a new one in its place.`)
}

/** True when it was made; a key that is there stays, since what it has sealed could not be opened any more. */
async function createKey(file: string): Promise<boolean> {
  try {
    const folder = dirname(file)
    const made = await mkdir(folder, { recursive: true, mode: 0o700 })
    if (made !== undefined) await chmod(folder, 0o700) // Whatever the umask takes away from it.
    await create(file, `${generateSealingKey().reveal()}\n`)
    return true
  } catch (cause) {
    if (systemCode(cause) === 'EEXIST') return false
    throw cannotWrite(file, cause)
  }
}

async function writeConfig(file: string, text: string, force: boolean): Promise<void> {
  const beside = `${file}.${randomBytes(6).toString('hex')}.tmp`
  try {
    if (!force) return await create(file, text)
    await create(beside, text)
    await rename(beside, file)
  } catch (cause) {
    await rm(beside, { force: true })
    throw systemCode(cause) === 'EEXIST' ? exists(file) : cannotWrite(file, cause)
  }
}

/** A new file of its owner alone, on the disk when this resolves. */
async function create(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function cannotWrite(file: string, cause: unknown): UsageError {
  return new UsageError(`${file} cannot be written (${systemCode(cause) ?? 'unknown'}). Check its folder.`, { cause })
}
