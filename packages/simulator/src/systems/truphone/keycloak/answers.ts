/**
 * How Keycloak answers: its headers, and its errors in the words of a newer, an older or no particular version.
 *
 * @see spec/truphone.md sections 12.4, 12.6
 * @module
 */
import type { Answer } from '../../../answers.ts'
import { countOne, type World } from '../world.ts'

/** The realm's name. */
export const realmName = 'tru-staff'

/** The path below which the realm lives. */
export const realmPath = `/auth/realms/${realmName}`

const headers: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  pragma: 'no-cache',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
  'x-robots-tag': 'none',
}

/** An answer with JSON, or without a body. */
export function realmAnswer(status: number, body?: unknown, more: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    body: body === undefined ? '' : JSON.stringify(body),
    contentType: body === undefined ? null : 'application/json',
    headers: { ...headers, ...more },
  }
}

/** An error, counted by its code. */
export function realmError(world: World, status: number, error: string, description?: string): Answer {
  countOne(world.counters.rejected, error)
  return realmAnswer(status, description === undefined ? { error } : { error, error_description: description })
}

/** Who could not be authenticated, and why. */
export type ClientProblem = 'unreadable' | 'missing' | 'unknown' | 'wrong secret' | 'no secret' | 'no service account'

/** The answer to a client that cannot be authenticated. */
export function clientError(world: World, problem: ClientProblem, usedBasic: boolean): Answer {
  if (world.switches.profile === 'minimal') {
    const answer = realmError(world, 401, 'invalid_client', 'Client authentication failed')
    return usedBasic ? { ...answer, headers: { ...answer.headers, 'www-authenticate': challenge } } : answer
  }
  if (problem === 'unreadable') {
    countOne(world.counters.rejected, 'invalid_client')
    return realmAnswer(401, undefined, { 'www-authenticate': challenge })
  }
  if (problem === 'missing') return realmError(world, 400, 'invalid_client', 'Missing client_id parameter')
  if (problem === 'no service account') {
    return realmError(world, 401, 'unauthorized_client', 'Client not enabled to retrieve service account')
  }
  if (world.switches.profile === 'kc-legacy') return legacyClientError(world, problem)
  const error = problem === 'unknown' ? 'invalid_client' : 'unauthorized_client'
  return realmError(world, 401, error, 'Invalid client or Invalid client credentials')
}

const challenge = `Basic realm="${realmName}"`

function legacyClientError(world: World, problem: 'unknown' | 'wrong secret' | 'no secret'): Answer {
  switch (problem) {
    case 'unknown':
      return realmError(world, 400, 'invalid_client', 'Invalid client credentials')
    case 'wrong secret':
      return realmError(world, 401, 'unauthorized_client', 'Invalid client secret')
    case 'no secret':
      return realmError(world, 400, 'unauthorized_client', 'Client secret not provided in request')
    default:
      return problem satisfies never
  }
}
