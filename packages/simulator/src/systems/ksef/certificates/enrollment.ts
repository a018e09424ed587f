/**
 * Asking for a certificate: the data that a request must have, the request, and its status.
 *
 * @see spec/ksef.md sections 2.15, 3.4
 * @module
 */
import { createHash } from 'node:crypto'
import type { Answer } from '../../../answers.ts'
import { plan } from '../agenda.ts'
import { base64, fields, instant, matching, oneOf, optional, readInput, referenceNumber } from '../fields.ts'
import { answer, type Call, type ProtectedOperation } from '../operation.ts'
import { isSamePerson } from '../parties.ts'
import { forbidden, refused, statusOnly } from '../refusal.ts'
import { formatInstant } from '../times.ts'
import type { World } from '../world.ts'
import { issueCertificate } from './authority.ts'
import { checkRequest } from './csr.ts'
import { leftOf } from './holdings.ts'
import { type Certificate, certificateTypes, type Enrollment } from './rows.ts'
import type { SubjectAttributes } from './subject.ts'

/** How long the status of a request can be read, in milliseconds. */
const retentionMs = 30 * 86_400_000

/** How long certificates are valid, in years. */
const validYears = 2

const enrollRequest = fields({
  certificateName: matching(/^[a-zA-Z0-9_\- ąćęłńóśźżĄĆĘŁŃÓŚŹŻ]+$/)
    .min(5)
    .max(100),
  certificateType: oneOf(certificateTypes),
  csr: base64(16_000),
  validFrom: optional(instant()),
})

/** `GET /certificates/enrollments/data` */
const enrollmentData: ProtectedOperation = {
  name: 'certificateEnrollmentData',
  method: 'GET',
  path: '/v2/certificates/enrollments/data',
  who: 'bearer',
  run: (call) => answer(200, prescribedSubject(call, 25001)),
}

/** `POST /certificates/enrollments` */
const enroll: ProtectedOperation = {
  name: 'enrollCertificate',
  method: 'POST',
  path: '/v2/certificates/enrollments',
  who: 'bearer',
  takes: 'json',
  run: enrollCertificate,
}

/** `GET /certificates/enrollments/{referenceNumber}` */
const enrollmentStatus: ProtectedOperation = {
  name: 'certificateEnrollmentStatus',
  method: 'GET',
  path: '/v2/certificates/enrollments/{referenceNumber}',
  who: 'bearer',
  needsXades: true,
  run({ world, params, identity, now }) {
    const { referenceNumber: reference } = readInput(fields({ referenceNumber: referenceNumber() }), params)
    const enrollment = world.tables.enrollments.get(reference)
    if (enrollment === undefined) throw refused(25005)
    if (!isSamePerson(world, enrollment.owner, identity)) throw forbidden('insufficient-resource-access')
    if (now - enrollment.requestedAt > retentionMs) throw statusOnly(410)
    return answer(200, {
      requestDate: formatInstant(enrollment.requestedAt),
      status: describeStatus(enrollment),
      certificateSerialNumber: enrollment.code === 200 ? enrollment.certificate.serial : null,
    })
  },
}

/** The operations. */
export const enrollmentOperations: readonly ProtectedOperation[] = [enrollmentData, enroll, enrollmentStatus]

/** Decides a request, at the instant at which it is due. */
export function finishEnrollment(world: World, reference: string, at: number): void {
  const enrollment = world.tables.enrollments.get(reference)
  if (enrollment === undefined) return
  const { certificate, owner } = enrollment
  const { certificates } = world.tables
  const isTaken = [...certificates.values()].some(
    (other) => other.publicKeyId === certificate.publicKeyId && !isSamePerson(world, other.owner, owner),
  )
  const isFull = leftOf(world, owner, at).certificate.remaining === 0 || certificates.size >= certificates.max
  if (isTaken) enrollment.detail = 'Klucz publiczny został już certyfikowany przez inny podmiot.'
  else if (isFull) enrollment.detail = 'Osiągnięto dopuszczalny limit posiadanych certyfikatów.'
  enrollment.code = enrollment.detail === null ? 200 : 400
  if (enrollment.code === 200) certificates.set(certificate)
}

async function enrollCertificate(call: Call): Promise<Answer> {
  const { world, identity: owner, now: requestedAt } = call
  const input = readInput(enrollRequest, call.body)
  const subject = prescribedSubject(call, 25002)
  checkLimits(call)
  const publicKey = await checkRequest(Buffer.from(input.csr, 'base64'), subject)
  if (typeof publicKey === 'number') throw refused(publicKey)
  const validFrom = input.validFrom ?? requestedAt
  const order = { ...validity(validFrom), serial: world.ids.serial(), type: input.certificateType }
  const der = await issueCertificate(world, { ...order, subject, publicKey })
  checkLimits(call) // Again: others may have asked meanwhile.
  const certificate: Certificate = {
    ...order,
    name: input.certificateName,
    owner,
    commonName: subject.commonName ?? '',
    requestedAt,
    lastUsedAt: null,
    state: 'Active',
    der: der.toString('base64'),
    fingerprint: createHash('sha256').update(der).digest('hex').toUpperCase(),
    publicKeyId: createHash('sha256')
      .update(publicKey.export({ type: 'spki', format: 'der' }))
      .digest('base64'),
  }
  const reference = world.ids.reference('CE', requestedAt)
  world.tables.enrollments.set({ reference, owner, requestedAt, certificate, code: null, detail: null })
  plan(world, 'finishEnrollment', reference, world.switches.certificateMs)
  return answer(202, { referenceNumber: reference, timestamp: formatInstant(requestedAt) })
}

function checkLimits({ world, identity, now }: Call): void {
  const { enrollment, certificate } = leftOf(world, identity, now)
  if (enrollment.remaining === 0) throw refused(25006)
  if (certificate.remaining === 0) throw refused(25007)
}

/**
 * The subject of the certificate that signed in, in the form in which it is certified.
 *
 * @throws {Refusal} Somebody signed in without a certificate, or as a Peppol provider, which can have none.
 */
function prescribedSubject({ session, identity }: Call, code: 25001 | 25002): SubjectAttributes {
  if (session.certificate === null || identity.kind === 'PeppolId') throw refused(code)
  const given = Object.entries(session.certificate.subject).filter(([, value]) => value !== null)
  const subject = Object.fromEntries(given) as SubjectAttributes // Its names are among ours, and no value is null.
  const serialNumber = subject.serialNumber?.replace(/^NIP-/, 'TINPL-').replace(/^PESEL-/, 'PNOPL-')
  return serialNumber === undefined ? subject : { ...subject, serialNumber }
}

/** Whole seconds, as certificates have them. */
function validity(from: number): Pick<Certificate, 'validFrom' | 'validTo'> {
  const validFrom = Math.floor(from / 1000) * 1000
  const end = new Date(validFrom)
  end.setUTCFullYear(end.getUTCFullYear() + validYears)
  return { validFrom, validTo: end.getTime() }
}

function describeStatus({ code, detail }: Enrollment): object {
  if (code === null) return { code: 100, description: 'Wniosek przyjęty do realizacji' }
  if (code === 200) return { code, description: 'Wniosek obsłużony (certyfikat wygenerowany)' }
  return { code, description: 'Wniosek odrzucony', details: detail === null ? null : [detail] }
}
