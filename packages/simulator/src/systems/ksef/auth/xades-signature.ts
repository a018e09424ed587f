/**
 * Authentication with a signed document.
 *
 * @see spec/ksef.md sections 2.2 to 2.6
 * @module
 */
import type { X509Certificate } from 'node:crypto'
import { issuedCertificate } from '../certificates/issued.ts'
import { fields, optional, queryFlag, readInput } from '../fields.ts'
import type { Context, Identity } from '../identity.ts'
import type { PublicOperation } from '../operation.ts'
import { refused } from '../refusal.ts'
import type { World } from '../world.ts'
import { isStrongKey } from '../xades/algorithms.ts'
import type { SubjectIdentifierType } from '../xades/request.ts'
import { fingerprintOf, identify, type Identified, subjectOf } from '../xades/subject.ts'
import { challengeEndsAt, useChallenge } from './challenge.ts'
import type { SigningCertificate, Subject } from './session.ts'
import { submit } from './submit.ts'

const query = fields({ verifyCertificateChain: optional(queryFlag()) })

/** `POST /auth/xades-signature` */
export const xadesSignatureOperation: PublicOperation = {
  name: 'xadesSignature',
  method: 'POST',
  path: '/v2/auth/xades-signature',
  who: 'public',
  takes: 'xml',
  async run({ world, bytes, query: given }) {
    const { verifyCertificateChain = false } = readInput(query, {
      verifyCertificateChain: given.get('verifyCertificateChain'),
    })
    const { verifySigned } = await import('../xades/verify.ts') // Late: it compiles a WebAssembly module.
    const { request, certificate } = verifySigned(bytes, world.switches.refuseSha1)
    const seen = examine(world, certificate, verifyCertificateChain)
    const { identity, method } = identified(world, request.subjectIdentifierType, seen)
    if (!fits(identity, request.context)) throw refused(21117)
    const challenge = useChallenge(world, request.challenge)
    return submit(world, {
      method,
      identity,
      context: request.context,
      ipPolicy: request.ipPolicy,
      ksefToken: null,
      certificate: seen,
      tokenFault: null,
      challengeExpiresAt: challengeEndsAt(world, challenge),
    })
  },
}

/** What the certificate says, and what is wrong with it. @throws {Refusal} 21115 */
function examine(world: World, certificate: X509Certificate, verifyChain: boolean): SigningCertificate {
  const fingerprint = fingerprintOf(certificate)
  const issued = issuedCertificate(world, fingerprint)
  if (!isStrongKey(certificate.publicKey)) throw refused(21115)
  if (issued !== null && issued.type !== 'Authentication') throw refused(21115)
  return {
    fingerprint,
    notBefore: Date.parse(certificate.validFrom),
    notAfter: issued?.notAfter ?? Date.parse(certificate.validTo),
    subject: subjectOf(certificate),
    distrust: issued === null ? foreignFault(world, certificate, verifyChain) : ownFaults[issued.status],
  }
}

/** `Expired` shows in the dates. */
const ownFaults = { Active: null, Expired: null, Blocked: 'Certyfikat zawieszony', Revoked: 'Certyfikat odwołany' }

/** Of a certificate that the imitation did not issue. There is no authority that it would trust. @throws {Refusal} 21115 */
function foreignFault({ switches }: World, certificate: X509Certificate, verifyChain: boolean): string | null {
  const namesItself = certificate.issuer === certificate.subject
  if (namesItself && !switches.acceptSelfSigned) throw refused(21115)
  if (namesItself && !certificate.verify(certificate.publicKey)) return 'Błąd weryfikacji łańcucha certyfikatów'
  return verifyChain || !switches.acceptSelfSigned ? 'Niezaufany łańcuch certyfikatów' : null
}

function identified(world: World, type: SubjectIdentifierType, seen: SigningCertificate): Identified {
  const isIssued = issuedCertificate(world, seen.fingerprint) !== null
  if (type === 'certificateSubject') {
    const { identity, method } = identify(seen.subject)
    return { identity, method: isIssued ? 'ksefCertificate' : method }
  }
  const identity: Identity = { kind: 'Fingerprint', value: seen.fingerprint }
  return { identity, method: isIssued ? 'ksefCertificate' : methodOf(seen.subject) }
}

function methodOf({ givenName, surname }: Subject): 'signature' | 'seal' {
  return givenName === null && surname === null ? 'seal' : 'signature'
}

/** Which identity can have permissions in which context at all. */
function fits({ kind }: Identity, { type }: Context): boolean {
  if (type === 'PeppolId' || kind === 'PeppolId') return type === kind
  return type !== 'NipVatUe' || kind === 'Fingerprint'
}
