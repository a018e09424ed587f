/**
 * What signing in has to know about a certificate that KSeF issued itself.
 *
 * @see spec/ksef.md sections 2.4, 2.15
 * @module
 */
import type { World } from '../world.ts'
import { type CertificateStatus, statusOf } from './holdings.ts'
import type { Certificate } from './rows.ts'

/** A certificate as it is now. Whoever signs with it is its owner. */
export interface IssuedCertificate extends Pick<Certificate, 'type' | 'owner'> {
  readonly status: CertificateStatus
  /** Its end, which the test data may have moved. */
  readonly notAfter: number
}

/** The certificate of a fingerprint, null if it is none of ours. */
export function issuedCertificate(world: World, fingerprint: string): IssuedCertificate | null {
  const certificate = find(world, fingerprint)
  if (certificate === undefined) return null
  const { type, owner, validTo } = certificate
  return { type, owner, status: statusOf(certificate, world.now()), notAfter: validTo }
}

/** Notes that somebody signed in with a certificate, if it is one of ours. */
export function noteUse(world: World, fingerprint: string, at: number): void {
  const certificate = find(world, fingerprint)
  if (certificate !== undefined) certificate.lastUsedAt = at
}

function find(world: World, fingerprint: string): Certificate | undefined {
  return [...world.tables.certificates.values()].find((certificate) => certificate.fingerprint === fingerprint)
}
