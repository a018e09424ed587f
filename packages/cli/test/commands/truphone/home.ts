/**
 * A home folder whose one profile leads to the Truphone of a simulator.
 *
 * @module
 */
import { startSimulator } from '@latchkey/simulator'
import type { Simulator } from '@latchkey/simulator'
import { openHome } from '../../terminal.ts'
import type { Home, Transcript } from '../../terminal.ts'

export const productId = 'cHJvZC1ldS0zZ2ItMzBk'
/** The flags of a whole order. */
export const anOrder = `--product ${productId} --email ana+esim@example.org --country PT --device-type android`
export const order = {
  countryCode: 'PT',
  customer: { email: 'ana+esim@example.org' },
  device: { type: 'android', id: 'device-0001' },
  subscriptions: [{ productId }],
}

export interface Scene extends AsyncDisposable {
  readonly home: Home
  /** Runs a command line with the credentials in its environment. */
  type(line: string, env?: Readonly<Record<string, string>>): Promise<Transcript>
}

/** A simulator that fulfils orders at once. */
export function quickSimulator(): Promise<Simulator> {
  return startSimulator({ truphone: { orderAcceptedMs: 1, orderFulfillingMs: 1 } })
}

/** `profile` replaces fields of the profile `truphone`. */
export async function prepared(simulator: Simulator, profile: object = {}): Promise<Scene> {
  const home = await openHome()
  await home.type('init --provider truphone')
  const { baseUrl, credentials } = simulator.systems.truphone
  const { clientId, clientSecret } = credentials
  const truphone = {
    ...{ provider: 'truphone', environment: 'pre-production', clientId, clientSecret: 'env:TRUPHONE_CLIENT_SECRET' },
    ...{ baseUrl, ...profile },
  }
  const key = 'file:~/.latchkey/key'
  await home.write('latchkey.config.json', { profiles: { truphone }, store: { file: 'tokens' }, key })
  return {
    home,
    type: (line, more = {}) => home.type(line, { TRUPHONE_CLIENT_SECRET: clientSecret, ...more }),
    [Symbol.asyncDispose]: () => home[Symbol.asyncDispose](),
  }
}

/** The one JSON document of a command. */
export function document({ out }: Pick<Transcript, 'out'>): Record<string, unknown> {
  return JSON.parse(out) as Record<string, unknown> // One object.
}
