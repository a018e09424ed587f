/**
 * What the control plane tells about Truphone. No secret, no token and no activation code is in it.
 *
 * @module
 */
import { formatDate } from './api/dates.ts'
import { isAlive, sessionEndsAt } from './keycloak/realm.ts'
import type { Environment, Store } from './rows.ts'
import type { TruphoneSwitches } from './switches.ts'
import type { ClientCounts, World } from './world.ts'

/** A snapshot of the imitation. */
export interface TruphoneState {
  readonly switches: TruphoneSwitches
  /** Requests that arrived at the token endpoint, whatever became of them. */
  readonly tokenRequests: number
  /** Of all clients together. */
  readonly logins: number
  readonly refreshes: number
  /** `tokenRequests` here: those that named the client and reached the service. Clients that were not named are missing. */
  readonly apps: readonly ({ readonly name: string; readonly sessions: number } & ClientCounts)[]
  readonly tokens: { readonly live: number; readonly issued: number; readonly refreshIssued: number }
  /** How many KC sessions there have been, and those that are still there. */
  readonly sessionsOpened: number
  readonly sessions: readonly SessionState[]
  /** Accepted calls of the API by operation. */
  readonly accepted: Readonly<Record<string, number>>
  /** Refused calls by cause: an error type of the API, or an `error` of the token endpoint. */
  readonly rejected: Readonly<Record<string, number>>
  readonly environments: Readonly<Record<Environment, EnvironmentState>>
}

/** A KC session as the control plane shows it. */
export interface SessionState {
  readonly id: string
  readonly clientId: string
  readonly startedAt: string
  readonly lastRefreshAt: string
  /** When it ends if it is not used. */
  readonly endsAt: string
  readonly refreshes: number
  readonly isOffline: boolean
  readonly isDetached: boolean
}

/** An environment as the control plane shows it. */
export interface EnvironmentState {
  readonly orders: readonly { readonly id: string; readonly clientId: string; readonly status: string }[]
  readonly sims: readonly { readonly iccid: string; readonly clientId: string; readonly status: string }[]
  readonly subscriptions: readonly {
    readonly id: string
    readonly iccid: string
    readonly status: string
    readonly initialBytes: number
    readonly spentBytes: number
  }[]
  readonly customers: number
  readonly paymentMethods: number
  /** Webhooks that are still to be sent. */
  readonly notifications: number
}

/** Takes the snapshot. */
export function describe(world: World): TruphoneState {
  const { counters, realm, switches, stores } = world
  const now = world.clock.now()
  const sessions = [...realm.sessions.values()].filter((session) => now < sessionEndsAt(session, switches))
  const apps = Object.entries(counters.clients).map(([name, counts]) => ({
    name,
    ...counts,
    sessions: sessions.filter(({ clientId }) => clientId === name).length,
  }))
  const sum = (of: (counts: ClientCounts) => number): number => apps.reduce((total, app) => total + of(app), 0)
  return {
    switches,
    tokenRequests: counters.tokenRequests,
    logins: sum(({ logins }) => logins),
    refreshes: sum(({ refreshes }) => refreshes),
    apps,
    tokens: {
      live: [...realm.access.values()].filter((record) => isAlive(record, now)).length,
      issued: realm.issued.access,
      refreshIssued: realm.issued.refresh,
    },
    sessionsOpened: realm.issued.sessions,
    sessions: sessions.map((session) => ({
      id: session.id,
      clientId: session.clientId,
      startedAt: formatDate(session.startedAt),
      lastRefreshAt: formatDate(session.lastRefreshAt),
      endsAt: formatDate(sessionEndsAt(session, switches)),
      refreshes: session.refreshes,
      isOffline: session.isOffline,
      isDetached: session.isDetached,
    })),
    accepted: { ...counters.accepted },
    rejected: { ...counters.rejected },
    environments: {
      production: environmentState(stores.production),
      preproduction: environmentState(stores.preproduction),
    },
  }
}

function environmentState(store: Store): EnvironmentState {
  return {
    orders: [...store.orders.values()].map(({ id, clientId, status }) => ({ id, clientId, status })),
    sims: [...store.sims.values()].map(({ iccid, clientId, status }) => ({ iccid, clientId, status })),
    subscriptions: [...store.subscriptions.values()].map(({ id, iccid, status, initialBytes, spentBytes }) => ({
      ...{ id, iccid, status, initialBytes, spentBytes },
    })),
    customers: store.customers.size,
    paymentMethods: store.paymentMethods.size,
    notifications: store.notifications.length,
  }
}
