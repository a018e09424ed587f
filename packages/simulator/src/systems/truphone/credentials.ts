/**
 * The clients of the realm. Their ids and secrets are those that the specification fixes, the same for production and
 * pre-production; only the account ids behind them follow the seed.
 *
 * @see spec/truphone.md sections 1, 5, 12.13, 14.8
 * @module
 */
import { createHash, timingSafeEqual } from 'node:crypto'

/** What an API client may do. */
export type Role = 'RESELLER' | 'ACCOUNT_MANAGER'

/** True of a role's name. */
export function isRole(name: unknown): name is Role {
  return name === 'RESELLER' || name === 'ACCOUNT_MANAGER'
}

/** A client id with its secret. */
export interface ClientCredentials {
  readonly clientId: string
  readonly clientSecret: string
  readonly role: Role
}

/** What a program needs to use the imitation. All of it works against production and pre-production. */
export interface TruphoneCredentials extends ClientCredentials {
  /** May act on behalf of customers. */
  readonly accountManager: ClientCredentials
  /** Gets no refresh token under any profile. */
  readonly withoutRefresh: ClientCredentials
  /** Its secret has characters that must be encoded. */
  readonly oddSecret: ClientCredentials
  /** Is known, but may not use `client_credentials`. */
  readonly withoutServiceAccount: ClientCredentials
  /** Is switched off. */
  readonly disabled: ClientCredentials
}

/** A client as the realm knows it. */
export interface Client extends ClientCredentials {
  readonly isEnabled: boolean
  readonly hasServiceAccount: boolean
  readonly usesRefreshTokens: boolean
  /** Keys of the products that it may sell. */
  readonly catalogue: readonly string[]
}

const ordinary = { isEnabled: true, hasServiceAccount: true, usesRefreshTokens: true, role: 'RESELLER' } as const

/** By client id. */
export const clients: ReadonlyMap<string, Client> = new Map(
  (
    [
      { ...ordinary, clientId: 'truphone', clientSecret: 'not-a-real-secret-0001', catalogue: ['P1', 'P2', 'P3'] },
      {
        ...ordinary,
        clientId: 'truphone-am',
        clientSecret: 'not-a-real-secret-0002',
        role: 'ACCOUNT_MANAGER',
        catalogue: ['P1', 'P2'],
      },
      {
        ...ordinary,
        clientId: 'truphone-norefresh',
        clientSecret: 'not-a-real-secret-0003',
        usesRefreshTokens: false,
        catalogue: ['P1'],
      },
      {
        ...ordinary,
        clientId: 'truphone-nosa',
        clientSecret: 'not-a-real-secret-0004',
        hasServiceAccount: false,
        catalogue: [],
      },
      { ...ordinary, clientId: 'truphone-odd', clientSecret: 'n0t+a/real%secret&=:5', catalogue: ['P1'] },
      {
        ...ordinary,
        clientId: 'truphone-disabled',
        clientSecret: 'not-a-real-secret-0006',
        isEnabled: false,
        catalogue: [],
      },
    ] satisfies Client[]
  ).map((client) => [client.clientId, Object.freeze(client)]),
)

/** The ready-made credentials. */
export const credentials: TruphoneCredentials = Object.freeze({
  ...pick('truphone'),
  accountManager: pick('truphone-am'),
  withoutRefresh: pick('truphone-norefresh'),
  oddSecret: pick('truphone-odd'),
  withoutServiceAccount: pick('truphone-nosa'),
  disabled: pick('truphone-disabled'),
})

/** Compares two texts in a time that does not depend on where they differ. */
export function sameText(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(left), digest(right))
}

function pick(clientId: string): ClientCredentials {
  const client = clients.get(clientId)
  if (client === undefined) throw new TypeError(`There is no client ${clientId}.`) // A defect of this file.
  return Object.freeze({ clientId, clientSecret: client.clientSecret, role: client.role })
}
