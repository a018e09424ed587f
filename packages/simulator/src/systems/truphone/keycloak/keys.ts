/**
 * The realm's keys: an RSA pair that signs access tokens, and a symmetric one for refresh tokens. The pair is made, and
 * jose loaded, with the first token, so that whoever does not use Truphone does not wait for it.
 *
 * @see spec/truphone.md sections 12.4, 12.9
 * @module
 */
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import type { JWTPayload } from 'jose'

/** Signs and reads tokens. */
export interface Keys {
  signAccess(claims: JWTPayload): Promise<string>
  signRefresh(claims: JWTPayload): Promise<string>
  /** The claims of a token that one of the keys has signed, expired or not; null of any other text. */
  read(token: string): Promise<{ readonly signedAs: 'access' | 'refresh'; readonly claims: JWTPayload } | null>
  /** The public keys, one for signatures and one for encryption. */
  jwks(): Promise<{ readonly keys: readonly object[] }>
  /** The pair as PEM; null while there is none. */
  saved(): string | null
}

interface Pair {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  readonly kid: string
}

/** Makes the keys. `secret` is the symmetric one, `pem` the pair of before a restart. */
export function createKeys(secret: string, pem: string | null = null): Keys {
  const symmetric = Buffer.from(secret)
  let ready: string | null = pem
  let signing: Promise<Pair> | undefined
  let encryption: Promise<Pair> | undefined

  const pair = (): Promise<Pair> => (signing ??= makePair(pem))
  const settled = async (): Promise<Pair> => {
    const made = await pair()
    ready ??= made.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    return made
  }

  return {
    async signAccess(claims) {
      const { privateKey, kid } = await settled()
      const { SignJWT } = await import('jose')
      return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid }).sign(privateKey)
    },
    async signRefresh(claims) {
      const { SignJWT } = await import('jose')
      return new SignJWT(claims).setProtectedHeader({ alg: 'HS512', typ: 'JWT' }).sign(symmetric)
    },
    async read(token) {
      const { jwtVerify } = await import('jose')
      const header = headerOf(token)
      const signedAs = header === 'RS256' ? 'access' : header === 'HS512' ? 'refresh' : null
      if (signedAs === null) return null
      const key = signedAs === 'access' ? (await settled()).publicKey : symmetric
      // Whether it is expired is for the caller to say, by the simulator's clock.
      const options = { algorithms: [signedAs === 'access' ? 'RS256' : 'HS512'], currentDate: new Date(0) }
      const read = await jwtVerify(token, key, options).catch(() => null)
      return read === null ? null : { signedAs, claims: read.payload }
    },
    async jwks() {
      const [sig, enc] = await Promise.all([settled(), (encryption ??= makePair(null))])
      const { exportJWK } = await import('jose')
      return {
        keys: [
          { ...(await exportJWK(enc.publicKey)), kid: enc.kid, use: 'enc', alg: 'RSA-OAEP' },
          { ...(await exportJWK(sig.publicKey)), kid: sig.kid, use: 'sig', alg: 'RS256' },
        ],
      }
    },
    saved: () => ready,
  }
}

async function makePair(pem: string | null): Promise<Pair> {
  const privateKey =
    pem === null ? (await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })).privateKey : createPrivateKey(pem)
  const publicKey = createPublicKey(privateKey)
  const { calculateJwkThumbprint, exportJWK } = await import('jose')
  return { privateKey, publicKey, kid: await calculateJwkThumbprint(await exportJWK(publicKey)) }
}

function headerOf(token: string): unknown {
  try {
    const header: unknown = JSON.parse(Buffer.from(token.split('.', 1)[0] ?? '', 'base64url').toString())
    return typeof header === 'object' && header !== null && 'alg' in header ? header.alg : null
  } catch {
    return null
  }
}
