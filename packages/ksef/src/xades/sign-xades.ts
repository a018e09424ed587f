/**
 * Signs a document with an enveloped XAdES-BASELINE-B signature: RSA or ECDSA with SHA-256, exclusive
 * canonicalization.
 *
 * @see spec/ksef.md section 2.3
 * @module
 */
import { createHash } from 'node:crypto'
import { invalidArgument, systemClock } from '@latchkey/core'
import type { Clock } from '@latchkey/core'
import { canonicalizeDocument, canonicalizeElement } from './canonical-xml.ts'
import { signature, signedInfo, signedProperties } from './signature-template.ts'
import { signedBy } from './signer.ts'
import type { XadesSigner } from './signer.ts'

export interface SignXadesOptions {
  /** Tells the signing time, which is set a minute back to survive a clock that is ahead. */
  readonly clock?: Pick<Clock, 'wall'> | undefined
}

const signingTimeBackMs = 60_000

/**
 * Signs an XML document, such as one of `buildAuthTokenRequestXml`.
 *
 * The result is canonical XML 1.0: comments are dropped and attributes ordered. Send exactly these characters, as
 * UTF-8; any change after signing, a line break included, breaks the signature.
 *
 * @param xml - At most 1 MiB, without a document type and without a signature.
 * @throws {TypeError} `ERR_INVALID_ARG`: `xml` is something else.
 * @throws {LatchkeyError} `KSEF_CREDENTIAL_MISMATCH`: what the signer returned is no signature by its certificate. An
 *   error of the signer itself is passed on unchanged.
 */
export async function signXades(xml: string, signer: XadesSigner, options: SignXadesOptions = {}): Promise<string> {
  if (typeof signer?.sign !== 'function' || signer.certificate === undefined) {
    throw invalidArgument('signer: must have a certificate and sign()')
  }
  const { certificate } = signer
  const document = await canonicalizeDocument(xml)
  const signingTime = new Date((options.clock ?? systemClock).wall() - signingTimeBackMs)
  const properties = {
    signingTime: `${signingTime.toISOString().slice(0, 19)}Z`,
    certificateDigest: sha256(certificate.der),
  }
  const info = {
    algorithm: certificate.algorithm,
    documentDigest: sha256(document.exclusive),
    propertiesDigest: sha256(await canonicalizeElement(signedProperties(properties, true).markup)),
  }
  const digestInput = Buffer.from(await canonicalizeElement(signedInfo(info, true).markup), 'utf8')
  const value = (await signedBy(signer, digestInput)).toString('base64')
  const { markup } = signature({ ...properties, ...info }, value, certificate)
  return `<?xml version="1.0" encoding="UTF-8"?>\n${intoRoot(document.inclusive, markup)}`
}

function intoRoot(canonical: string, child: string): string {
  const end = canonical.lastIndexOf('</')
  return canonical.slice(0, end) + child + canonical.slice(end)
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('base64')
}
