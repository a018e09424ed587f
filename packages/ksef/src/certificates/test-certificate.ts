/**
 * Certificates that sign themselves, for the TEST environment: there one with a company's NIP is the company's owner.
 * DEMO and PRODUCTION refuse them.
 *
 * @see spec/ksef.md sections 2.4 and 2.5
 * @module
 */
import { createPublicKey, randomBytes, X509Certificate } from 'node:crypto'
import { invalidArgument, systemClock } from '@latchkey/core'
import type { Clock } from '@latchkey/core'
import { nipPattern } from '../values/nip.ts'
import { peselPattern } from '../values/pesel.ts'
import { Certificate } from './certificate.ts'
import type { CertificateAndKey } from './p12.ts'
import { generatePrivateKey } from './private-key.ts'
import type { KeyKind } from './private-key.ts'
import { loadX509, oids, signingAlgorithms, subjectName, webKeys } from './x509-library.ts'
import type { NamePart } from './x509-library.ts'

/** What both kinds of test certificate take. */
export interface TestCertificateOptions {
  /** @default 'rsa' */
  readonly algorithm?: KeyKind | undefined
  readonly clock?: Pick<Clock, 'wall'> | undefined
}

/** The seal of an organisation. */
export interface TestSealOptions extends TestCertificateOptions {
  readonly nip: string
  /** @default 'Test Organization' */
  readonly organizationName?: string | undefined
}

/** The signature of a person, who is named by one number: PESEL or NIP. */
export type TestPersonOptions = TestCertificateOptions &
  ({ readonly pesel: string; readonly nip?: undefined } | { readonly nip: string; readonly pesel?: undefined }) & {
    /** @default 'Jan' */
    readonly givenName?: string | undefined
    /** @default 'Testowy' */
    readonly surname?: string | undefined
  }

const hourMs = 3_600_000

/**
 * Makes an organisation's test certificate (a seal) and its key.
 *
 * Valid from an hour ago, since KSeF at times refuses one that begins "now", and for a year.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`: `nip` has another shape, or a name is empty.
 */
export async function generateTestCertificate(options: TestSealOptions): Promise<CertificateAndKey> {
  const { nip, organizationName = 'Test Organization' } = options
  if (typeof nip !== 'string' || !nipPattern.test(nip)) throw invalidArgument('nip: must be ten digits')
  const name = checkedName('organizationName', organizationName)
  return selfSigned(options, [
    [oids.organizationName, name, 'utf8String'],
    [oids.organizationIdentifier, `VATPL-${nip}`, 'utf8String'],
    [oids.commonName, name, 'utf8String'],
    [oids.countryName, 'PL', 'printableString'],
  ])
}

/** Makes a person's test certificate and its key. Valid and thrown as {@link generateTestCertificate} says. */
export async function generatePersonalTestCertificate(options: TestPersonOptions): Promise<CertificateAndKey> {
  const givenName = checkedName('givenName', options.givenName ?? 'Jan')
  const surname = checkedName('surname', options.surname ?? 'Testowy')
  return selfSigned(options, [
    [oids.givenName, givenName, 'utf8String'],
    [oids.surname, surname, 'utf8String'],
    [oids.serialNumber, personNumber(options), 'printableString'],
    [oids.commonName, `${givenName} ${surname}`, 'utf8String'],
    [oids.countryName, 'PL', 'printableString'],
  ])
}

function personNumber({ pesel, nip }: TestPersonOptions): string {
  if ((pesel === undefined) === (nip === undefined)) throw invalidArgument('pesel, nip: give one of the two')
  if (pesel !== undefined) {
    if (!peselPattern.test(pesel)) throw invalidArgument('pesel: must be eleven digits')
    return `PNOPL-${pesel}`
  }
  if (nip === undefined || !nipPattern.test(nip)) throw invalidArgument('nip: must be ten digits')
  return `TINPL-${nip}`
}

function checkedName(field: string, value: string): string {
  if (typeof value === 'string' && value.trim() !== '' && value.length <= 64) return value
  throw invalidArgument(`${field}: must be a text of 1 to 64 characters`)
}

async function selfSigned(options: TestCertificateOptions, parts: readonly NamePart[]): Promise<CertificateAndKey> {
  const { algorithm = 'rsa', clock = systemClock } = options
  const privateKey = await generatePrivateKey(algorithm)
  const kind = algorithm === 'rsa' ? 'rsa' : 'P-256'
  const x509 = await loadX509()
  const now = clock.wall()
  const serial = randomBytes(8)
  serial[0] = 0x40 | ((serial[0] ?? 0) & 0x3f) // Positive, and 16 digits like the ones that KSeF issues.
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial.toString('hex'),
    name: subjectName(x509, parts),
    notBefore: new Date(now - hourMs),
    notAfter: new Date(now + 365 * 24 * hourMs),
    keys: await webKeys(privateKey, createPublicKey(privateKey), kind),
    signingAlgorithm: signingAlgorithms[kind],
    extensions: [new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true)],
  })
  return { certificate: new Certificate(new X509Certificate(Buffer.from(made.rawData))), privateKey }
}
