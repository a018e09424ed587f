/**
 * Which system a command talks to: that of a profile of the configuration, or of a running simulator with its ready-made
 * credentials.
 *
 * @module
 */
import { nearest } from '@latchkey/core'
import type { Config } from './config/load.ts'
import { fetchText } from './config/secrets.ts'
import type { Reference } from './config/fields.ts'
import type { ProfileFlags, TargetFlags } from './flags.ts'
import type { CommonOptions, Io } from './io.ts'
import { openProfiles } from './profiles.ts'
import type { ClientOf, Door, Provider, SimulatedOpening, SystemOf } from './providers/provider.ts'
import { allProviders } from './providers/registry.ts'
import { simulatedSystem } from './simulated.ts'
import { closing } from './stopping.ts'
import { UsageError } from './usage.ts'
import { observer } from './verbose.ts'

/** Where tokens come from. */
export interface TokenTarget extends AsyncDisposable {
  readonly tokens: Door
}

/** A provider's client, and what its commands need besides their flags. */
export interface ClientTarget<P> extends AsyncDisposable {
  readonly client: ClientOf<P>
  /** The ready-made system of a simulator; absent for a profile. */
  readonly simulated: SystemOf<P> | undefined
  /** Where the profile stands; absent for a simulator. */
  readonly config: Config | undefined
  /** The store of the profile ends with the command. */
  readonly forgets: boolean
  /** The flags that lead here again. */
  readonly flags: string
  /** A field of the profile, or of the simulator's credentials. @throws {ConfigError} The profile does not have it. */
  field(name: string): Promise<string>
}

/** The tokens of a profile, or with `--simulator` of a system. */
export async function tokenTarget(profile: string, options: CommonOptions & TargetFlags, io: Io): Promise<TokenTarget> {
  if (options.simulator) {
    const provider = allProviders.find(({ name }) => name === profile)
    if (!provider) throw unknownSystem(profile)
    const system = await simulatedSystem(provider, options.simulator, io.signal)
    const tokens = await provider.openSimulatedTokens(system, simulatedOpening(options.simulator, options, io))
    return { tokens, [Symbol.asyncDispose]: () => closing(tokens, io, 0) }
  }
  const profiles = await openProfiles(options, io)
  const dispose = () => profiles[Symbol.asyncDispose]()
  try {
    return { tokens: await profiles.tokens(profile, 'token'), [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}

/**
 * The client of a provider, for a profile (by default the one named like the provider) or a running simulator.
 *
 * @param openSimulated - Opens the client of the simulator's system; the provider's own way by default.
 */
export async function clientTarget<P extends Provider>(
  provider: P,
  options: CommonOptions & ProfileFlags,
  io: Io,
  openSimulated: ((system: SystemOf<P>, opening: SimulatedOpening) => Promise<ClientOf<P>>) | undefined = (
    system,
    opening,
  ) => provider.openSimulatedClient(system, opening) as Promise<ClientOf<P>>, // Its own system, its own client.
): Promise<ClientTarget<P>> {
  if (options.simulator) {
    const system = (await simulatedSystem(provider, options.simulator, io.signal)) as SystemOf<P> // By its own schema.
    const client = await openSimulated(system, simulatedOpening(options.simulator, options, io))
    const { credentials } = system as { readonly credentials: Readonly<Record<string, unknown>> } // Every system's shape.
    return {
      ...{ client, simulated: system, config: undefined, forgets: false },
      flags: `--simulator ${options.simulator.origin}`,
      field: async (name) => String(credentials[name]),
      [Symbol.asyncDispose]: () => closing(client, io, 0),
    }
  }
  const name = options.profile ?? provider.name
  const profiles = await openProfiles(options, io)
  const dispose = () => profiles[Symbol.asyncDispose]()
  try {
    const client = await profiles.client(name, provider)
    const { config } = profiles
    const file = options.config === undefined ? [] : [`--config ${quoted(config.file)}`]
    return {
      ...{ client, simulated: undefined, config, forgets: config.store.kind === 'memory' },
      flags: [`--profile ${name}`, ...file].join(' '),
      async field(field) {
        const path = ['profiles', name, field]
        const fields: Readonly<Record<string, unknown>> = config.profiles[name] ?? {}
        const given = fields[field]
        if (given === undefined)
          throw config.mistake(path, 'is missing, and this command needs it: add it to the profile')
        return fetchText(given as string | Reference, path, config, io) // Commands ask for such fields.
      },
      [Symbol.asyncDispose]: dispose,
    }
  } catch (error) {
    await dispose()
    throw error
  }
}

function simulatedOpening(url: URL, options: CommonOptions, io: Io): SimulatedOpening {
  return { url, env: io.env, signal: io.signal, ...observer(options, io) }
}

function unknownSystem(name: string): UsageError {
  const names = allProviders.map((provider) => provider.name)
  const near = nearest(name, names)
  const hint = near === undefined ? `It has: ${names.join(', ')}.` : `Did you mean ${near}?`
  return new UsageError(`The simulator has no system of that name. ${hint}`)
}

/** A word for a shell. */
export function quoted(text: string): string {
  return /^[\w./:@%+-][\w./:@%+=-]*$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
