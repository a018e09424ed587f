/**
 * Who a certificate says that it belongs to.
 *
 * @see spec/ksef.md sections 2.2, 2.4
 * @module
 */
import type { X509Certificate } from 'node:crypto'
import type { MethodName } from '../auth/methods.ts'
import type { Subject } from '../auth/session.ts'
import { type Identity, patterns } from '../identity.ts'
import { refused } from '../refusal.ts'

/** An identity and the kind of certificate that it was read from. */
export interface Identified {
  readonly identity: Identity
  readonly method: MethodName
}

/** The attributes that KSeF reads. One that occurs twice says nothing. */
export function subjectOf(certificate: X509Certificate): Subject {
  const names = certificate.toLegacyObject().subject as unknown as Readonly<Record<string, unknown>>
  const read = (name: string): string | null => {
    const value = names[name]
    return typeof value === 'string' && value !== '' ? value : null
  }
  return {
    commonName: read('CN'),
    countryName: read('C'),
    givenName: read('GN'),
    surname: read('SN'),
    serialNumber: read('serialNumber'),
    organizationName: read('O'),
    organizationIdentifier: read('organizationIdentifier'),
  }
}

/** The fingerprint, 64 upper-case hex digits. */
export function fingerprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '')
}

/**
 * The identity in a subject.
 *
 * @throws {Refusal} 21115: a person's and an organisation's attributes together, or some are missing. 21406: there is
 *   neither NIP nor PESEL.
 */
export function identify(subject: Subject): Identified {
  const peppolId = [subject.organizationIdentifier, subject.commonName].find(
    (value) => value !== null && patterns.PeppolId.test(value),
  )
  if (peppolId !== undefined && peppolId !== null) {
    return { identity: { kind: 'PeppolId', value: peppolId }, method: 'peppol' }
  }
  const isPerson = subject.givenName !== null || subject.surname !== null
  const isOrganisation = subject.organizationName !== null || subject.organizationIdentifier !== null
  if (isPerson && isOrganisation) throw refused(21115)
  if (isOrganisation) return identifyOrganisation(subject)
  if (isPerson) return identifyPerson(subject)
  throw subject.serialNumber === null ? refused(21406) : refused(21115)
}

function identifyPerson({ givenName, surname, serialNumber, commonName, countryName }: Subject): Identified {
  if (givenName === null || surname === null || serialNumber === null || commonName === null || countryName === null) {
    throw refused(21115)
  }
  const pesel = /(?:PNOPL|PESEL).*?(\d{11})/.exec(serialNumber)?.[1]
  if (pesel !== undefined && patterns.Pesel.test(pesel)) {
    return { identity: { kind: 'Pesel', value: pesel }, method: 'signature' }
  }
  const nip = /(?:TINPL|NIP).*?(\d{10})/.exec(serialNumber)?.[1]
  if (nip !== undefined && patterns.Nip.test(nip)) return { identity: { kind: 'Nip', value: nip }, method: 'signature' }
  throw refused(21406)
}

function identifyOrganisation(subject: Subject): Identified {
  const { organizationName, organizationIdentifier, commonName, countryName } = subject
  if (organizationName === null || organizationIdentifier === null || commonName === null || countryName === null) {
    throw refused(21115)
  }
  const nip = /VATPL.*?(\d{10})/.exec(organizationIdentifier)?.[1]
  if (nip === undefined || !patterns.Nip.test(nip)) throw refused(21406)
  return { identity: { kind: 'Nip', value: nip }, method: 'seal' }
}
