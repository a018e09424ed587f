/**
 * The document that is signed to sign in: the challenge, in whose name, and who.
 *
 * @see spec/ksef.md section 2.2
 * @module
 */
import { assertKnown, invalidArgument } from '@latchkey/core'
import { assertAuthorizationPolicy } from '../values/authorization-policy.ts'
import type { AuthorizationPolicy } from '../values/authorization-policy.ts'
import { assertContextIdentifier } from '../values/context-identifier.ts'
import type { ContextIdentifier } from '../values/context-identifier.ts'
import { challengePattern } from '../values/reference-number.ts'
import { element } from './xml-writer.ts'
import type { Xml } from './xml-writer.ts'

/**
 * How KSeF finds out who signs: by the NIP or PESEL in the certificate's subject, or by the certificate's fingerprint,
 * for foreign ones without such a number.
 */
export type SubjectIdentifierType = 'certificateSubject' | 'certificateFingerprint'

export interface AuthTokenRequest {
  /** As `POST /auth/challenge` gave it. It lives ten minutes. */
  readonly challenge: string
  readonly context: ContextIdentifier
  /** @default 'certificateSubject' */
  readonly subjectIdentifierType?: SubjectIdentifierType | undefined
  /** From where the tokens may be used. @default from everywhere */
  readonly authorizationPolicy?: AuthorizationPolicy | undefined
}

const namespace = 'http://ksef.mf.gov.pl/auth/token/2.1'

/**
 * Writes an `AuthTokenRequest` in one line, ready to be signed.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`: a part has another shape than the schema demands.
 */
export function buildAuthTokenRequestXml(request: AuthTokenRequest): string {
  const known = ['challenge', 'context', 'subjectIdentifierType', 'authorizationPolicy']
  assertKnown(request, known, 'AuthTokenRequest')
  const { challenge, context, subjectIdentifierType = 'certificateSubject', authorizationPolicy } = request
  if (typeof challenge !== 'string' || !challengePattern.test(challenge)) {
    throw invalidArgument('challenge: must be the challenge as KSeF gave it')
  }
  assertContextIdentifier(context)
  if (subjectIdentifierType !== 'certificateSubject' && subjectIdentifierType !== 'certificateFingerprint') {
    throw invalidArgument("subjectIdentifierType: must be 'certificateSubject' or 'certificateFingerprint'")
  }
  const root = element(
    'AuthTokenRequest',
    { xmlns: namespace },
    element('Challenge', {}, challenge),
    element('ContextIdentifier', {}, element(context.type, {}, context.value)),
    element('SubjectIdentifierType', {}, subjectIdentifierType),
    authorizationPolicy && policy(authorizationPolicy),
  )
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root.markup}`
}

function policy(authorizationPolicy: AuthorizationPolicy): Xml {
  assertAuthorizationPolicy(authorizationPolicy)
  const { ip4Addresses = [], ip4Ranges = [], ip4Masks = [] } = authorizationPolicy.allowedIps
  const ips = [
    ...ip4Addresses.map((ip) => element('Ip4Address', {}, ip)),
    ...ip4Ranges.map((ip) => element('Ip4Range', {}, ip)),
    ...ip4Masks.map((ip) => element('Ip4Mask', {}, ip)),
  ]
  return element('AuthorizationPolicy', {}, element('AllowedIps', {}, ...ips))
}
