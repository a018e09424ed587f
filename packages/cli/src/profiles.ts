/**
 * The profiles of a configuration, opened on its store.
 *
 * @see DESIGN section 4
 * @module
 */
import type { KeyRing } from '@latchkey/core'
import type { Config } from './config/load.ts'
import { loadConfig, profileNamed } from './config/load.ts'
import { fetchBytes, fetchKeyRing, fetchSecret, fetchText } from './config/secrets.ts'
import type { ConfigFlags } from './flags.ts'
import type { CommonOptions, Io } from './io.ts'
import type { ClientOf, Door, Opening, Provider, Use } from './providers/provider.ts'
import { providerNamed } from './providers/registry.ts'
import type { Connected } from './stores/connected.ts'
import { openStore } from './stores/open.ts'
import { closing, unlessStopped } from './stopping.ts'
import { observer } from './verbose.ts'
import type { KnownOfStore } from './verbose.ts'

export interface Profiles extends AsyncDisposable {
  readonly config: Config
  /**
   * What gives the tokens of a profile; closed together with all.
   *
   * @param use - `record`: its record is only looked at or forgotten, for which the client id is enough.
   * @throws {UsageError} There is no such profile, or what it says cannot be used.
   */
  tokens(name: string, use: Use): Promise<Door>
  /** The client of a profile; closed together with all. @throws {UsageError} Also where it is another provider's. */
  client<P extends Provider>(name: string, provider: P): Promise<ClientOf<P>>
}

/** Reads the configuration. Its store is opened for the first profile that can be used. @throws {UsageError} */
export async function openProfiles(options: CommonOptions & ConfigFlags, io: Io): Promise<Profiles> {
  return profilesOf(await loadConfig(options.config, io), options, io)
}

/** The same for a configuration that is there. */
export function profilesOf(config: Config, options: CommonOptions, io: Io): Profiles {
  const known: KnownOfStore = { fails: config.storeTrouble === 'fail' }
  const watching = observer(options, io, known)
  const doors: Door[] = []
  let ring: Promise<KeyRing | undefined> | undefined
  let store: Promise<Connected | undefined> | undefined

  async function open(name: string, use: Use, how: 'openTokens' | 'openClient'): Promise<Door> {
    const profile = profileNamed(config, name)
    const provider = providerNamed(profile.provider)
    const path = ['profiles', name]
    const opening: Opening = {
      ...{ name, use },
      secret: (field, reference) => fetchSecret(reference, [...path, field], config, io),
      text: (field, given) => fetchText(given, [...path, field], config, io),
      bytes: (field, reference) => fetchBytes(reference, [...path, field], config, io),
      async services() {
        // Of a record nothing is sealed or opened.
        if (use !== 'record') ring ??= fetchKeyRing(config, io)
        const sealing = use === 'record' ? { plaintext: true } : { ring: await ring, plaintext: config.plaintext }
        const found = await unlessStopped((store ??= openStore(config, io)), io)
        known.trouble = found?.trouble?.message
        return { ...sealing, store: found?.store, storeTrouble: config.storeTrouble, ...watching }
      },
    }
    const door = await provider[how](profile, opening).catch((error: unknown) => {
      throw placed(error, config, path, provider)
    })
    doors.push(door)
    return door
  }

  return {
    config,
    tokens: (name, use) => open(name, use, 'openTokens'),
    async client(name, provider) {
      const given = profileNamed(config, name).provider
      if (given !== provider.name) {
        const what = `is "${given}", and this command needs a profile of "${provider.name}"; name one with --profile`
        throw config.mistake(['profiles', name, 'provider'], what)
      }
      return (await open(name, 'token', 'openClient')) as ClientOf<typeof provider> // Of the provider just compared.
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(doors.map((door) => closing(door, io)))
      store?.then((open) => open?.close()).catch(() => undefined) // Also where the command was stopped before it opened.
    },
  }
}

/** The client checks addresses and credentials; here its words get the place of the field that they begin with. */
export function placed(
  error: unknown,
  config: Config,
  path: readonly string[],
  { fieldNames = {} }: Pick<Provider, 'fieldNames'>,
): unknown {
  if (!(error instanceof TypeError) || (error as { code?: unknown }).code !== 'ERR_INVALID_ARG') return error // One of ours has it.
  const [, field, rest] = /^(?:\w+\.)*(\w+): (.+)$/s.exec(error.message) ?? []
  const place = field === undefined ? path : [...path, fieldNames[field] ?? field]
  return config.mistake(place, rest ?? error.message, error)
}
