/**
 * The way to a KSeF certificate, as a client goes it.
 *
 * @see spec/ksef.md sections 2.15, 3.4
 * @module
 */
import type { Simulator } from '../../../src/index.ts'
import type { Reply } from '../../support.ts'
import { curvePair, nip as firm } from './certificates.ts'
import { makeRequest } from './csr.ts'
import { type Call, delayMs } from './user.ts'

/** The enrolment data of `seal(firm)`. */
export const firmData = {
  commonName: 'Test Org',
  countryName: 'PL',
  organizationName: 'Test Org',
  organizationIdentifier: `VATPL-${firm}`,
}

/** The pair that is certified where a test says nothing else. */
export const keys = curvePair()

/** Asks for a certificate of `seal(firm)`; given fields replace those of the request. */
export async function enroll(call: Call, fields: object = {}): Promise<Reply> {
  const usual = { certificateName: 'Certyfikat testowy', certificateType: 'Authentication' }
  return call('POST', 'certificates/enrollments', { ...usual, csr: await makeRequest(keys, firmData), ...fields })
}

/** Asks, waits, and gives the serial number. */
export async function issue(simulator: Simulator, call: Call, fields: object = {}): Promise<string> {
  const { referenceNumber } = (await enroll(call, fields)).json
  await simulator.clock.advance(delayMs)
  const { json } = await call('GET', `certificates/enrollments/${String(referenceNumber)}`)
  return String(json['certificateSerialNumber'])
}

/** The certificate of a serial number, DER. */
export async function derOf(call: Call, serial: string): Promise<Buffer> {
  const { json } = await call('POST', 'certificates/retrieve', { certificateSerialNumbers: [serial] })
  const [first] = json['certificates'] as { certificate: string }[] // As documented.
  return Buffer.from(first?.certificate ?? '', 'base64')
}

/** The rows of the list. */
export async function listed(call: Call, filters: object = {}): Promise<readonly Record<string, unknown>[]> {
  const { json } = await call('POST', 'certificates/query', filters)
  return json['certificates'] as Record<string, unknown>[] // As documented.
}
