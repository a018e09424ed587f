/**
 * How a profile of KSeF signs in: with a KSeF token, a certificate of its own, or one made for the occasion.
 *
 * @see spec/ksef.md sections 2.3, 2.5 and 2.7
 * @module
 */
import { invalidArgument, isLatchkeyError } from '@latchkey/core'
import type {
  AuthenticatedClient,
  ContextIdentifier,
  KsefClient,
  SignInContext,
  SignInOptions,
  TestCertificateSignIn,
  XadesSigner,
} from '@latchkey/ksef'
import type { Reference } from '../config/fields.ts'
import type { KsefProfile } from './ksef-profile.ts'
import type { Opening } from './provider.ts'

/** In whose name. */
export async function contextOf({ nip, context }: KsefProfile, opening: Opening): Promise<SignInContext> {
  if (context !== undefined) return { contextIdentifier: context }
  const digits = await opening.text('nip', nip ?? '') // One of the two is there.
  if (!/^\d{10}$/.test(digits)) throw invalidArgument('nip: must be ten digits')
  return { nip: digits }
}

/** What every way of signing in is handed. */
type Common = SignInContext & Pick<SignInOptions, 'keyLabel' | 'onFirstUse' | 'pollIntervalMs'>

export interface Way {
  readonly method: string
  readonly signIn: (client: KsefClient, common: Common) => Promise<AuthenticatedClient>
}

/** What a profile signs in with. */
export async function wayOf(given: KsefProfile, opening: Opening): Promise<Way> {
  const { ksefToken: reference, p12, testCertificate } = given
  if (reference !== undefined) {
    const ksefToken = await opening.secret('ksefToken', reference)
    const signIn: Way['signIn'] = ({ authentication }, common) => authentication.withToken({ ...common, ksefToken })
    return { method: 'KSeF token', signIn }
  }
  if (testCertificate !== undefined) {
    return {
      method: 'test certificate',
      signIn: ({ authentication }, common) =>
        authentication.withTestCertificate({ ...whoseTestCertificate(testCertificate, common), algorithm: 'ec' }),
    }
  }
  const signer = p12 === undefined ? await pemSigner(given, opening) : await p12Signer(given, opening)
  return {
    method: 'certificate',
    signIn: ({ authentication }, common) => authentication.withXades({ ...common, signer }),
  }
}

function whoseTestCertificate(
  given: NonNullable<KsefProfile['testCertificate']>,
  common: Common,
): TestCertificateSignIn {
  if (given !== true && given.type === 'Pesel') return { ...common, pesel: given.value }
  const { nip, contextIdentifier, ...rest } = common
  if (given === true && nip !== undefined) return { ...rest, nip }
  const context = contextIdentifier ?? { type: 'Nip', value: nip }
  return { ...rest, contextIdentifier: context, nip: given === true ? nipIn(context) : sealed(given.value) }
}

function sealed(nip: string): string {
  if (!/^\d{10}$/.test(nip)) throw invalidArgument('testCertificate: must name a NIP of ten digits')
  return nip
}

/** By default the seal is of the context's own NIP. */
function nipIn({ value }: ContextIdentifier): string {
  const [nip] = /^\d{10}/.exec(value) ?? []
  if (nip !== undefined) return nip
  throw invalidArgument(
    'context: begins with no NIP, so say whose test certificate to make: "testCertificate", or --as',
  )
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
