/**
 * KSeF 2.0 for the command. A sign-in takes many steps, so it is kept in the configured store, and beside a simulator in
 * the folder for temporary files.
 *
 * @see spec/ksef.md sections 1.1, 2.1 and 2.7
 * @module
 */
import { invalidArgument, isLatchkeyError } from '@latchkey/core'
import type {
  AuthenticatedClient,
  ContextIdentifier,
  KsefClient,
  SignInContext,
  SignInOptions,
  XadesSigner,
} from '@latchkey/ksef'
import { z } from 'zod'
import { known, plainOrReference, secret, text, words } from '../config/fields.ts'
import type { Reference } from '../config/fields.ts'
import { keptForSimulator } from '../simulator-store.ts'
import { provider } from './provider.ts'
import type { Door, Opening, Services, SimulatedOpening } from './provider.ts'

/** The ways of signing in: the fields that choose one, and what else each has. */
const credentials = {
  ksefToken: [],
  certificate: ['privateKey', 'privateKeyPassword'],
  p12: ['p12Password'],
  testCertificate: [],
} as const

/** The types of a context. */
export const contextTypes = ['Nip', 'InternalId', 'NipVatUe', 'PeppolId'] as const

const fields = known(
  {
    provider: z.literal('ksef'),
    environment: z.enum(['production', 'demo', 'test'], { error: words('"production", "demo" or "test"') }),
    nip: plainOrReference.optional(),
    context: known(
      { type: z.enum(contextTypes, { error: words(`one of ${contextTypes.join(', ')}`) }), value: text },
      '{ "type": "Nip", "value": … }',
    ).optional(),
    ksefToken: secret('KSEF_TOKEN').optional(),
    certificate: secret('KSEF_CERTIFICATE').optional(),
    privateKey: secret('KSEF_PRIVATE_KEY').optional(),
    privateKeyPassword: secret('KSEF_PRIVATE_KEY_PASSWORD').optional(),
    p12: secret('KSEF_P12').optional(),
    p12Password: secret('KSEF_P12_PASSWORD').optional(),
    testCertificate: z.literal(true, { error: words('true, or be left out') }).optional(),
    baseUrl: text.optional(),
    apiBaseUrl: text.optional(),
  },
  'a profile',
)

const profile = fields.superRefine((given, context) => {
  const chosen = (Object.keys(credentials) as Credential[]).filter((name) => given[name] !== undefined)
  const [credential, another] = chosen
  if (credential === undefined || another !== undefined) {
    context.addIssue('must have exactly one of "ksefToken", "certificate", "p12" and "testCertificate"')
  }
  if ((given.nip === undefined) === (given.context === undefined)) {
    context.addIssue('must have exactly one of "nip" and "context"')
  }
  for (const [owner, parts] of Object.entries(credentials)) {
    for (const part of parts) {
      if (given[part] === undefined || owner === credential) continue
      context.addIssue({ code: 'custom', message: `belongs to a profile with "${owner}"`, path: [part] })
    }
  }
  if (credential === 'certificate' && given.privateKey === undefined) {
    context.addIssue({ code: 'custom', message: 'is missing; "certificate" needs its key', path: ['privateKey'] })
  }
  if (credential === 'testCertificate' && given.environment !== 'test') {
    const message = 'is for "environment": "test" alone: elsewhere KSeF asks who issued a certificate'
    context.addIssue({ code: 'custom', message, path: ['testCertificate'] })
  }
})

type Credential = keyof typeof credentials

/** Where one signs in, in whose name and with what. */
export type KsefProfile = z.output<typeof profile>

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
  fieldNames: { contextIdentifier: 'context', type: 'context', value: 'context' },
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

async function contextOf({ nip, context }: KsefProfile, opening: Opening): Promise<SignInContext> {
  if (context !== undefined) return { contextIdentifier: context }
  const digits = await opening.text('nip', nip ?? '') // One of the two is there.
  if (!/^\d{10}$/.test(digits)) throw invalidArgument('nip: must be ten digits')
  return { nip: digits }
}

type Common = SignInContext & Pick<SignInOptions, 'keyLabel' | 'onFirstUse' | 'pollIntervalMs'>

interface Way {
  readonly method: string
  readonly signIn: (client: KsefClient, common: Common) => Promise<AuthenticatedClient>
}

async function wayOf(given: KsefProfile, opening: Opening): Promise<Way> {
  const { ksefToken: reference, certificate, p12 } = given
  if (reference !== undefined) {
    const ksefToken = await opening.secret('ksefToken', reference)
    const signIn: Way['signIn'] = ({ authentication }, common) => authentication.withToken({ ...common, ksefToken })
    return { method: 'KSeF token', signIn }
  }
  if (certificate === undefined && p12 === undefined) {
    return {
      method: 'test certificate',
      signIn({ authentication }, { contextIdentifier, ...common }) {
        const nip = common.nip ?? nipIn(contextIdentifier)
        return authentication.withTestCertificate({ ...common, nip, contextIdentifier, algorithm: 'ec' })
      },
    }
  }
  const signer = p12 === undefined ? await pemSigner(given, opening) : await p12Signer(given, opening)
  return {
    method: 'certificate',
    signIn: ({ authentication }, common) => authentication.withXades({ ...common, signer }),
  }
}

function nipIn(context: ContextIdentifier | undefined): string {
  const [nip] = /^\d{10}/.exec(context?.value ?? '') ?? []
  if (nip === undefined) throw invalidArgument('context: must begin with a NIP, for which a test certificate is made')
  return nip
}

async function pemSigner(given: KsefProfile, opening: Opening): Promise<XadesSigner> {
  const { loadCertificateFromPem, loadPrivateKeyFromPem, localSigner } = await import('@latchkey/ksef')
  const { certificate: reference, privateKey: keyReference, privateKeyPassword: passwordReference } = given
  const read = async (field: string, from: Reference | undefined): Promise<Uint8Array> =>
    from === undefined ? new Uint8Array() : opening.bytes(field, from) // The profile has both.
  const certificate = await usable('certificate', loadCertificateFromPem(await read('certificate', reference)))
  // Who only looks at the record signs nothing.
  if (opening.use === 'record') return { certificate, sign: () => Promise.reject(new Error('not asked for')) }
  const password = passwordReference && (await opening.secret('privateKeyPassword', passwordReference))
  const key = await read('privateKey', keyReference)
  const privateKey = await usable('privateKey', loadPrivateKeyFromPem(key, { password }))
  return usable('privateKey', (async () => localSigner({ certificate, privateKey }))())
}

async function p12Signer({ p12, p12Password }: KsefProfile, opening: Opening): Promise<XadesSigner> {
  const { loadCertificateAndKeyFromP12, localSigner } = await import('@latchkey/ksef')
  const password = p12Password && (await opening.secret('p12Password', p12Password))
  const content = p12 === undefined ? new Uint8Array() : await opening.bytes('p12', p12) // The profile has it.
  return localSigner(await usable('p12', loadCertificateAndKeyFromP12(content, { password })))
}

/** What the loaders find wrong, as a mistake in a field. @throws {TypeError} `ERR_INVALID_ARG` */
async function usable<T>(field: string, loading: Promise<T>): Promise<T> {
  try {
    return await loading
  } catch (error) {
    if (!isLatchkeyError(error)) throw error
    throw invalidArgument(`${field}: cannot be used. ${error.message}`)
  }
}
