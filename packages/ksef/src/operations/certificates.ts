/**
 * KSeF certificates: asking for one, reading, searching and revoking them.
 *
 * @see spec/ksef.md sections 2.15 and 3.4
 * @module
 */
import { parseRequest, poll } from '@latchkey/http'
import type { Resolution, WaitOptions } from '@latchkey/http'
import type { CertificateEnrollmentData } from '../certificates/certificate-request.ts'
import type {
  CertificateInfo,
  CertificateLimits,
  EnrollmentAccepted,
  EnrollmentStatus,
  KsefCertificateStatus,
  KsefCertificateType,
  RetrievedCertificate,
} from '../values/ksef-certificate.ts'
import type { OffsetPage, OffsetPageQuery } from '../values/page.ts'
import { progressOf } from '../values/status.ts'
import { ask } from './answers.ts'
import { send } from './context.ts'
import type { CallOptions, Context } from './context.ts'
import { madeSince, stillUnknown } from './look-up.ts'
import { offsetPages } from './pages.ts'
import type { PageOptions, Pages } from './pages.ts'
import { failedProgress, notFinished } from './progress.ts'
import { readOffsetPage } from './read-page.ts'
import { parseReference, parseWait } from './reference.ts'
import type { Referenced } from './reference.ts'
import { operations } from './table.ts'

/** A certificate to be asked for. */
export interface CertificateRequest {
  /** 5 to 100 letters (Polish ones, too), digits, spaces, hyphens and underscores. */
  readonly certificateName: string
  readonly certificateType: KsefCertificateType
  /** What `createCertificateRequest` makes of the enrolment data: DER in Base64. */
  readonly csr: string
  /** Text needs its zone. @default now */
  readonly validFrom?: Date | string | undefined
}

/** Which certificates; filters combine with "and". */
export interface CertificateQuery extends OffsetPageQuery {
  readonly certificateSerialNumber?: string | undefined
  /** A part of it. */
  readonly name?: string | undefined
  readonly type?: KsefCertificateType | undefined
  readonly status?: KsefCertificateStatus | undefined
  /** Text needs its zone. */
  readonly expiresAfter?: Date | string | undefined
}

export interface CertificateRevocation {
  /** 16 capital hexadecimal digits. */
  readonly certificateSerialNumber: string
  /** @default 'Unspecified', set by KSeF */
  readonly revocationReason?: 'Unspecified' | 'Superseded' | 'KeyCompromise' | undefined
}

/** `auth.certificates`. All of it is for who signed in with a signature: a KSeF token ends in 25001, 25002 or a 403. */
export interface KsefCertificates {
  /**
   * Reads how many requests and certificates are left.
   *
   * Source: spec/ksef.md section 3.4. `GET /certificates/limits`
   */
  limits(run?: CallOptions): Promise<CertificateLimits>
  /**
   * Reads the subject that the request must have: hand it to `createCertificateRequest`.
   *
   * Source: spec/ksef.md section 3.4. `GET /certificates/enrollments/data`
   */
  enrollmentData(run?: CallOptions): Promise<CertificateEnrollmentData>
  /**
   * Asks for a certificate. Resolving means that KSeF took the request: follow it with
   * {@link KsefCertificates.waitForEnrollment}. Effect `once`.
   *
   * @throws {TypeError} `ERR_INVALID_ARG` with `issues`: nothing was sent.
   * @throws {ProviderError} `KSEF_REJECTED`: 25003 the subject differs, 25006 and 25007 no more are allowed, 25010 and
   *   25011 another key or signature is wanted.
   * @throws {OutcomeUnknownError} The answer was lost. `resolve()` finds the certificate by its name, once it is issued.
   *
   * Source: spec/ksef.md section 3.4. `POST /certificates/enrollments`
   */
  enroll(request: CertificateRequest, run?: CallOptions): Promise<EnrollmentAccepted>
  /**
   * Reads how far a request is. KSeF remembers it for 30 days.
   *
   * Source: spec/ksef.md section 3.4. `GET /certificates/enrollments/{referenceNumber}`
   */
  enrollmentStatus(enrollment: Referenced, run?: CallOptions): Promise<EnrollmentStatus>
  /**
   * Asks until the certificate is issued: after 1 s, then ever more rarely up to every 10 s.
   *
   * @throws {ProviderError} `KSEF_OPERATION_FAILED`: it was rejected or broken off; `reason` and `codes` say why.
   *   `KSEF_NOT_FINISHED`: time is up.
   */
  waitForEnrollment(enrollment: Referenced & WaitOptions): Promise<EnrollmentStatus>
  /**
   * Fetches up to ten certificates.
   *
   * Source: spec/ksef.md section 3.4. `POST /certificates/retrieve`
   */
  retrieve(
    certificates: { readonly certificateSerialNumbers: readonly string[] },
    run?: CallOptions,
  ): Promise<readonly RetrievedCertificate[]>
  /**
   * Reads one page of the caller's certificates, newest request first; 10 to 50 on a page.
   *
   * Source: spec/ksef.md section 3.4. `POST /certificates/query`
   */
  query(query?: CertificateQuery, run?: CallOptions): Promise<OffsetPage<CertificateInfo>>
  /** All of them, page by page. */
  all(query?: CertificateQuery, run?: PageOptions): Pages<OffsetPage<CertificateInfo>>
  /**
   * Revokes a certificate of the caller, for ever. It is `Blocked` first, then `Revoked`. Effect `once`.
   *
   * @throws {ProviderError} `KSEF_NOT_FOUND`: 25008. `KSEF_REJECTED`: 25009, it is revoked, blocked or over already.
   * @throws {OutcomeUnknownError} The answer was lost. `resolve()` reads the certificate's status.
   *
   * Source: spec/ksef.md section 3.4. `POST /certificates/{certificateSerialNumber}/revoke`
   */
  revoke(certificate: CertificateRevocation, run?: CallOptions): Promise<void>
}

export function certificatesOf(context: Context): KsefCertificates {
  const certificates: KsefCertificates = {
    limits: (run) => ask(context, operations['certificates.limits'], {}, run),
    enrollmentData: (run) => ask(context, operations['certificates.enrollmentData'], {}, run),
    async enroll(request, run) {
      const operation = operations['certificates.enroll']
      const body = parseRequest(operation, request, [])
      const sentAt = context.clock.wall()
      const unknown = { resolve: () => resolveEnrollment(context, certificates, body, sentAt) }
      return ask(context, operation, { body, unknown }, run)
    },
    async enrollmentStatus(enrollment, run) {
      const operation = operations['certificates.enrollmentStatus']
      return ask(context, operation, { params: parseReference(operation, enrollment) }, run)
    },
    async waitForEnrollment(enrollment) {
      const { referenceNumber, options } = parseWait(operations['certificates.enrollmentStatus'], enrollment)
      const awaited = { operation: 'certificates.waitForEnrollment', what: 'the request', referenceNumber }
      const ended = await poll(
        context,
        options,
        (run) => certificates.enrollmentStatus({ referenceNumber }, run),
        ({ status }) => progressOf(status) !== 'pending',
        (last) => notFinished(awaited, last?.outcome),
      )
      if (progressOf(ended.status) === 'failed') throw failedProgress(awaited, ended.status, ended.outcome)
      return ended
    },
    async retrieve(wanted, run) {
      const operation = operations['certificates.retrieve']
      return ask(context, operation, { body: parseRequest(operation, wanted, []) }, run)
    },
    query: async (query = {}, run) => readOffsetPage(context, operations['certificates.query'], query, run),
    all: (query = {}, run = {}) => offsetPages(context, operations['certificates.query'], query, run),
    async revoke(certificate, run) {
      const operation = operations['certificates.revoke']
      const { certificateSerialNumber, ...body } = parseRequest(operation, certificate, [])
      const sentAt = context.clock.wall()
      const unknown = { resolve: () => resolveRevocation(context, certificates, certificateSerialNumber, sentAt) }
      await send(context, operation, { params: { certificateSerialNumber }, body, unknown }, run)
    },
  }
  return Object.freeze(certificates)
}

// Certificates of the same name cannot be told apart, but for when they were asked for.
async function resolveEnrollment(
  context: Context,
  certificates: KsefCertificates,
  {
    certificateName,
    certificateType,
  }: { readonly certificateName: string; readonly certificateType: KsefCertificateType },
  sentAt: number,
): Promise<Resolution<CertificateInfo>> {
  const filter = { name: certificateName, type: certificateType, pageSize: 50 }
  const found = await madeSince(
    certificates.all(filter, { pagesMax: 20 }).items(),
    sentAt,
    ({ requestDate }) => requestDate,
    ({ name }) => name === certificateName,
  )
  const [certificate, ...others] = found
  if (certificate === undefined) return stillUnknown(context, sentAt)
  return others.length === 0 ? { state: 'settled', result: certificate } : { state: 'unknown' }
}

async function resolveRevocation(
  context: Context,
  certificates: KsefCertificates,
  certificateSerialNumber: string,
  sentAt: number,
): Promise<Resolution<CertificateInfo>> {
  const [certificate] = (await certificates.query({ certificateSerialNumber })).items
  const { status } = certificate ?? {}
  if (certificate !== undefined && (status === 'Blocked' || status === 'Revoked')) {
    return { state: 'settled', result: certificate }
  }
  return stillUnknown(context, sentAt)
}
