/**
 * Tells a request that certainly never left from one that may have. Apart because a payment is repeated on its word:
 * a code gets in here only if it cannot happen after the first byte of a request.
 *
 * @see spec/dependencies.md section 7, spec/daraja.md 1.10
 * @module
 */

// Each comes from name resolution, from `connect` or from the check of the server's certificate, and from nothing else.
const neverLater = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'CERT_REJECTED',
  'CERT_UNTRUSTED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_CHAIN_TOO_LONG',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

// A route can also be lost under an open connection (`read EHOSTUNREACH`), so these count only where `connect` failed.
const whileConnecting = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'ETIMEDOUT'])

/**
 * True if the failed request certainly did not reach the server: no name, no connection, or a certificate that was
 * turned down. False whenever there is doubt. Looks through `cause`, where the built-in `fetch` puts the real error.
 */
export function isNotSent(error: unknown): boolean {
  return judge(error, 5)
}

function judge(error: unknown, depth: number): boolean {
  if (typeof error !== 'object' || error === null || depth === 0) return false
  const { code, syscall, cause, errors } = error as Record<string, unknown> // Foreign errors promise nothing.
  // Several addresses were tried: not sent if that holds for each.
  if (Array.isArray(errors) && errors.length > 0) return errors.every((each) => judge(each, depth - 1))
  if (typeof code === 'string') {
    if (neverLater.has(code)) return true
    if (whileConnecting.has(code)) return syscall === 'connect'
  }
  return judge(cause, depth - 1)
}
