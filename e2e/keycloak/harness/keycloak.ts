/**
 * A running Keycloak as the tests see it, through its admin API.
 *
 * @see spec/truphone.md sections 12.11 and 12.13
 * @module
 */
import { documented } from './authority.ts'
import type { Authority, Counts, Settings } from './authority.ts'
import type { KeycloakAccess } from './keycloak-process.ts'

const realm = 'tru-staff'
const adminTokenMs = 30_000 // It lives for a minute.
const eventsMax = 100_000
const timeoutMs = 30_000

/** What only Keycloak has. */
export interface Keycloak extends Authority {
  /** Sets fields of the realm by their names in Keycloak. */
  setRealm(fields: Readonly<Record<string, unknown>>): Promise<void>
  /** "Sign out all sessions", which also moves the realm's not-before time. */
  signOutAll(): Promise<void>
  sessionsOf(clientId: string): Promise<number>
  /** The partner's rows in its tables, with those that ran out and were not cleaned up yet (every 15 minutes). */
  sessionRows(): Promise<number>
}

export function connectKeycloak(access: KeycloakAccess): Keycloak {
  const admin = adminApi(access)
  const issuer = `${access.url}/realms/${realm}`
  const odd = { clientId: 'truphone-odd', clientSecret: 'n0t+a/real%secret&=:5' }

  const sessionIds = async (clientId: string): Promise<string[]> => {
    const sessions = await admin('GET', `/clients/${await idOf(clientId)}/user-sessions?max=1000`)
    return (sessions as { id: string }[]).map(({ id }) => id) // Keycloak's UserSessionRepresentation.
  }
  const idOf = async (clientId: string): Promise<string> => {
    const [client] = (await admin('GET', `/clients?clientId=${clientId}`)) as { id: string }[] // ClientRepresentation.
    if (client === undefined) throw new Error(`The realm has no client ${clientId}.`)
    return client.id
  }
  const sessionsOf = async (clientId: string): Promise<number> => (await sessionIds(clientId)).length
  // A session that ran out is listed for some time, and cannot be ended any more.
  const endSessions = async (): Promise<void> => {
    for (const clientId of ['truphone', odd.clientId]) {
      for (const id of await sessionIds(clientId)) await admin('DELETE', `/sessions/${id}`, undefined, [404])
    }
  }
  return {
    name: 'Keycloak',
    issuer,
    tokenUrl: `${issuer}/protocol/openid-connect/token`,
    partner: { clientId: 'truphone', clientSecret: 'not-a-real-secret-0001' },
    odd: { ...odd, basicClientId: odd.clientId },
    async reset(settings) {
      // Sessions that ran out live again with longer lifetimes, so these come first.
      await admin('PUT', '', { ...realmFields(documented), ssoSessionMaxLifespan: 36_000, notBefore: 0 })
      await endSessions()
      await admin('PUT', '', realmFields(settings))
      await admin('DELETE', '/events')
    },
    counts: async () => countsOf((await admin('GET', `/events?max=${eventsMax}`)) as { type: string }[]), // EventRepresentation.
    sessions: () => sessionsOf('truphone'),
    endSessions,
    sessionsOf,
    async sessionRows() {
      const answer = await admin('GET', `/clients/${await idOf('truphone')}/session-count`)
      return (answer as { count: number }).count // Section 12.11.
    },
    setRealm: async (fields) => void (await admin('PUT', '', fields)),
    signOutAll: async () => void (await admin('POST', '/logout-all')),
  }
}

function realmFields({ accessSeconds, refreshSeconds, rotates }: Settings): Record<string, unknown> {
  return {
    accessTokenLifespan: accessSeconds,
    ssoSessionIdleTimeout: refreshSeconds,
    revokeRefreshToken: rotates,
    refreshTokenMaxReuse: 0,
  }
}

function countsOf(events: readonly { readonly type: string }[]): Counts {
  const count = (type: string): number => events.filter((event) => event.type === type).length
  return {
    logins: count('CLIENT_LOGIN'),
    refreshes: count('REFRESH_TOKEN'),
    loginsRefused: count('CLIENT_LOGIN_ERROR'),
    refreshesRefused: count('REFRESH_TOKEN_ERROR'),
  }
}

function adminApi(
  access: KeycloakAccess,
): (method: string, path: string, body?: unknown, tolerated?: readonly number[]) => Promise<unknown> {
  let token = { text: '', since: -Infinity }
  async function login(): Promise<string> {
    if (performance.now() - token.since < adminTokenMs) return token.text
    const since = performance.now()
    const { adminName: username, adminPassword: password } = access
    const answer = await fetch(`${access.url}/realms/master/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', username, password }),
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (answer.status !== 200) throw new Error(`Keycloak refused its administrator with ${answer.status}.`)
    const { access_token: text } = (await answer.json()) as { access_token: string } // Section 12.4.
    token = { text, since }
    return text
  }
  return async (method, path, body, tolerated = []) => {
    const answer = await fetch(`${access.url}/admin/realms/${realm}${path}`, {
      method,
      headers: { authorization: `Bearer ${await login()}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    })
    const text = await answer.text()
    if (tolerated.includes(answer.status)) return undefined
    if (!answer.ok) throw new Error(`Keycloak answered ${method} ${path} with ${answer.status}.`)
    return text === '' ? undefined : (JSON.parse(text) as unknown)
  }
}
