/**
 * An API that takes the tokens of an authorization server: it checks signature, issuer and expiry, as Truphone's does,
 * and can be told to refuse a token.
 *
 * @see spec/truphone.md section 6.5
 * @module
 */
import { createPublicKey, verify } from 'node:crypto'
import type { JsonWebKey, KeyObject } from 'node:crypto'
import { serve } from '../../support/server.ts'

const tokensMax = 10_000
const keysMs = 30_000
/** A JWT's times are whole seconds, rounded down: a token of 3 s may say that it ends after 2. */
const roundingMs = 999

export interface Resource extends AsyncDisposable {
  readonly url: string
  /** How many requests were answered 200, and how many 401. */
  readonly answers: { served: number; refused: number }
  /** From now on. */
  refuse(token: string): void
}

/** Every path is answered: `[]`, or 401 in the vendor's words. */
export async function startResource(issuer: string): Promise<Resource> {
  const keys = await keysOf(issuer)
  const checked = new Map<string, number>()
  const unwanted = new Set<string>()
  const answers = { served: 0, refused: 0 }

  const isGood = (token: string): boolean => {
    const expiresAt = checked.get(token) ?? expiryOf(token, issuer, keys)
    if (checked.size < tokensMax) checked.set(token, expiresAt)
    return expiresAt > Date.now() && !unwanted.has(token)
  }
  const server = await serve((request, response) => {
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1]
    const isServed = token !== undefined && isGood(token)
    answers[isServed ? 'served' : 'refused'] += 1
    response.writeHead(isServed ? 200 : 401, { 'content-type': 'application/json' })
    response.end(isServed ? '[]' : '{"type":"UNAUTHORISED","messages":["Access token is missing or invalid"]}')
  })
  return {
    url: server.url,
    answers,
    refuse: (token) => void unwanted.add(token),
    [Symbol.asyncDispose]: () => server.close(),
  }
}

async function keysOf(issuer: string): Promise<ReadonlyMap<string, KeyObject>> {
  const answer = await fetch(`${issuer}/protocol/openid-connect/certs`, { signal: AbortSignal.timeout(keysMs) })
  const { keys } = (await answer.json()) as { keys: (JsonWebKey & { kid: string; alg?: string })[] } // Section 12.9.
  const signing = keys.filter(({ alg = 'RS256' }) => alg === 'RS256')
  return new Map(signing.map((key) => [key.kid, createPublicKey({ key, format: 'jwk' })]))
}

/** Epoch milliseconds; 0 for what is no token of that issuer. */
function expiryOf(token: string, issuer: string, keys: ReadonlyMap<string, KeyObject>): number {
  const [head = '', claims = '', signature = ''] = token.split('.')
  const { kid } = decoded(head)
  const key = typeof kid === 'string' ? keys.get(kid) : undefined
  if (!key || !verify('RSA-SHA256', Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, 'base64url')))
    return 0
  const { iss, exp } = decoded(claims)
  return iss === issuer ? Number(exp) * 1000 + roundingMs : 0
}

function decoded(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown> // A JWT's parts are objects.
}
