/**
 * A simulated KSeF and the people in it: what the tests of KSeF begin with.
 *
 * @module
 */
import { Environment, generateNip, generatePersonalTestCertificate, KsefClient } from '@latchkey/ksef'
import type { AuthenticatedClient, Certificate, KsefClientOptions, PersonSubjectDetails } from '@latchkey/ksef'
import type { Simulator, SimulatorOptions } from '@latchkey/simulator'

/** What takes seconds at KSeF takes none here. */
export const atOnce = {
  rateLimits: false, // Tests are faster than KSeF allows.
  ...{ authenticationMs: 0, ksefTokenMs: 0, permissionOperationMs: 0, certificateMs: 0, attachmentConsentMs: 0 },
} as const satisfies SimulatorOptions['ksef']

/** How often signing in asks whether it has succeeded. */
export const eagerly = { pollIntervalMs: 5 } as const

export function clientOf(simulator: Simulator, options: KsefClientOptions = {}): KsefClient {
  return new KsefClient(Environment.TEST, { baseUrl: simulator.systems.ksef.baseUrl, ...options })
}

/** Signs in as a company that nobody knows yet. */
export function signInAsOwner(client: KsefClient, nip = generateNip()): Promise<AuthenticatedClient> {
  return client.authentication.withTestCertificate({ nip, algorithm: 'ec', ...eagerly })
}

/** Somebody whom KSeF knows by a fingerprint alone. */
export function foreigner(): ReturnType<typeof generatePersonalTestCertificate> {
  return generatePersonalTestCertificate({ nip: generateNip(), algorithm: 'ec' })
}

export function fingerprintOf(certificate: Certificate) {
  return { type: 'Fingerprint', value: certificate.fingerprint } as const
}

/** The first internal number of a company: four digits, and one that checks them and the NIP. */
export function internalIdOf(nip: string): string {
  const digits = [...nip, ...'0001'].map(Number)
  const sum = digits.reduce((total, digit, index) => total + digit * (index % 2 === 0 ? 1 : 3), 0)
  return `${nip}-0001${sum % 10}`
}

export const byNumber = {
  subjectDetailsType: 'PersonByIdentifier',
  personById: { firstName: 'Anna', lastName: 'Nowak' },
} as const satisfies PersonSubjectDetails

/** For grants to somebody without a Polish number. */
export const byPassport = {
  subjectDetails: {
    subjectDetailsType: 'PersonByFingerprintWithoutIdentifier',
    personByFpNoId: {
      ...{ firstName: 'Anna', lastName: 'Nowak', birthDate: '1990-02-28' },
      idDocument: { type: 'Passport', number: 'AB1234567', country: 'DE' },
    },
  },
} as const satisfies { readonly subjectDetails: PersonSubjectDetails }
