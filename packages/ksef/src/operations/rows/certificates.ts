/**
 * KSeF certificates, and the certificates whose keys encrypt.
 *
 * @see spec/ksef.md sections 3.4 and 3.15
 * @module
 */
import {
  certificateLimits,
  certificatePage,
  enrollmentAccepted,
  enrollmentData,
  enrollmentStatus,
  publicKeyCertificates,
  retrievedCertificates,
} from '../../wire/certificates.ts'
import { gives, givesNothing } from '../answers.ts'
import * as requests from '../requests/certificates.ts'
import { byReferenceNumber, nothing } from '../requests/references.ts'
import type { KsefOperation } from '../table-row.ts'

export const certificateRows = {
  'certificates.limits': {
    name: 'certificates.limits',
    method: 'GET',
    path: '/certificates/limits',
    effect: 'read',
    rateGroup: 'other',
    who: 'bearer',
    request: nothing,
    summary: 'Reads how many certificates may still be asked for.',
    ...gives(certificateLimits),
  },
  'certificates.enrollmentData': {
    name: 'certificates.enrollmentData',
    method: 'GET',
    path: '/certificates/enrollments/data',
    effect: 'read',
    rateGroup: 'other',
    who: 'bearer',
    request: nothing,
    summary: 'Reads the subject that a certificate request must have.',
    ...gives(enrollmentData),
  },
  'certificates.enroll': {
    name: 'certificates.enroll',
    method: 'POST',
    path: '/certificates/enrollments',
    effect: 'once',
    rateGroup: 'other',
    who: 'bearer',
    request: requests.enroll,
    summary: 'Asks for a certificate with a PKCS#10 request.',
    ...gives(enrollmentAccepted),
  },
  'certificates.enrollmentStatus': {
    name: 'certificates.enrollmentStatus',
    method: 'GET',
    path: '/certificates/enrollments/{referenceNumber}',
    effect: 'read',
    rateGroup: 'other',
    who: 'bearer',
    request: byReferenceNumber,
    summary: 'Reads how far a certificate request is.',
    ...gives(enrollmentStatus),
  },
  'certificates.retrieve': {
    name: 'certificates.retrieve',
    method: 'POST',
    path: '/certificates/retrieve',
    effect: 'read',
    rateGroup: 'other',
    who: 'bearer',
    request: requests.retrieve,
    summary: 'Fetches up to ten certificates.',
    ...gives(retrievedCertificates),
  },
  'certificates.revoke': {
    name: 'certificates.revoke',
    method: 'POST',
    path: '/certificates/{certificateSerialNumber}/revoke',
    effect: 'once',
    rateGroup: 'other',
    who: 'bearer',
    request: requests.revokeCertificate,
    summary: 'Revokes a certificate of the caller.',
    ...givesNothing,
  },
  'certificates.query': {
    name: 'certificates.query',
    method: 'POST',
    path: '/certificates/query',
    effect: 'read',
    rateGroup: 'other',
    who: 'bearer',
    request: requests.queryCertificates,
    summary: 'Searches the certificates of the caller, newest request first.',
    ...gives(certificatePage),
  },
  'encryption.certificates': {
    name: 'encryption.certificates',
    method: 'GET',
    path: '/security/public-key-certificates',
    effect: 'read',
    rateGroup: 'public',
    who: 'public',
    request: nothing,
    summary: 'Lists the certificates whose keys encrypt.',
    ...gives(publicKeyCertificates),
  },
} as const satisfies Record<string, KsefOperation>
