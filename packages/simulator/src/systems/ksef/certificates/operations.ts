/**
 * The certificates that a subject has: how many more it may have, which there are, and how they are revoked.
 *
 * @see spec/ksef.md sections 2.15, 3.4
 * @module
 */
import { z } from 'zod'
import { fields, instant, items, matching, oneOf, optional, readInput, withBody } from '../fields.ts'
import { answer, type Call, nothing, type ProtectedOperation } from '../operation.ts'
import { pageFields, pageOf, pageQuery } from '../pages.ts'
import { isSamePerson } from '../parties.ts'
import { forbidden, refused } from '../refusal.ts'
import { formatInstant } from '../times.ts'
import { enrollmentOperations } from './enrollment.ts'
import { certificatesOf, leftOf, revokeCertificate, statusOf } from './holdings.ts'
import { type Certificate, certificateTypes } from './rows.ts'

/** A serial number. */
export const serialNumber = () => matching(/^[0-9A-F]{16}$/)

const retrieveRequest = fields({ certificateSerialNumbers: items(serialNumber(), 1, 10) })

const queryRequest = fields({
  ...pageFields(50),
  certificateSerialNumber: optional(serialNumber()),
  name: optional(z.string()),
  type: optional(oneOf(certificateTypes)),
  status: optional(oneOf(['Active', 'Blocked', 'Revoked', 'Expired'])),
  expiresAfter: optional(instant()),
})

const revokeRequest = fields({
  certificateSerialNumber: serialNumber(),
  revocationReason: optional(oneOf(['Unspecified', 'Superseded', 'KeyCompromise'])),
})

/** `GET /certificates/limits` */
const limits: ProtectedOperation = {
  name: 'certificateLimits',
  method: 'GET',
  path: '/v2/certificates/limits',
  who: 'bearer',
  needsXades: true,
  run({ world, identity, now }) {
    const left = leftOf(world, identity, now)
    const canRequest = left.enrollment.remaining > 0 && left.certificate.remaining > 0
    return answer(200, { canRequest, ...left })
  },
}

/** `POST /certificates/retrieve`. Numbers that the subject has no certificate for are passed over. */
const retrieve: ProtectedOperation = {
  name: 'retrieveCertificates',
  method: 'POST',
  path: '/v2/certificates/retrieve',
  who: 'bearer',
  needsXades: true,
  takes: 'json',
  run({ world, identity, body }) {
    const { certificateSerialNumbers: wanted } = readInput(retrieveRequest, body)
    const found = certificatesOf(world, identity).filter(({ serial }) => wanted.includes(serial))
    const certificates = found.map(({ der, name, serial, type }) => ({
      ...{ certificate: der, certificateName: name, certificateSerialNumber: serial, certificateType: type },
    }))
    return answer(200, { certificates })
  },
}

/** `POST /certificates/query` */
const query: ProtectedOperation = {
  name: 'queryCertificates',
  method: 'POST',
  path: '/v2/certificates/query',
  who: 'bearer',
  needsXades: true,
  takes: 'json',
  run(call) {
    const { world, identity, now } = call
    const { name = '', ...wanted } = readInput(queryRequest, withBody(call.body, pageQuery(call)))
    const fitting = certificatesOf(world, identity).filter(
      (certificate) =>
        (wanted.certificateSerialNumber ?? certificate.serial) === certificate.serial &&
        certificate.name.toLowerCase().includes(name.toLowerCase()) &&
        (wanted.type ?? certificate.type) === certificate.type &&
        (wanted.status === undefined || wanted.status === statusOf(certificate, now)) &&
        (wanted.expiresAfter === undefined || wanted.expiresAfter < certificate.validTo),
    )
    const newestFirst = fitting.sort((one, other) => other.requestedAt - one.requestedAt)
    const { rows, hasMore } = pageOf(newestFirst, wanted)
    return answer(200, { certificates: rows.map((certificate) => describe(certificate, now)), hasMore })
  },
}

/** `POST /certificates/{certificateSerialNumber}/revoke` */
const revoke: ProtectedOperation = {
  name: 'revokeCertificate',
  method: 'POST',
  path: '/v2/certificates/{certificateSerialNumber}/revoke',
  who: 'bearer',
  needsXades: true,
  takes: 'json',
  run(call) {
    const { certificateSerialNumber } = readInput(revokeRequest, withBody(call.body, call.params))
    const certificate = ownCertificate(call, certificateSerialNumber)
    if (statusOf(certificate, call.now) !== 'Active') throw refused(25009)
    revokeCertificate(call.world, certificate)
    return nothing()
  },
}

/** The operations on certificates. */
export const certificateOperations: readonly ProtectedOperation[] = [
  limits,
  ...enrollmentOperations,
  retrieve,
  query,
  revoke,
]

/** A certificate of the caller. @throws {Refusal} There is none, or it is another's. */
export function ownCertificate({ world, identity }: Call, serial: string): Certificate {
  const certificate = world.tables.certificates.get(serial)
  if (certificate === undefined) throw refused(25008)
  if (!isSamePerson(world, certificate.owner, identity)) throw forbidden('insufficient-resource-access')
  return certificate
}

function describe(certificate: Certificate, now: number): object {
  const { serial, name, type, commonName, owner, validFrom, validTo, lastUsedAt, requestedAt } = certificate
  return {
    ...{ certificateSerialNumber: serial, name, type, commonName },
    status: statusOf(certificate, now),
    subjectIdentifier: { type: owner.kind, value: owner.value },
    validFrom: formatInstant(validFrom),
    validTo: formatInstant(validTo),
    lastUseDate: lastUsedAt === null ? null : formatInstant(lastUsedAt),
    requestDate: formatInstant(requestedAt),
  }
}
