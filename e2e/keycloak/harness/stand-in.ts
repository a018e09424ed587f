/**
 * A stand-in for Keycloak that its authors did not write: oidc-provider, a certified OpenID provider, below Keycloak's
 * paths. Its own client credentials grant never gives a refresh token, so that grant is replaced; refreshing, rotation
 * and the ending of a login after a replay are its own.
 *
 * @see spec/truphone.md section 12.14
 * @module
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { Provider } from 'oidc-provider'
import type { Adapter, Context, Payload } from 'oidc-provider'
import { serve } from '../../support/server.ts'
import type { LocalServer } from '../../support/server.ts'
import { documented } from './authority.ts'
import type { Authority, Settings } from './authority.ts'

const realmPath = '/auth/realms/tru-staff'
const connectPath = '/protocol/openid-connect'
const audience = 'urn:truphone:connect-api'
const scopes = 'profile email'

const partner = { clientId: 'truphone', clientSecret: 'not-a-real-secret-0001' }
const odd = {
  clientId: 'truphone-odd',
  clientSecret: 'n0t+a/real%secret&=:5',
  basicClientId: 'truphone-odd-basic', // Here a client has one method.
}

export interface OidcProvider extends Authority, AsyncDisposable {}

export async function startOidcProvider(): Promise<OidcProvider> {
  let settings: Settings = documented
  const kept = createRecords()
  const noCounts = { logins: 0, refreshes: 0, loginsRefused: 0, refreshesRefused: 0 }
  const counts = { ...noCounts }
  const listening: { answer?: ReturnType<Provider['callback']> } = {} // Its own address comes first.
  const server: LocalServer = await serve((request, response) => {
    const path = request.url ?? ''
    if (!listening.answer || !path.startsWith(`${realmPath}/`)) return void response.writeHead(404).end()
    request.url = path.slice(realmPath.length)
    listening.answer(Object.assign(request, { originalUrl: path }), response)
  })
  const issuer = `${server.url}${realmPath}`
  const provider = createProvider(issuer, () => settings, kept.adapter)
  provider.on('grant.success', (context) => {
    counts[isRefresh(context) ? 'refreshes' : 'logins'] += 1
  })
  provider.on('grant.error', (context) => {
    counts[isRefresh(context) ? 'refreshesRefused' : 'loginsRefused'] += 1
  })
  listening.answer = provider.callback()
  return {
    name: 'oidc-provider',
    issuer,
    tokenUrl: `${issuer}${connectPath}/token`,
    partner,
    odd,
    async reset(next) {
      settings = next
      kept.clear()
      Object.assign(counts, noCounts)
    },
    counts: () => Promise.resolve({ ...counts }),
    sessions: () => Promise.resolve(kept.count('Grant')),
    async endSessions() {
      kept.clear()
    },
    [Symbol.asyncDispose]: () => server.close(),
  }
}

function isRefresh({ oidc }: Context): boolean {
  return oidc.params?.['grant_type'] === 'refresh_token'
}

function createProvider(issuer: string, settings: () => Settings, adapter: (model: string) => Adapter): Provider {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const client = (clientId: string, secret: string, method: 'client_secret_post' | 'client_secret_basic'): object => ({
    client_id: clientId,
    client_secret: secret,
    grant_types: ['client_credentials', 'refresh_token'],
    response_types: [],
    redirect_uris: [],
    token_endpoint_auth_method: method,
  })
  const resourceServer = (): object => ({
    scope: scopes,
    accessTokenFormat: 'jwt',
    accessTokenTTL: settings().accessSeconds,
    jwt: { sign: { alg: 'RS256' } },
  })
  const provider = new Provider(issuer, {
    adapter,
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig', kid: 'signing' }] },
    cookies: { keys: [randomBytes(16).toString('hex')] },
    clients: [
      client(partner.clientId, partner.clientSecret, 'client_secret_post'),
      client(odd.clientId, odd.clientSecret, 'client_secret_post'),
      client(odd.basicClientId, odd.clientSecret, 'client_secret_basic'),
    ],
    scopes: ['openid', 'offline_access', 'profile', 'email'],
    routes: {
      authorization: `${connectPath}/auth`,
      token: `${connectPath}/token`,
      revocation: `${connectPath}/revoke`,
      jwks: `${connectPath}/certs`,
      userinfo: `${connectPath}/userinfo`,
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        useGrantedResource: () => true,
        getResourceServerInfo: resourceServer,
      },
    },
    ttl: {
      AccessToken: () => settings().accessSeconds,
      ClientCredentials: () => settings().accessSeconds,
      RefreshToken: () => settings().refreshSeconds,
      Grant: () => settings().refreshSeconds,
    },
    rotateRefreshToken: () => settings().rotates,
    findAccount: (_: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id }) }),
  })
  provider.registerGrantType(
    'client_credentials',
    (context) => answerLogin(provider, context, settings(), resourceServer()),
    ['scope'],
  )
  return provider
}

async function answerLogin(
  provider: Provider,
  context: Context,
  { refreshSeconds }: Settings,
  resourceServer: object,
): Promise<void> {
  const { client } = context.oidc
  const accountId = `service-account-${client.clientId}`
  const grant = new provider.Grant({ accountId, clientId: client.clientId })
  grant.addResourceScope(audience, scopes)
  const shared = { accountId, client, grantId: await grant.save(), gty: 'client_credentials', scope: scopes }
  const access = new provider.AccessToken(shared)
  access.resourceServer = new provider.ResourceServer(audience, resourceServer)
  const refresh = new provider.RefreshToken({ ...shared, resource: audience, rotations: 0 })
  context.body = {
    access_token: await access.save(),
    expires_in: access.expiration,
    refresh_expires_in: refreshSeconds,
    refresh_token: await refresh.save(),
    token_type: 'Bearer',
    'not-before-policy': 0,
    scope: scopes,
  }
}

interface Kept {
  readonly payload: Payload
  readonly until: number
}

// Everything that the provider keeps, in reach of the tests.
function createRecords() {
  const records = new Map<string, Kept>()
  const clear = (matches: (key: string, payload: Payload) => boolean = () => true): void => {
    for (const [key, { payload }] of records) if (matches(key, payload)) records.delete(key)
  }
  const adapter = (model: string): Adapter => ({
    async upsert(id, payload, expiresIn) {
      records.set(`${model}:${id}`, { payload, until: Date.now() + expiresIn * 1000 })
    },
    async find(id) {
      const kept = records.get(`${model}:${id}`)
      return kept && kept.until > Date.now() ? kept.payload : undefined
    },
    findByUid: () => Promise.resolve(undefined),
    findByUserCode: () => Promise.resolve(undefined),
    async consume(id) {
      const kept = records.get(`${model}:${id}`)
      if (kept)
        records.set(`${model}:${id}`, {
          ...kept,
          payload: { ...kept.payload, consumed: Math.floor(Date.now() / 1000) },
        })
    },
    async destroy(id) {
      records.delete(`${model}:${id}`)
    },
    async revokeByGrantId(grantId) {
      clear((_, payload) => payload.grantId === grantId)
    },
  })
  const count = (model: string): number =>
    [...records].filter(([key, { until }]) => key.startsWith(`${model}:`) && until > Date.now()).length
  return { adapter, clear: () => clear(), count }
}
