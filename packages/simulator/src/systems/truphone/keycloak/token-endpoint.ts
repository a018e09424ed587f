/**
 * The token endpoint: checks in Keycloak's order, then one of the two grants.
 *
 * Source: spec/truphone.md sections 12.3 to 12.7. `POST /auth/realms/tru-staff/protocol/openid-connect/token`
 * @module
 */
import type { Answer } from '../../../answers.ts'
import type { SystemRequest } from '../../../system.ts'
import type { Client } from '../credentials.ts'
import { countsOf, type World } from '../world.ts'
import { clientError, realmError } from './answers.ts'
import { authenticate, hasDuplicates, readForm } from './form.ts'
import { issue, openSession } from './issue.ts'
import { issuerOf } from './issuer.ts'
import { readRefreshToken, refusalOf } from './refresh.ts'
import { useUp } from './realm.ts'

/** Gives tokens. */
export async function tokenEndpoint(world: World, request: SystemRequest): Promise<Answer> {
  const read = readForm(world, request)
  if ('refused' in read) return read.refused
  const { form } = read
  const grant = form.get('grant_type')
  const found = authenticate(world, request, form)
  const counts = found.named === undefined ? undefined : countsOf(world, found.named.clientId)
  if (counts !== undefined) counts.tokenRequests += 1
  const answer = await answerTo()
  if (counts !== undefined && answer.status !== 200) counts.refused += 1
  return answer

  // The type of grant comes before the client: a wrong one is reported even with a wrong secret.
  function answerTo(): Answer | Promise<Answer> {
    if (grant === null || grant === '') {
      return realmError(world, 400, 'invalid_request', 'Missing form parameter: grant_type')
    }
    if (grant !== 'client_credentials' && grant !== 'refresh_token') {
      return realmError(world, 400, 'unsupported_grant_type', 'Unsupported grant_type')
    }
    if ('problem' in found) return clientError(world, found.problem, found.usedBasic)
    if (hasDuplicates(form)) return realmError(world, 400, 'invalid_request', 'duplicated parameter')
    return grant === 'client_credentials'
      ? logIn(world, request, form, found.client)
      : refresh(world, request, form, found.client)
  }
}

const knownScopes = new Set(['openid', 'offline_access', 'profile', 'email', 'roles', 'web-origins', 'acr', 'basic'])

/** Each login opens a KC session of its own, unless refresh tokens are off. */
async function logIn(world: World, request: SystemRequest, form: URLSearchParams, client: Client): Promise<Answer> {
  if (!client.hasServiceAccount) return clientError(world, 'no service account', false)
  const asked = wordsOf(form.get('scope'))
  if (asked.some((word) => !knownScopes.has(word))) {
    return realmError(world, 400, 'invalid_scope', `Invalid scopes: ${asked.join(' ')}`)
  }
  const now = world.clock.now()
  const counts = countsOf(world, client.clientId)
  counts.logins += 1
  const hasSession = world.switches.refreshTokens && client.usesRefreshTokens
  const session = hasSession ? openSession(world, client, asked.includes('offline_access'), now) : null
  const extra = asked.filter((word) => ['openid', 'offline_access'].includes(word))
  // Keycloak does not keep the words in one order.
  const usual = counts.logins % 2 === 1 ? ['email', 'profile'] : ['profile', 'email']
  return issue(world, { client, session, issuer: issuerOf(request), scope: [...extra, ...usual].join(' '), now })
}

async function refresh(world: World, request: SystemRequest, form: URLSearchParams, client: Client): Promise<Answer> {
  const token = form.get('refresh_token')
  if (token === null || token === '') return realmError(world, 400, 'invalid_request', 'No refresh token')
  const fail = (description: string): Answer =>
    realmError(
      world,
      400,
      'invalid_grant',
      world.switches.profile === 'minimal' ? 'The refresh token is invalid' : description,
    )
  const issuer = issuerOf(request)
  const record = await readRefreshToken(world, token)
  if (record === null) return fail('Invalid refresh token')
  // From here to the answer nothing waits: of requests that come together, one is the first.
  const now = world.clock.now()
  const refusal = refusalOf(world, record, client, issuer, now)
  if (refusal !== null) return fail(refusal)
  const asked = wordsOf(form.get('scope'))
  if (asked.some((word) => !wordsOf(record.scope).includes(word))) {
    return realmError(world, 400, 'invalid_scope', `Invalid scopes: ${asked.join(' ')}`)
  }
  const session = world.realm.sessions.get(record.sessionId)
  if (session === undefined) return fail('Session not active')
  const replay = useUp(session, record.number, world.switches)
  if (replay !== null) return fail(replay)
  session.lastRefreshAt = now
  session.refreshes += 1
  countsOf(world, client.clientId).refreshes += 1
  return issue(world, { client, session, issuer, scope: record.scope, now, isRefresh: true })
}

function wordsOf(scope: string | null): readonly string[] {
  return (scope ?? '').split(' ').filter((word) => word !== '')
}
