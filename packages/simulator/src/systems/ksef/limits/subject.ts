/**
 * How many certificates a subject may ask for, and have.
 *
 * @see spec/ksef.md sections 1.11, 3.8
 * @module
 */
import { z } from 'zod'
import { fields, oneOf, optional, whole } from '../fields.ts'
import type { Identity } from '../identity.ts'
import type { World } from '../world.ts'

// The schema of the API has no upper bound; this one is what the imitation can count.
const most = 1_000_000

/** `SetSubjectLimitsRequest` */
export const subjectLimits = fields({
  subjectIdentifierType: optional(oneOf(['Nip', 'Pesel', 'Fingerprint'])),
  enrollment: optional(fields({ maxEnrollments: optional(whole(0, most)) })),
  certificate: optional(fields({ maxCertificates: optional(whole(0, most)) })),
})

/** The limits that the test data set for a subject, by {@link subjectKey}. Null: the default. */
export const subjectLimitsRow = z.strictObject({
  subject: z.string(),
  maxEnrollments: z.number().nullable(),
  maxCertificates: z.number().nullable(),
})

/** The limits of a subject. */
export interface CertificateLimits {
  readonly maxEnrollments: number
  readonly maxCertificates: number
}

/** The limits that hold for a subject. */
export function certificateLimitsOf(world: World, subject: Identity): CertificateLimits {
  const set = world.tables.subjectLimits.get(subjectKey(subject))
  const defaults =
    subject.kind === 'Nip' ? { maxEnrollments: 300, maxCertificates: 100 } : { maxEnrollments: 12, maxCertificates: 6 }
  return {
    maxEnrollments: set?.maxEnrollments ?? defaults.maxEnrollments,
    maxCertificates: set?.maxCertificates ?? defaults.maxCertificates,
  }
}

/** By which the limits of a subject are found. */
export function subjectKey({ kind, value }: Identity): string {
  return `${kind}: ${value}`
}
