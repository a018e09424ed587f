/**
 * Access tokens of another Keycloak, for those who run a real one beside the simulator's API. Checked as a service does
 * it offline: signature, issuer and expiry. What was revoked there is not known here.
 *
 * @see spec/truphone.md section 14.1
 * @module
 */
import type { FetchImplementation, JWTPayload, JWTVerifyGetKey } from 'jose'
import { bodyMaxBytes } from '../../../answers.ts'
import { Refusal } from '../api/refusal.ts'
import { type Client, clients, isRole } from '../credentials.ts'

/** Whose tokens are good. */
export interface ForeignIssuer {
  /** On loopback. */
  readonly jwksUrl: string
  /** The claim `iss`. */
  readonly issuer: string
}

/** Reads them, with the keys of the address that was used last. */
export interface ForeignTokens {
  /**
   * Whose token it is; null of one that is no good.
   *
   * @throws {Refusal} The keys cannot be had.
   */
  clientOf(token: string, from: ForeignIssuer, now: number): Promise<Client | null>
}

const timeoutMs = 5_000

/** Makes a reader. Keys are fetched when they are first needed, and again for a key that is not among them. */
export function createForeignTokens(): ForeignTokens {
  let known: { readonly url: string; readonly keys: JWTVerifyGetKey } | undefined
  return {
    async clientOf(token, { jwksUrl, issuer }, now) {
      const { createRemoteJWKSet, customFetch, jwtVerify } = await import('jose')
      if (known?.url !== jwksUrl) {
        const how = { timeoutDuration: timeoutMs, [customFetch]: boundedFetch }
        known = { url: jwksUrl, keys: createRemoteJWKSet(new URL(jwksUrl), how) }
      }
      const rules = { algorithms: ['RS256'], issuer, requiredClaims: ['exp'], currentDate: new Date(now) }
      try {
        return clientNamed((await jwtVerify(token, known.keys, rules)).payload)
      } catch (error) {
        if (isAboutToken(error)) return null
        throw new Refusal(500, 'INTERNAL_ERROR', 'The keys at verify.jwksUrl cannot be had')
      }
    },
  }
}

/** Reads no more of the keys than of any request. */
const boundedFetch: FetchImplementation = async (url, options) => {
  const { body, status } = await fetch(url, options)
  let bytes = 0
  const bound = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.byteLength
      if (bytes > bodyMaxBytes) controller.error(new Error('The answer is too large.'))
      else controller.enqueue(chunk)
    },
  })
  return new Response(body?.pipeThrough(bound), { status })
}

/** The role is the one that the token states, where it states one. */
function clientNamed({ azp, typ, realm_access }: JWTPayload): Client | null {
  const client = typeof azp === 'string' ? clients.get(azp) : undefined
  if (client === undefined || typ !== 'Bearer') return null
  const stated = (realm_access as { roles?: unknown } | undefined)?.roles // Read, and checked by the next line.
  const role = Array.isArray(stated) ? stated.find(isRole) : undefined
  return role === undefined ? client : { ...client, role }
}

// What remains is about the keys: no answer, none in time, or no key set.
function isAboutToken(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown } // jose's errors have one.
  return typeof code === 'string' && /^ERR_(JWT|JWS|JOSE_(ALG|NOT)|JWKS_(NO|MULTIPLE))_/.test(code)
}
