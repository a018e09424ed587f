/**
 * The profiles of a configuration as token managers on its store.
 *
 * @see DESIGN section 4
 * @module
 */
import type { KeyRing } from '@latchkey/core'
import { TokenManager } from '@latchkey/daraja'
import type { Config } from './config/load.ts'
import { loadConfig, profileNamed } from './config/load.ts'
import { fetchKeyRing, fetchSecret } from './config/secrets.ts'
import type { Profile } from './config/schema.ts'
import type { ConfigFlags } from './flags.ts'
import type { CommonOptions, Io } from './io.ts'
import type { Connected } from './stores/connected.ts'
import { openStore } from './stores/open.ts'
import { closing, unlessStopped } from './stopping.ts'
import { observer } from './verbose.ts'
import type { KnownOfStore } from './verbose.ts'

export interface Profiles extends AsyncDisposable {
  readonly config: Config
  /**
   * The token manager of a profile; closed together with all.
   *
   * @param use - `record`: its record is only looked at or forgotten, for which the client id is enough.
   * @throws {UsageError} There is no such profile, or what it says cannot be used.
   */
  manager(name: string, use: 'token' | 'record'): Promise<TokenManager>
}

/** Reads the configuration. Its store is opened for the first profile that can be used. @throws {UsageError} */
export async function openProfiles(options: CommonOptions & ConfigFlags, io: Io): Promise<Profiles> {
  const config = await loadConfig(options.config, io)
  const known: KnownOfStore = { fails: config.storeTrouble === 'fail' }
  const watching = observer(options, io, known)
  const managers: TokenManager[] = []
  let ring: Promise<KeyRing | undefined> | undefined
  let store: Promise<Connected | undefined> | undefined

  async function secrets({ consumerSecret }: Profile, path: readonly string[], use: 'token' | 'record') {
    // Nothing is asked for, and nothing is sealed or opened.
    if (use === 'record') return { consumerSecret: 'not asked for', plaintext: true }
    const secret = await fetchSecret(consumerSecret, [...path, 'consumerSecret'], config, io)
    ring ??= fetchKeyRing(config, io)
    return { consumerSecret: secret, ring: await ring, plaintext: config.plaintext }
  }

  return {
    config,
    async manager(name, use) {
      const profile = profileNamed(config, name)
      const { environment, credentialVersion, baseUrl, tokenUrl, apiBaseUrl } = profile
      const path = ['profiles', name]
      const key = await fetchSecret(profile.consumerKey, [...path, 'consumerKey'], config, io)
      const credential = { consumerKey: key.reveal(), ...(await secrets(profile, path, use)) }
      const found = await unlessStopped((store ??= openStore(config, io)), io)
      known.trouble = found?.trouble?.message
      const manager = made(config, path, {
        ...credential,
        ...{ keyLabel: name, environment, credentialVersion, baseUrl, tokenUrl, apiBaseUrl },
        ...{ store: found?.store, storeTrouble: config.storeTrouble, ...watching },
      })
      managers.push(manager)
      return manager
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(managers.map((manager) => closing(manager, io)))
      store?.then((open) => open?.close()).catch(() => undefined) // Also where the command was stopped before it opened.
    },
  }
}

// The client checks addresses and credentials; here its words get the place of the field that they begin with.
function made(config: Config, path: readonly string[], options: ConstructorParameters<typeof TokenManager>[0]) {
  try {
    return new TokenManager(options)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    const [, field, rest] = /^(\w+): (.+)$/s.exec(error.message) ?? []
    throw config.mistake(field === undefined ? path : [...path, field], rest ?? error.message, error)
  }
}
