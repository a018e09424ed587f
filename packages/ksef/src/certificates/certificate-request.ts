/**
 * The request (PKCS#10) for a KSeF certificate: exactly the subject that KSeF prescribed, and a new key.
 *
 * @see spec/ksef.md section 2.15
 * @module
 */
import { createPublicKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { invalidArgument } from '@latchkey/core'
import { keyAlgorithm } from './key-algorithm.ts'
import { loadX509, oids, signingAlgorithms, subjectName, webKeys } from './x509-library.ts'
import type { NamePart } from './x509-library.ts'

/**
 * The answer of `GET /certificates/enrollments/data`; further fields are passed over. Copy the values: they may differ
 * from the login certificate's.
 */
export interface CertificateEnrollmentData {
  readonly commonName: string
  readonly countryName: string
  readonly givenName?: string | null | undefined
  readonly surname?: string | null | undefined
  readonly serialNumber?: string | null | undefined
  readonly uniqueIdentifier?: string | null | undefined
  readonly organizationName?: string | null | undefined
  readonly organizationIdentifier?: string | null | undefined
}

// The order and the types of text that the Ministry's own client writes.
const order = [
  ['commonName', 'utf8String'],
  ['surname', 'utf8String'],
  ['givenName', 'utf8String'],
  ['organizationName', 'utf8String'],
  ['organizationIdentifier', 'utf8String'],
  ['countryName', 'printableString'],
  ['serialNumber', 'printableString'],
  ['uniqueIdentifier', 'utf8String'],
] as const satisfies readonly (readonly [keyof CertificateEnrollmentData, NamePart[2]])[]

/**
 * Makes a certificate request, signed with SHA-256.
 *
 * @param subject - The enrolment data as KSeF gave them.
 * @param privateKey - The key to be certified, such as one of `generatePrivateKey()`. Keep it: KSeF never sees it.
 * @returns Base64 of DER, for the field `csr` of `POST /certificates/enrollments`.
 * @throws {TypeError} `ERR_INVALID_ARG`: a value is missing, or is no text that its place can hold.
 * @throws {LatchkeyError} `KSEF_CREDENTIAL_UNSUPPORTED`
 */
export async function createCertificateRequest(
  subject: CertificateEnrollmentData,
  privateKey: KeyObject,
): Promise<string> {
  if (privateKey?.type !== 'private') throw invalidArgument('privateKey: must be a private key of node:crypto')
  const parts: NamePart[] = []
  for (const [field, type] of order) {
    const value = subject[field]
    if (value === undefined || value === null) continue
    if (typeof value !== 'string' || value === '') throw invalidArgument(`subject.${field}: must be a non-empty text`)
    if (type === 'printableString' && !/^[A-Za-z0-9 '()+,\-./:=?]+$/.test(value)) {
      throw invalidArgument(`subject.${field}: holds a character that this field cannot carry`)
    }
    parts.push([oids[field], value, type])
  }
  if (!subject.commonName || !subject.countryName) throw invalidArgument('subject: needs commonName and countryName')
  const algorithm = keyAlgorithm(privateKey)
  const kind = algorithm.type === 'rsa' ? 'rsa' : algorithm.curve
  const x509 = await loadX509()
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: subjectName(x509, parts),
    keys: await webKeys(privateKey, createPublicKey(privateKey), kind),
    signingAlgorithm: signingAlgorithms[kind],
  })
  return Buffer.from(request.rawData).toString('base64')
}
