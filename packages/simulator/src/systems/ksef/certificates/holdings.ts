/**
 * Who holds which certificates, what state they are in, and how many more there may be.
 *
 * @see spec/ksef.md sections 1.11, 2.15, B.2
 * @module
 */
import { plan } from '../agenda.ts'
import type { Identity } from '../identity.ts'
import { certificateLimitsOf } from '../limits/subject.ts'
import { isSamePerson } from '../parties.ts'
import type { World } from '../world.ts'
import type { Certificate } from './rows.ts'

/** How far a certificate has come in its life. `Blocked`: being revoked. */
export type CertificateStatus = 'Active' | 'Blocked' | 'Revoked' | 'Expired'

/** What is left, and of how much. */
export interface Left {
  readonly remaining: number
  readonly limit: number
}

/** The status at an instant. */
export function statusOf({ state, validTo }: Certificate, now: number): CertificateStatus {
  return state === 'Active' && now >= validTo ? 'Expired' : state
}

/** A subject's certificates, also those of its NIP or PESEL where both are one. */
export function certificatesOf(world: World, owner: Identity): readonly Certificate[] {
  return [...world.tables.certificates.values()].filter((certificate) => isSamePerson(world, certificate.owner, owner))
}

/** How many requests and certificates a subject may still have. What is being revoked counts. */
export function leftOf(world: World, owner: Identity, now: number): { enrollment: Left; certificate: Left } {
  const { maxEnrollments, maxCertificates } = certificateLimitsOf(world, owner)
  const { enrollments } = world.tables
  const requested = [...enrollments.values()].filter((enrollment) => isSamePerson(world, enrollment.owner, owner))
  const held = certificatesOf(world, owner).filter((certificate) => {
    const status = statusOf(certificate, now)
    return status === 'Active' || status === 'Blocked'
  })
  return { enrollment: left(maxEnrollments, requested.length), certificate: left(maxCertificates, held.length) }
}

/** Blocks a certificate at once; it is revoked a moment later. */
export function revokeCertificate(world: World, certificate: Certificate): void {
  certificate.state = 'Blocked'
  plan(world, 'finishCertificateRevocation', certificate.serial, world.switches.certificateMs)
}

/** Ends a revocation. */
export function finishCertificateRevocation(world: World, serial: string): void {
  const certificate = world.tables.certificates.get(serial)
  if (certificate !== undefined) certificate.state = 'Revoked'
}

function left(limit: number, used: number): Left {
  return { remaining: Math.max(0, limit - used), limit }
}
