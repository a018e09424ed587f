/**
 * KSeF 2.0 for the command. A sign-in takes many steps, so it is kept in the configured store, and beside a simulator in
 * the folder for temporary files.
 *
 * @see spec/ksef.md sections 1.1, 2.1 and 2.7
 * @module
 */
import type { AuthenticatedClient, KsefClient } from '@latchkey/ksef'
import { z } from 'zod'
import { keptForSimulator } from '../simulator-store.ts'
import { profile } from './ksef-profile.ts'
import type { KsefProfile } from './ksef-profile.ts'
import { contextOf, wayOf } from './ksef-sign-in.ts'
import { provider } from './provider.ts'
import type { Door, Opening, Services, SimulatedOpening } from './provider.ts'

const simulated = z.object({
  baseUrl: z.url(),
  credentials: z.object({
    nip: z.string(),
    ksefToken: z.string(),
    certificate: z.string(),
    privateKey: z.string(),
  }),
})

/** The operations, and the sign-in behind them, which is made when a token is first needed. */
export interface KsefAccess extends Door {
  readonly ksef: KsefClient
  readonly auth: AuthenticatedClient
  /** What it is made with, in words. */
  readonly method: string
}

export const ksef = provider({
  name: 'ksef',
  profile,
  fieldNames: { contextIdentifier: 'context', type: 'context', value: 'context', pesel: 'testCertificate' },
  template: { environment: 'test', nip: 'env:KSEF_NIP', testCertificate: true },
  advice:
    'Beyond TEST, put "ksefToken", "certificate" with "privateKey", or "p12" with "p12Password" in place of "testCertificate".',
  simulated,
  tokenOperations: ['xadesSignature', 'ksefToken', 'redeem', 'refresh'],
  openTokens: (given, opening) => open(given, opening),
  openClient: (given, opening) => open(given, opening),
  openSimulatedTokens: openSimulated,
  openSimulatedClient: openSimulated,
  errorCodes: async () => {
    const { credentialErrorCodes, ksefErrorCodes } = await import('@latchkey/ksef')
    return { ...ksefErrorCodes, ...credentialErrorCodes }
  },
  async explain(error) {
    if (!error.code.startsWith('KSEF_')) return undefined // Its library is not loaded for others.
    return (await import('../commands/ksef/explain.ts')).explain(error)
  },
})

/** A simulator decides soon, and may be asked as often as one likes. */
export const simulatorPollMs = 200

/** @param pollIntervalMs - How often KSeF is asked whether the sign-in is complete; by default as the client does. */
export async function open(given: KsefProfile, opening: Opening, pollIntervalMs?: number): Promise<KsefAccess> {
  const { baseUrl, apiBaseUrl } = given
  const { Environment, KsefClient } = await import('@latchkey/ksef')
  const environment = { production: Environment.PRODUCTION, demo: Environment.DEMO, test: Environment.TEST }
  const context = await contextOf(given, opening)
  const { method, signIn } = await wayOf(given, opening)
  const services = await opening.services()
  const client = new KsefClient(environment[given.environment], { baseUrl, apiBaseUrl, ...services })
  return access(client, method, () =>
    signIn(client, { ...context, pollIntervalMs, keyLabel: opening.name, onFirstUse: true }),
  )
}

/** With the ready-made certificate, since a KSeF token may not do everything. */
async function openSimulated(system: z.output<typeof simulated>, opening: SimulatedOpening): Promise<KsefAccess> {
  const { baseUrl } = system
  const { nip, certificate, privateKey } = system.credentials
  const { Environment, KsefClient, loadCertificateFromPem, loadPrivateKeyFromPem } = await import('@latchkey/ksef')
  const client = new KsefClient(Environment.TEST, { baseUrl, ...(await servicesForSimulator(opening)) })
  const credential = {
    certificate: await loadCertificateFromPem(certificate),
    privateKey: await loadPrivateKeyFromPem(privateKey),
  }
  const how = { pollIntervalMs: simulatorPollMs, onFirstUse: true }
  return access(client, 'certificate', () => client.authentication.withXades({ nip, ...credential, ...how }))
}

/** What is kept between commands that work with `--simulator`. */
export async function servicesForSimulator(opening: SimulatedOpening): Promise<Services> {
  const { store } = await keptForSimulator(opening)
  return { store, plaintext: true, observer: opening.observer }
}

async function access(
  client: KsefClient,
  method: string,
  signIn: () => Promise<AuthenticatedClient>,
): Promise<KsefAccess> {
  try {
    const auth = await signIn()
    return { ksef: client, auth, method, tokenSource: auth.tokenSource, close: () => client.close() }
  } catch (error) {
    await client.close()
    throw error
  }
}
