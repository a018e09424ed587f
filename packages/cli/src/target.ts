/**
 * Which system a command talks to, and the client for it: a profile of the configuration, or a running simulator with its
 * ready-made credentials.
 *
 * @module
 */
import { MpesaClient, TokenManager } from '@latchkey/daraja'
import { fetchText } from './config/secrets.ts'
import type { ProfileFlags, TargetFlags } from './flags.ts'
import type { CommonOptions, Io } from './io.ts'
import { openProfiles } from './profiles.ts'
import { simulatedSystems } from './simulated.ts'
import type { SimulatedSystems } from './simulated.ts'
import { closing } from './stopping.ts'
import { UsageError } from './usage.ts'
import { observer } from './verbose.ts'

/** Where tokens come from. */
export interface TokenTarget extends AsyncDisposable {
  readonly tokens: TokenManager
}

/** What the operations of Daraja need besides their flags. */
export interface DarajaTarget extends AsyncDisposable {
  readonly mpesa: MpesaClient
  /** The API is on this machine, so what it calls back may be, too. */
  readonly isLocal: boolean
  /** A phone that pays, of a simulator. */
  readonly testPhone: string | undefined
  /** The flags that lead here again. */
  readonly flags: string
  /** @throws {ConfigError} The profile does not have it. */
  field(name: DarajaField): Promise<string>
}

type DarajaField = 'shortCode' | 'passkey' | 'initiator' | 'securityCredential'

/** The tokens of a profile, or with `--simulator` of a system. */
export async function tokenTarget(profile: string, options: CommonOptions & TargetFlags, io: Io): Promise<TokenTarget> {
  if (options.simulator && profile !== 'daraja') {
    throw new UsageError(`The simulator has no system of that name. It has: daraja.`)
  }
  if (options.simulator) {
    const { daraja } = await simulatedSystems(options.simulator, io.signal)
    const tokens = simulated(daraja, options, io)
    return { tokens, [Symbol.asyncDispose]: () => closing(tokens, io, 0) }
  }
  const profiles = await openProfiles(options, io)
  const dispose = () => profiles[Symbol.asyncDispose]()
  try {
    return { tokens: await profiles.manager(profile, 'token'), [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}

/** The M-PESA client of a profile or of a running simulator. */
export async function darajaTarget(options: CommonOptions & ProfileFlags, io: Io): Promise<DarajaTarget> {
  if (options.simulator) {
    const { daraja } = await simulatedSystems(options.simulator, io.signal)
    const tokens = simulated(daraja, options, io)
    return {
      mpesa: new MpesaClient({ tokens }),
      isLocal: true,
      testPhone: daraja.credentials.msisdn,
      flags: `--simulator ${options.simulator.origin}`,
      field: async (name) => daraja.credentials[name],
      [Symbol.asyncDispose]: () => closing(tokens, io, 0),
    }
  }
  const name = options.profile ?? 'daraja'
  const profiles = await openProfiles(options, io)
  const dispose = () => profiles[Symbol.asyncDispose]()
  try {
    const tokens = await profiles.manager(name, 'token')
    const { config } = profiles
    return {
      mpesa: new MpesaClient({ tokens }),
      isLocal: tokens.addresses.localApi,
      testPhone: undefined,
      flags: [`--profile ${name}`, ...(options.config === undefined ? [] : [`--config ${quoted(config.file)}`])].join(
        ' ',
      ),
      async field(field) {
        const path = ['profiles', name, field]
        const given = config.profiles[name]?.[field]
        if (given === undefined)
          throw config.mistake(path, 'is missing, and this command needs it: add it to the profile')
        return fetchText(given, path, config, io)
      },
      [Symbol.asyncDispose]: dispose,
    }
  } catch (error) {
    await dispose()
    throw error
  }
}

function simulated({ baseUrl, credentials }: SimulatedSystems['daraja'], options: CommonOptions, io: Io): TokenManager {
  const { consumerKey, consumerSecret } = credentials
  return new TokenManager({ consumerKey, consumerSecret, environment: 'sandbox', baseUrl, ...observer(options, io) })
}

/** A word for a shell. */
function quoted(text: string): string {
  return /^[\w./:@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
