/**
 * What a sign-in by flags is made with: a profile of this one command, on the store of the configuration where there is
 * one, or of a simulator.
 *
 * @module
 */
import { join } from 'node:path'
import { configName, findConfig, folderOf, loadConfig, resolvePath } from '../../config/load.ts'
import type { Config } from '../../config/load.ts'
import type { Reference } from '../../config/fields.ts'
import { fetchBytes, fetchSecret, fetchText } from '../../config/secrets.ts'
import type { CommonOptions, Io } from '../../io.ts'
import { placed, profilesOf } from '../../profiles.ts'
import { ksef, open, servicesForSimulator, simulatorPollMs } from '../../providers/ksef.ts'
import type { KsefAccess } from '../../providers/ksef.ts'
import type { KsefProfile } from '../../providers/ksef-profile.ts'
import type { Opening, SimulatedOpening } from '../../providers/provider.ts'
import { storePlace } from '../../stores/place.ts'
import { keptForSimulator } from '../../simulator-store.ts'
import { clientTarget } from '../../target.ts'
import { UsageError } from '../../usage.ts'
import type { LoginFlags } from './flags.ts'
import { flagOf } from './login-terms.ts'

export interface LoginTarget extends AsyncDisposable {
  readonly access: KsefAccess
  /** Where the sign-in is kept; undefined where it ends with the command. */
  readonly kept: string | undefined
}

const name = ksef.name

/** @param given - What flags say; undefined: what the profile or the simulator says. */
export async function loginTarget(
  given: KsefProfile | undefined,
  options: CommonOptions & LoginFlags,
  io: Io,
): Promise<LoginTarget> {
  if (given !== undefined && !options.simulator) {
    const config = await configWith(given, options, io)
    const profiles = profilesOf(config, options, io)
    try {
      const access = await profiles.client(name, ksef)
      return { access, kept: storePlace(config, io), [Symbol.asyncDispose]: () => profiles[Symbol.asyncDispose]() }
    } catch (error) {
      await profiles[Symbol.asyncDispose]()
      throw error
    }
  }
  const target = await clientTarget(
    ksef,
    options,
    io,
    given && ((system, opening) => openSimulated({ ...given, baseUrl: system.baseUrl }, opening, io)),
  )
  const { client: access, config } = target
  const kept = config ? storePlace(config, io) : await simulatorPlace(options, io)
  return { access, kept, [Symbol.asyncDispose]: () => target[Symbol.asyncDispose]() }
}

async function simulatorPlace({ simulator }: LoginFlags, { env }: Io): Promise<string | undefined> {
  return simulator && `the folder ${(await keptForSimulator({ url: simulator, env })).directory}`
}

async function openSimulated(given: KsefProfile, simulated: SimulatedOpening, io: Io): Promise<KsefAccess> {
  const config = withProfile(nowhere(io), given, io)
  const at = (field: string): readonly string[] => ['profiles', name, field]
  const opening: Opening = {
    ...{ name, use: 'token' },
    secret: (field, reference) => fetchSecret(reference, at(field), config, io),
    text: (field, value) => fetchText(value, at(field), config, io),
    bytes: (field, reference) => fetchBytes(reference, at(field), config, io),
    services: () => servicesForSimulator(simulated),
  }
  return open(fromHere(given, io), opening, simulatorPollMs).catch((error: unknown) => {
    throw placed(error, config, ['profiles', name], ksef)
  })
}

async function configWith(given: KsefProfile, options: LoginFlags, io: Io): Promise<Config> {
  const file = await findConfig(options.config, io)
  return withProfile(file === undefined ? nowhere(io) : await loadConfig(file, io), given, io)
}

/** No configuration at all. */
function nowhere(io: Io): Config {
  const file = join(folderOf(io), configName)
  const store = { kind: 'memory' } as const
  return { profiles: {}, store, storeTrouble: 'degrade', file, mistake: (_, text) => new UsageError(`${text}.`) }
}

/** Mistakes in what flags say are told with the flag. */
function withProfile(config: Config, given: KsefProfile, io: Io): Config {
  return {
    ...config,
    profiles: { ...config.profiles, [name]: fromHere(given, io) },
    mistake(path, text, cause) {
      const [, profile, field = ''] = path
      const flag = profile === name ? flagOf(String(field)) : undefined
      return flag === undefined ? config.mistake(path, text, cause) : new UsageError(`${flag} ${text}.`, { cause })
    },
  }
}

/** Files of flags begin where the command was typed, those of a configuration beside it. */
function fromHere(given: KsefProfile, io: Io): KsefProfile {
  const here = join(folderOf(io), configName)
  const fields = Object.entries(given).map(([field, value]: [string, unknown]) => [
    field,
    isFile(value) ? { ...value, name: resolvePath(value.name, here, io) } : value,
  ])
  return Object.fromEntries(fields) as KsefProfile // The same fields.
}

function isFile(value: unknown): value is Reference {
  return typeof value === 'object' && value !== null && 'from' in value && value.from === 'file'
}
