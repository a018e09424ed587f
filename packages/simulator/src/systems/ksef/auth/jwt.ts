/**
 * The service's tokens: JWTs with HS256. jose is loaded with the first one.
 *
 * @see spec/ksef.md sections 2.10, 2.11
 * @module
 */
import type { JWTPayload } from 'jose'

/** The kinds of tokens, with the claim `typ` of each. */
export const tokenTypes = {
  authToken: 'AuthenticationToken',
  accessToken: 'ContextToken',
  refreshToken: 'RefreshToken',
} as const

/** A kind. */
export type TokenKind = keyof typeof tokenTypes

/** Signs and reads tokens. */
export interface Jwts {
  /** `generation`: access tokens of an earlier one are void. */
  sign(kind: TokenKind, claims: JWTPayload, generation: number): Promise<string>
  /** Kind and claims of a token that is ours, expired or not; null of any other text. */
  read(token: string, generation: number): Promise<{ readonly kind: TokenKind; readonly claims: JWTPayload } | null>
}

/** Who issues, and for whom. */
const issuer = 'ksef-api-te'

/** Makes the tokens of a secret. */
export function createJwts(secret: string): Jwts {
  const keyOf = (kind: TokenKind, generation: number): Uint8Array =>
    Buffer.from(kind === 'accessToken' ? `${secret}/${String(generation)}` : secret)
  return {
    async sign(kind, claims, generation) {
      const { SignJWT } = await import('jose')
      return new SignJWT({ typ: tokenTypes[kind], ...claims, iss: issuer, aud: issuer })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .sign(keyOf(kind, generation))
    },
    async read(token, generation) {
      const { jwtVerify } = await import('jose')
      const kind = kindOf(token)
      if (kind === undefined) return null
      // Whether it is expired is for the caller to say, by the simulator's clock.
      const options = { algorithms: ['HS256'], issuer, audience: issuer, currentDate: new Date(0) }
      const read = await jwtVerify(token, keyOf(kind, generation), options).catch(() => null)
      return read === null ? null : { kind, claims: read.payload }
    },
  }
}

/** The kind that a token says it is; its signature then tells whether it is. */
function kindOf(token: string): TokenKind | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    const type = typeof claims === 'object' && claims !== null && 'typ' in claims ? claims.typ : undefined
    return (Object.keys(tokenTypes) as TokenKind[]).find((kind) => tokenTypes[kind] === type) // All keys there are.
  } catch {
    return undefined
  }
}
