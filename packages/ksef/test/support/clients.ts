/**
 * Clients on the double, and what they sign in with.
 *
 * @module
 */
import { Environment, generateTestCertificate, KsefClient } from '../../src/index.ts'
import type { AuthenticatedClient, CertificateAndKey, KsefClientOptions } from '../../src/index.ts'
import { ksefDouble, nip } from './ksef-double.ts'
import type { KsefDouble } from './ksef-double.ts'

/** A client on a double. */
export function clientOn(ksef: KsefDouble, options: KsefClientOptions = {}): KsefClient {
  return new KsefClient(Environment.TEST, { fetch: ksef.fetch, clock: ksef.clock, random: () => 0.5, ...options })
}

let made: Promise<CertificateAndKey> | undefined

/** One seal for all tests of a file, since keys take time. */
export function seal(): Promise<CertificateAndKey> {
  made ??= generateTestCertificate({ nip, algorithm: 'ec', clock: { wall: () => Date.UTC(2031, 4, 1, 12) } })
  return made
}

export interface SignedIn {
  readonly ksef: KsefDouble
  readonly client: KsefClient
  readonly auth: AuthenticatedClient
}

/**
 * Signs as quickly as nobody can: real work, such as a signature on another thread, lets `drive` move the clock. Whoever
 * signs has a name, so that sign-ins are shared like those by certificate.
 */
export const quick = { nip, sign: () => Promise.resolve('<signed/>'), identity: 'seal-1' }

/** Signed in, with the requests for it forgotten. */
export async function signedIn(options: KsefClientOptions = {}, ksef = ksefDouble()): Promise<SignedIn> {
  const client = clientOn(ksef, options)
  const auth = await ksef.clock.drive(client.authentication.withSignedRequest(quick))
  ksef.forget()
  return { ksef, client, auth }
}
