/**
 * A plain caller of the imitated Truphone and its realm, on real sockets.
 *
 * @module
 */
import type { Simulator } from '../../src/index.ts'
import { call, type Reply } from '../support.ts'

export const secrets: Readonly<Record<string, string>> = {
  truphone: 'not-a-real-secret-0001',
  'truphone-am': 'not-a-real-secret-0002',
  'truphone-norefresh': 'not-a-real-secret-0003',
  'truphone-nosa': 'not-a-real-secret-0004',
  'truphone-odd': 'n0t+a/real%secret&=:5',
  'truphone-disabled': 'not-a-real-secret-0006',
}

/** Calls the realm and the API as an SDK would. */
export function createCaller({ systems }: { readonly systems: { readonly truphone: { readonly baseUrl: string } } }) {
  const { baseUrl } = systems.truphone
  const oidc = `${baseUrl}/auth/realms/tru-staff/protocol/openid-connect`
  const form = (path: string, fields: Fields, headers: Record<string, string> = {}): Promise<Reply> =>
    call(`${oidc}/${path}`, { method: 'POST', headers, body: new URLSearchParams(fields) })
  const ofClient = (clientId: string): Fields => ({ client_id: clientId, client_secret: secrets[clientId] ?? '' })
  const login = (clientId = 'truphone', fields: Fields = {}): Promise<Reply> =>
    form('token', { grant_type: 'client_credentials', ...ofClient(clientId), ...fields })
  const send = (method: string, path: string, token: string, body?: unknown): Promise<Reply> =>
    call(`${baseUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'x-correlation-id': 'test-1', 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  return {
    oidc,
    form,
    ofClient,
    login,
    token: async (clientId?: string): Promise<string> => String((await login(clientId)).json['access_token']),
    refresh: (refreshToken: unknown, clientId = 'truphone', fields: Fields = {}): Promise<Reply> =>
      form('token', {
        grant_type: 'refresh_token',
        refresh_token: String(refreshToken),
        ...ofClient(clientId),
        ...fields,
      }),
    send,
    /** Below production's base path. */
    api: (method: string, path: string, token: string, body?: unknown): Promise<Reply> =>
      send(method, `/connect-api/v1/${path}`, token, body),
  }
}

type Fields = Readonly<Record<string, string>>
export type Caller = ReturnType<typeof createCaller>

export const p1 = 'cHJvZC1ldS0zZ2ItMzBk'
export const p2 = 'cHJvZC11cy0xZ2ItN2Q='
export const p3 = '----AQID__4='
export const eid = '89049032000000000000000012345644'

/** The body of an order for a new eSIM. What is given replaces fields below `input`. */
export function newEsim(input: Readonly<Record<string, unknown>> = {}): object {
  return {
    input: {
      operationType: 'NEW_ESIM',
      countryCode: 'PT',
      customer: { email: 'ana.ficticia@example.org' },
      device: { id: 'device-0001', type: 'android' },
      subscriptions: [{ product_id: p1 }],
      ...input,
    },
  }
}

/** The body of a top-up. */
export function topUp(iccid: string, input: Readonly<Record<string, unknown>> = {}): object {
  const subscriptions = [{ product_id: p2 }]
  return { input: { operationType: 'TOPUP', device: { id: 'device-0001' }, esim: { iccid }, subscriptions, ...input } }
}

/** Orders, lets it be fulfilled, and gives its output. */
export async function fulfil(simulator: Simulator, caller: Caller, token: string, body: object = newEsim()) {
  const accepted = await caller.api('POST', 'order', token, body)
  if (accepted.status !== 201) throw new Error(accepted.text)
  await simulator.clock.advance(1000)
  const order = await caller.api('GET', `order/${String(accepted.json['id'])}`, token)
  return order.json['output'] as { iccid: string; matchingId: string; subscription_id: string } // Of a completed order.
}
