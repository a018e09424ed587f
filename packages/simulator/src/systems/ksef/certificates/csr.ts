/**
 * Certificate requests (PKCS#10), checked for real: form, key, algorithm, signature, and the subject that KSeF
 * prescribed.
 *
 * @see spec/ksef.md section 2.15 and, for the codes, section 1.9
 * @module
 */
import { createPublicKey, type KeyObject } from 'node:crypto'
import type { Pkcs10CertificateRequest } from '@peculiar/x509'
import { loadX509 } from '../x509.ts'
import { isSameSubject, readSubject, type SubjectAttributes } from './subject.ts'

/** Why a request is refused. */
export type RequestFault = 25003 | 25004 | 25010 | 25011

const signatureNames = new Set(['RSASSA-PKCS1-v1_5', 'RSA-PSS', 'ECDSA'])
const signatureHashes = new Set(['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'])

/**
 * Checks a request.
 *
 * @param der - What the field `csr` decodes to.
 * @param prescribed - The enrolment data of who asks.
 * @returns The key that is to be certified, or why it is not.
 */
export async function checkRequest(der: Buffer, prescribed: SubjectAttributes): Promise<KeyObject | RequestFault> {
  const request = await parse(der)
  if (request === null) return 25004
  const publicKey = keyOf(request)
  if (publicKey === null) return 25010
  // The library's type leaves out that some algorithms have no hash, and that it knows no others at all.
  const algorithm = request.signatureAlgorithm as { name?: string; hash?: { name: string } }
  if (!signatureNames.has(algorithm.name ?? '') || !signatureHashes.has(algorithm.hash?.name ?? '')) return 25011
  if (!(await isSigned(request))) return 25004
  const subject = readSubject(request.subjectName.toJSON())
  return subject !== null && isSameSubject(subject, prescribed) ? publicKey : 25003
}

/** Null of what is no request. The library would also take text. */
async function parse(der: Buffer): Promise<Pkcs10CertificateRequest | null> {
  const x509 = await loadX509()
  try {
    const request = new x509.Pkcs10CertificateRequest(der)
    return Buffer.from(request.rawData).equals(der) ? request : null
  } catch {
    return null
  }
}

/** RSA of 2048 bits or P-256; null of any other key. */
function keyOf(request: Pkcs10CertificateRequest): KeyObject | null {
  try {
    const key = createPublicKey({ key: Buffer.from(request.publicKey.rawData), format: 'der', type: 'spki' })
    const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {}
    const isRsa = key.asymmetricKeyType === 'rsa' && modulusLength === 2048
    return isRsa || (key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1') ? key : null
  } catch {
    return null
  }
}

async function isSigned(request: Pkcs10CertificateRequest): Promise<boolean> {
  try {
    return await request.verify()
  } catch {
    return false // Of another form than its algorithm says.
  }
}
