/**
 * `latchkey ksef certificates get|revoke`: one certificate, by its serial number.
 *
 * @see spec/ksef.md sections 2.15 and 3.4
 * @module
 */
import { ProviderError } from '@latchkey/http'
import { parseCertificate } from '@latchkey/ksef'
import type { Certificate } from '@latchkey/ksef'
import type { CommonOptions, Io } from '../../../io.ts'
import { sendOnce } from '../../../lost-answer.ts'
import { newFile } from '../../../new-file.ts'
import { json, pairs } from '../../../output.ts'
import { ksefTarget } from '../target.ts'
import type { KsefTarget } from '../target.ts'
import { moment } from '../words.ts'
import type { CertificateGetFlags, CertificateRevokeFlags } from './flags.ts'

export async function certificateGet(
  serial: string,
  options: CommonOptions & CertificateGetFlags,
  io: Io,
): Promise<void> {
  const file = options.out === undefined ? undefined : await newFile('--out', options.out, io)
  try {
    await using target = await ksefTarget(options, io)
    const certificate = await fetchCertificate(target, serial, io)
    const pem = certificate.toPem()
    await file?.write(pem)
    if (options.json) return io.out(json({ ...shownOf(certificate), ...(file ? { file: file.file } : { pem }) }))
    io.out(file ? pairs({ ...shownOf(certificate), file: file.file }) : pem)
  } finally {
    await file?.discard()
  }
}

/** @throws {ProviderError} Also where KSeF's answer has none of that number. */
export async function fetchCertificate(target: KsefTarget, serial: string, io: Io): Promise<Certificate> {
  const wanted = { certificateSerialNumbers: [serial] }
  const found = await target.ask(target.auth.certificates.retrieve(wanted, { signal: io.signal }))
  const one = found.find(({ certificateSerialNumber }) => certificateSerialNumber === serial)
  if (one) return parseCertificate(one.certificate)
  const text = 'KSeF gave no certificate of that serial number. `latchkey ksef certificates` shows which there are.'
  throw new ProviderError('KSEF_NOT_FOUND', text, { provider: 'ksef' })
}

/** What is told of a certificate beside where it is. */
export function shownOf({ serialNumber, subject, validFrom, validTo }: Certificate) {
  return {
    ...{ serial: serialNumber, subject: subject.join(', ') },
    ...{ validFrom: moment(validFrom), validTo: moment(validTo) },
  }
}

export async function certificateRevoke(
  serial: string,
  options: CommonOptions & CertificateRevokeFlags,
  io: Io,
): Promise<void> {
  await using target = await ksefTarget(options, io)
  const revocation = { certificateSerialNumber: serial, revocationReason: options.reason }
  const revoke = () => target.ask(target.auth.certificates.revoke(revocation, { signal: io.signal }))
  await sendOnce(revoke, `It may be revoked. Look: latchkey ksef certificates list ${target.flags}`, io)
  io.out(options.json ? json({ serial, revoked: true }) : `Revoked: ${serial}\n`)
}
