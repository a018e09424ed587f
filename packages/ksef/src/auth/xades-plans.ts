/**
 * The plans of signing in with a certificate: one that is made for the occasion, one of the caller's own, and one that
 * signs elsewhere.
 *
 * @see spec/ksef.md sections 2.2 to 2.6
 * @module
 */
import { invalidArgument } from '@latchkey/core'
import { Certificate } from '../certificates/certificate.ts'
import { generatePersonalTestCertificate, generateTestCertificate } from '../certificates/test-certificate.ts'
import { nipPattern } from '../values/nip.ts'
import { peselPattern } from '../values/pesel.ts'
import { buildAuthTokenRequestXml } from '../xades/auth-token-request.ts'
import type { SubjectIdentifierType } from '../xades/auth-token-request.ts'
import { signXades } from '../xades/sign-xades.ts'
import { localSigner } from '../xades/signer.ts'
import type { XadesSigner } from '../xades/signer.ts'
import { parseContext, parseTerms } from './plan.ts'
import type { PlanSettings, SignInPlan, SignInTerms } from './plan.ts'
import type { SignedRequestSignIn, TestCertificateSignIn, XadesSignIn } from './sign-in-options.ts'
import { signedDocumentMethod, xadesMethod } from './xades-method.ts'

const contextNames = ['nip', 'contextIdentifier']

/** A certificate is made anew for each sign-in; what stays the same is whom it names. */
export function testCertificatePlan(options: TestCertificateSignIn, settings: PlanSettings): SignInPlan {
  const names = [...contextNames, 'pesel', 'verifyChain', 'algorithm']
  const terms = parseTerms('withTestCertificate', options, names, settings)
  const { nip, pesel, contextIdentifier, algorithm, verifyChain = false } = options
  const { clock } = settings
  const matches = (value: unknown, pattern: RegExp) => typeof value === 'string' && pattern.test(value)
  let make: () => ReturnType<typeof generateTestCertificate>
  if (pesel === undefined) {
    if (nip === undefined || !matches(nip, nipPattern)) throw invalidArgument('nip: must be ten digits')
    make = () => generateTestCertificate({ nip, algorithm, clock })
  } else {
    if (!matches(pesel, peselPattern)) throw invalidArgument('pesel: must be eleven digits')
    make = () => generatePersonalTestCertificate({ pesel, algorithm, clock })
  }
  // A seal's NIP is its context, too, where no other is given.
  const context = parseContext(pesel === undefined && contextIdentifier !== undefined ? { contextIdentifier } : options)
  const plan = { ...terms, context }
  const sign = async (challenge: string) =>
    signXades(requestOf(plan, challenge, 'certificateSubject'), localSigner(await make()), { clock })
  const identity = pesel === undefined ? `test seal ${nip}` : `test person ${pesel}`
  return { ...plan, identity, method: xadesMethod(sign, verifyChain) }
}

/** A certificate with its key, or with a signer that has it. */
export function xadesPlan(options: XadesSignIn, settings: PlanSettings): SignInPlan {
  const names = [...contextNames, 'certificate', 'privateKey', 'signer', 'subjectIdentifierType', 'verifyChain']
  const terms = parseTerms('withXades', options, names, settings)
  const { verifyChain = false } = options
  const signer = signerOf(options)
  const { identity, fingerprint } = signer.certificate
  const type =
    options.subjectIdentifierType ?? (identity.type === 'Fingerprint' ? 'certificateFingerprint' : 'certificateSubject')
  const plan = { ...terms, context: parseContext(options) }
  const sign = async (challenge: string) =>
    signXades(requestOf(plan, challenge, type), signer, { clock: settings.clock })
  return { ...plan, identity: `${type} ${fingerprint}`, method: xadesMethod(sign, verifyChain) }
}

/** A request that somebody else signs. */
export function signedRequestPlan(options: SignedRequestSignIn, settings: PlanSettings): SignInPlan {
  const names = [...contextNames, 'verifyChain', 'identity', 'sign', 'subjectIdentifierType', 'signedXml']
  const terms = parseTerms('withSignedRequest', options, names, settings)
  const { sign, signedXml, subjectIdentifierType = 'certificateSubject', verifyChain = false } = options
  const plan = { ...terms, context: parseContext(options) }
  const identity = options.identity && `signed by ${options.identity}`
  if ((sign === undefined) === (signedXml === undefined)) throw invalidArgument('sign, signedXml: give one of them')
  if (sign !== undefined) {
    const method = xadesMethod((challenge) => sign(requestOf(plan, challenge, subjectIdentifierType)), verifyChain)
    return { ...plan, identity, method }
  }
  if (terms.authorizationPolicy !== undefined || options.subjectIdentifierType !== undefined) {
    throw invalidArgument('authorizationPolicy, subjectIdentifierType: are written in signedXml already')
  }
  return { ...plan, identity, method: signedDocumentMethod(signedXml ?? '', verifyChain) }
}

function requestOf(
  { context, authorizationPolicy }: Pick<SignInTerms, 'context' | 'authorizationPolicy'>,
  challenge: string,
  subjectIdentifierType: SubjectIdentifierType,
): string {
  return buildAuthTokenRequestXml({ challenge, context, subjectIdentifierType, authorizationPolicy })
}

function signerOf({ certificate, privateKey, signer }: XadesSignIn): XadesSigner {
  if (signer !== undefined) {
    if (certificate !== undefined || privateKey !== undefined) {
      throw invalidArgument('signer: has certificate and key itself; leave the two out')
    }
    assertCertificate('signer.certificate', signer.certificate)
    return signer
  }
  assertCertificate('certificate', certificate)
  return localSigner({ certificate, privateKey })
}

function assertCertificate(name: string, value: unknown): asserts value is Certificate {
  if (value instanceof Certificate) return
  throw invalidArgument(`${name}: must be a Certificate, as loadCertificateFromPem and its like give one`)
}
