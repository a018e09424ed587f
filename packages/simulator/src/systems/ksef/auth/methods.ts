/**
 * The ways to authenticate, as the service names them.
 *
 * @see spec/ksef.md sections 2.4, 2.9
 * @module
 */

/**
 * By our name. Where the specification has no example, the codes are those that published clients know: earlier versions of
 * ksef2 fail on any other. The display names are then the imitation's.
 */
export const methods = {
  token: method('Token', 'Token', 'token.ksef', 'Token KSeF'),
  signature: method('QualifiedSignature', 'XadesSignature', 'xades.qualified-signature', 'Podpis kwalifikowany'),
  seal: method('QualifiedSeal', 'XadesSignature', 'xades.qualified-seal', 'Pieczęć kwalifikowana'),
  ksefCertificate: method('InternalCertificate', 'XadesSignature', 'xades.ksef-certificate', 'Certyfikat KSeF'),
  peppol: method('PeppolSignature', 'XadesSignature', 'xades.peppol-signature', 'Certyfikat dostawcy usług Peppol'),
} as const

/** A name in {@link methods}. */
export type MethodName = keyof typeof methods

/** The names as a list. */
export const methodNames = Object.keys(methods) as [MethodName, ...MethodName[]] // The keys are all there are.

function method(authenticationMethod: string, category: 'Token' | 'XadesSignature', code: string, displayName: string) {
  return { authenticationMethod, info: { category, code, displayName } }
}
