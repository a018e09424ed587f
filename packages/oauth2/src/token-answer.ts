/**
 * Reads a token endpoint's answer: strictly where a mistake would be dangerous, tolerantly where servers differ.
 *
 * @see RFC 6749 section 5, spec/truphone.md sections 12.4 to 12.6 and 13.2
 * @module
 */
import { Secret } from '@latchkey/core'
import type { Issued, TokenError, TokenResponse } from '@latchkey/core'
import { isObject, member, parseJson } from '@latchkey/http'
import { processGenericTokenEndpointResponse, ResponseBodyError } from 'oauth4webapi'
import { malformedToken, tokenFailure } from './errors.ts'
import type { Asked } from './errors.ts'
import type { Parties } from './door.ts'

/** What an answer brought, and the two lifetimes as stated, for whoever watches them shrink. */
export interface TokenAnswer {
  readonly issued: Issued
  readonly expiresIn: unknown
  readonly refreshExpiresIn: unknown
}

/**
 * Judges the answer to a token request.
 *
 * @param keepsRefresh - False: a refresh token in the answer is of no use and is dropped here.
 * @throws {TokenError} It is anything but 200 with a bearer token.
 */
export async function readTokenAnswer(
  provider: string,
  { server, client }: Parties,
  asked: 'obtain' | 'renew',
  answer: TokenResponse,
  keepsRefresh: boolean,
): Promise<TokenAnswer> {
  const { status, text } = answer
  if (status !== 200) throw await failureOf(provider, asked, answer)
  const json = parseJson(text)
  if (!isObject(json)) throw malformedToken(provider, 'LATCHKEY_NOT_JSON', 'with something else than a JSON object')
  const access = member(json, 'access_token')
  if (typeof access !== 'string' || access === '') {
    throw malformedToken(provider, 'LATCHKEY_NO_TOKEN', 'without an access token')
  }
  const type = member(json, 'token_type') ?? 'Bearer' // RFC 6749 demands it, some servers leave it out.
  if (typeof type !== 'string' || type.toLowerCase() !== 'bearer') {
    throw malformedToken(provider, 'LATCHKEY_BAD_TOKEN', 'with a token that is no bearer token')
  }
  const [refresh, scope] = [textOf(member(json, 'refresh_token')), textOf(member(json, 'scope'))]
  const judged = { access_token: access, token_type: type, ...(scope !== undefined && { scope }) }
  try {
    // Lifetimes are the engine's to read, and an ID token is nobody's business here: neither is handed on.
    await processGenericTokenEndpointResponse(server, client, jsonResponse(200, JSON.stringify(judged)))
  } catch {
    throw malformedToken(provider, 'LATCHKEY_BAD_TOKEN', 'with a token that does not conform to RFC 6749')
  }
  const [expiresIn, refreshExpiresIn] = [member(json, 'expires_in'), refreshLifetime(json)]
  return {
    expiresIn,
    refreshExpiresIn,
    issued: {
      access: new Secret(access),
      lifetime: { seconds: expiresIn },
      ...(keepsRefresh &&
        refresh !== undefined && { refresh: { token: new Secret(refresh), lifetime: { seconds: refreshExpiresIn } } }),
      ...(scope !== undefined && { scopes: scope.split(/\s+/).filter((word) => word !== '') }),
    },
  }
}

/** The error for an answer that is no success; its OAuth error word is read by oauth4webapi. */
export async function failureOf(provider: string, asked: Asked, answer: TokenResponse): Promise<TokenError> {
  const { status, text } = answer
  const word = status >= 400 && status < 500 ? await errorWord(status, text) : undefined
  return tokenFailure(provider, asked, status, word)
}

async function errorWord(status: number, text: string): Promise<string | undefined> {
  try {
    const response = jsonResponse(status, text.replace(/^\uFEFF/, ''))
    await processGenericTokenEndpointResponse({ issuer: 'none' }, { client_id: 'none' }, response)
  } catch (error) {
    // The error holds the whole body, so it ends here.
    if (error instanceof ResponseBodyError) return error.error
  }
  return undefined
}

// Without the headers that came: a `WWW-Authenticate` would hide the body, which says more.
function jsonResponse(status: number, text: string): Response {
  return new Response(text, { status, headers: { 'content-type': 'application/json' } })
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

// Keycloak's word, or Microsoft's and GitHub's. RFC 6749 has none.
function refreshLifetime(json: unknown): unknown {
  return member(json, 'refresh_expires_in') ?? member(json, 'refresh_token_expires_in')
}
