/**
 * Which system a command talks to, and the client for it.
 *
 * @module
 */
import { MpesaClient, TokenManager } from '@latchkey/daraja'
import type { CommonOptions, Io } from './io.ts'
import { notYet } from './flags.ts'
import type { TargetFlags } from './flags.ts'
import { simulatedSystems } from './simulated.ts'
import type { SimulatedSystems } from './simulated.ts'
import { observer } from './verbose.ts'
import { UsageError } from './usage.ts'

export interface DarajaTarget extends AsyncDisposable {
  readonly mpesa: MpesaClient
  readonly credentials: SimulatedSystems['daraja']['credentials']
}

/** The M-PESA client of a running simulator. */
export async function darajaTarget(options: CommonOptions & TargetFlags, io: Io): Promise<DarajaTarget> {
  const { daraja } = await systemsOf(options, io)
  const tokens = manager(daraja, options, io)
  const mpesa = new MpesaClient({ tokens, environment: 'sandbox', baseUrl: daraja.baseUrl })
  const dispose = (): Promise<void> => closing(tokens, io)
  return { mpesa, credentials: daraja.credentials, [Symbol.asyncDispose]: dispose }
}

/** The token manager of a profile. Close it with {@link closing}. */
export async function tokenManagerFor(
  profile: string,
  options: CommonOptions & TargetFlags,
  io: Io,
): Promise<TokenManager> {
  if (options.simulator && profile !== 'daraja') {
    throw new UsageError(`The simulator has no system of that name. It has: daraja.`)
  }
  const { daraja } = await systemsOf(options, io)
  return manager(daraja, options, io)
}

async function systemsOf(options: TargetFlags, io: Io): Promise<SimulatedSystems> {
  if (!options.simulator) throw new UsageError(`No profile can be used yet: ${notYet}`)
  return simulatedSystems(options.simulator, io.signal)
}

function manager({ baseUrl, credentials }: SimulatedSystems['daraja'], options: CommonOptions, io: Io): TokenManager {
  const { consumerKey, consumerSecret } = credentials
  return new TokenManager({ consumerKey, consumerSecret, environment: 'sandbox', baseUrl, ...observer(options, io) })
}

/** Closes a token manager, but does not sit out a request once the user has asked to stop: nobody shares its answer. */
export async function closing(tokens: TokenManager, { signal }: Io): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
  await Promise.race([tokens.close(), stopped])
}
