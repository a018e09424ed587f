/**
 * The realm's other endpoints: discovery, keys, introspection, revocation, logout.
 *
 * @see spec/truphone.md sections 12.9, 12.10
 * @module
 */
import type { Answer } from '../../../answers.ts'
import type { SystemRequest } from '../../../system.ts'
import type { Client } from '../credentials.ts'
import type { World } from '../world.ts'
import { type ClientProblem, clientError, realmAnswer, realmError } from './answers.ts'
import { authenticate, hasDuplicates, readForm } from './form.ts'
import { subjectOf } from './issue.ts'
import { issuerOf } from './issuer.ts'
import { type AccessRecord, detachClient, isActive, type RefreshRecord } from './realm.ts'
import { readRefreshToken, refusalOf } from './refresh.ts'

/** `GET /.well-known/openid-configuration`: only what is imitated is in it. */
export function discovery(world: World, request: SystemRequest): Answer {
  if (!isRead(request)) return realmError(world, 405, 'HTTP 405 Method Not Allowed')
  const issuer = issuerOf(request)
  const at = (path: string): string => `${issuer}/protocol/openid-connect/${path}`
  const methods = ['client_secret_basic', 'client_secret_post']
  const body = {
    issuer,
    token_endpoint: at('token'),
    introspection_endpoint: at('token/introspect'),
    end_session_endpoint: at('logout'),
    revocation_endpoint: at('revoke'),
    jwks_uri: at('certs'),
    grant_types_supported: ['client_credentials', 'refresh_token'],
    response_types_supported: ['none'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: methods,
    introspection_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_methods_supported: methods,
    scopes_supported: ['openid', 'offline_access', 'profile', 'email'],
  }
  return realmAnswer(200, body, { 'cache-control': 'no-cache, must-revalidate, no-transform, no-store' })
}

/** `GET /protocol/openid-connect/certs`. */
export async function certs(world: World, request: SystemRequest): Promise<Answer> {
  if (!isRead(request)) return realmError(world, 405, 'HTTP 405 Method Not Allowed')
  return realmAnswer(200, await world.keys.jwks(), { 'cache-control': 'no-cache' })
}

/** `POST /protocol/openid-connect/token/introspect`: RFC 7662. */
export async function introspect(world: World, request: SystemRequest): Promise<Answer> {
  const asked = readCall(world, request, introspectorError)
  if ('refused' in asked) return asked.refused
  const token = asked.form.get('token') ?? ''
  if (token === '') return realmError(world, 400, 'invalid_request', 'Token not provided')
  const found = await find(world, token)
  const now = world.clock.now()
  const isGood =
    found.access !== null
      ? isActive(world.realm, found.access, world.switches, now)
      : found.refresh !== null && refusalOf(world, found.refresh, asked.client, found.refresh.issuer, now) === null
  if (!isGood) return realmAnswer(200, { active: false })
  const { claims } = found
  const clientId = found.access?.clientId ?? found.refresh?.clientId
  return realmAnswer(200, {
    ...(claims ?? { azp: clientId, sub: subjectOf(clientId ?? ''), scope: found.refresh?.scope }),
    client_id: clientId,
    username: `service-account-${clientId ?? ''}`,
    token_type: found.access === null ? 'Refresh' : 'Bearer',
    active: true,
  })
}

/** `POST /protocol/openid-connect/revoke`: a refresh token takes the client out of all its KC sessions. */
export async function revoke(world: World, request: SystemRequest): Promise<Answer> {
  const asked = readCall(world, request)
  if ('refused' in asked) return asked.refused
  const token = asked.form.get('token') ?? ''
  if (token === '') return realmError(world, 400, 'invalid_request', 'Token not provided')
  const { access, refresh } = await find(world, token)
  const owner = access?.clientId ?? refresh?.clientId
  if (owner === undefined) {
    return realmAnswer(200, { error: 'invalid_token', error_description: 'Invalid token' })
  }
  if (owner !== asked.client.clientId) return realmError(world, 400, 'invalid_request', 'Unmatching clients')
  if (access === null) detachClient(world.realm, owner)
  else if (access.state === 'good') access.state = 'revoked'
  return realmAnswer(200)
}

/** `POST /protocol/openid-connect/logout`: ends the KC session of a refresh token, and no other. */
export async function logout(world: World, request: SystemRequest): Promise<Answer> {
  const asked = readCall(world, request)
  if ('refused' in asked) return asked.refused
  const token = asked.form.get('refresh_token') ?? ''
  if (token === '') return realmError(world, 400, 'invalid_request', 'No refresh token')
  const record = await readRefreshToken(world, token)
  if (record === null) return realmError(world, 400, 'invalid_grant', 'Invalid refresh token')
  if (record.clientId !== asked.client.clientId) {
    const text = "Invalid refresh token. Token client and authorized client don't match"
    return realmError(world, 400, 'invalid_grant', text)
  }
  world.realm.sessions.delete(record.sessionId)
  return realmAnswer(204)
}

/** `HEAD` is `GET` without the body. */
function isRead({ method }: SystemRequest): boolean {
  return method === 'GET' || method === 'HEAD'
}

/** Unlike at the other endpoints, a bad secret is an invalid client here. */
function introspectorError(world: World, problem: ClientProblem, usedBasic: boolean): Answer {
  return problem === 'wrong secret' || problem === 'no secret'
    ? realmError(world, 401, 'invalid_client', 'Client authentication failed.')
    : clientError(world, problem, usedBasic)
}

function readCall(
  world: World,
  request: SystemRequest,
  errorOf = clientError,
): { form: URLSearchParams; client: Client } | { refused: Answer } {
  const read = readForm(world, request)
  if ('refused' in read) return read
  const found = authenticate(world, request, read.form)
  if ('problem' in found) return { refused: errorOf(world, found.problem, found.usedBasic) }
  if (hasDuplicates(read.form)) {
    return { refused: realmError(world, 400, 'invalid_request', 'duplicated parameter') }
  }
  return { form: read.form, client: found.client }
}

async function find(
  world: World,
  token: string,
): Promise<{ access: AccessRecord | null; refresh: RefreshRecord | null; claims: object | null }> {
  const refresh = await readRefreshToken(world, token)
  const read = await world.keys.read(token)
  const isAccess = read?.signedAs === 'access' && read.claims['typ'] === 'Bearer'
  const access = isAccess ? (world.realm.access.get(read.claims.jti ?? '') ?? null) : null
  return { access, refresh, claims: read?.claims ?? null }
}
