/**
 * `latchkey ksef certificates request`: a key that never leaves this machine, its certificate, and on the way nothing
 * that would be lost by a failure.
 *
 * @see spec/ksef.md section 2.15
 * @module
 */
import type { KeyObject } from 'node:crypto'
import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import { isLatchkeyError } from '@latchkey/core'
import { ProviderError } from '@latchkey/http'
import { createCertificateRequest, generatePrivateKey, loadPrivateKeyFromPem } from '@latchkey/ksef'
import { folderOf } from '../../../config/load.ts'
import type { CommonOptions, Io } from '../../../io.ts'
import { sendOnce } from '../../../lost-answer.ts'
import { newFile } from '../../../new-file.ts'
import { json, pairs } from '../../../output.ts'
import { quoted } from '../../../target.ts'
import { UsageError } from '../../../usage.ts'
import { ksefTarget } from '../target.ts'
import type { KsefTarget } from '../target.ts'
import type { CertificateRequestFlags } from './flags.ts'
import { fetchCertificate, shownOf } from './get.ts'

/** How to go on after a failure: sentences. */
type Tell = (advice: string) => void

export async function certificateRequest(options: CommonOptions & CertificateRequestFlags, io: Io): Promise<void> {
  const certificateFile = await newFile('--out', options.out, io)
  let advice: string | undefined
  try {
    const key = await keyFor(options, io)
    advice = `The key stays in ${key.file}: give it again with --key.`
    await using target = await ksefTarget(options, io)
    const serial = await issue(
      target,
      key.privateKey,
      options,
      io,
      (next) => (advice = `${next} The key is in ${key.file}.`),
    )
    const certificate = await fetchCertificate(target, serial, io)
    if (!certificate.matches(key.privateKey)) throw unexpected('What KSeF gave is no certificate of this key.')
    await certificateFile.write(certificate.toPem())
    const shown = { ...shownOf(certificate), key: key.file, certificate: certificateFile.file }
    io.out(options.json ? json(shown) : pairs(shown))
  } catch (error) {
    if (advice !== undefined) io.err(`${advice}\n`)
    throw error
  } finally {
    await certificateFile.discard()
  }
}

/** Its serial number. */
async function issue(
  target: KsefTarget,
  privateKey: KeyObject,
  { name, type, validFrom, waitMax }: CertificateRequestFlags,
  io: Io,
  tell: Tell,
): Promise<string> {
  const { certificates } = target.auth
  const { signal } = io
  const csr = await createCertificateRequest(await target.ask(certificates.enrollmentData({ signal })), privateKey)
  const request = { certificateName: name, certificateType: type, csr, validFrom }
  const look = `The request may have been taken. Look before you repeat it: latchkey ksef certificates list --name ${quoted(name)} ${target.flags}`
  const { referenceNumber } = await sendOnce(() => target.ask(certificates.enroll(request, { signal })), look, io)
  io.err(`Asked for as ${referenceNumber}.\n`)
  tell(`Go on with: latchkey ksef certificates status ${referenceNumber} --wait ${target.flags}`)
  const waiting = certificates.waitForEnrollment({ referenceNumber, timeoutMs: waitMax, signal })
  const { certificateSerialNumber: serial } = await target.ask(waiting)
  if (serial === undefined) throw unexpected('KSeF issued it, and does not say its serial number.')
  tell(`Go on with: latchkey ksef certificates get ${serial} --out FILE ${target.flags}`)
  return serial
}

function unexpected(text: string): ProviderError {
  return new ProviderError('KSEF_MALFORMED_ANSWER', text, { provider: 'ksef' })
}

/** The key of the file, which is made where there is none. @throws {UsageError} It holds something else. */
async function keyFor(
  { key, rsa }: CertificateRequestFlags,
  io: Io,
): Promise<{ readonly file: string; readonly privateKey: KeyObject }> {
  const file = resolve(folderOf(io), key)
  const isThere = await access(file).then(
    () => true,
    () => false,
  )
  if (isThere) return { file, privateKey: await loadKey(file) }
  const made = await newFile('--key', key, io)
  try {
    const privateKey = await generatePrivateKey(rsa ? 'rsa' : 'ec')
    await made.write(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
    return { file, privateKey }
  } finally {
    await made.discard()
  }
}

async function loadKey(file: string): Promise<KeyObject> {
  try {
    return await loadPrivateKeyFromPem(file)
  } catch (cause) {
    if (!isLatchkeyError(cause)) throw cause
    throw new UsageError(`--key: ${file} cannot be used. ${cause.message}`, { cause })
  }
}
