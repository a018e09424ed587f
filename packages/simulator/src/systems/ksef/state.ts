/**
 * What the imitation tells about itself. No secret is in it.
 *
 * @module
 */
import { statusOf } from './certificates/holdings.ts'
import { formatInstant } from './times.ts'
import type { KsefSwitches } from './switches.ts'
import { catchUp } from './tasks.ts'
import type { World } from './world.ts'

/** The state as the control plane shows it. */
export interface KsefState {
  readonly switches: KsefSwitches
  /** Submissions, redeems and refreshes that arrived, whatever became of them. */
  readonly tokenRequests: number
  /** Submissions that were taken. */
  readonly signIns: number
  /** Redemptions that gave tokens. */
  readonly redeems: number
  /** Refreshes that gave a token. */
  readonly refreshes: number
  readonly tokens: { readonly live: number }
  readonly sessions: readonly SessionState[]
  readonly ksefTokens: readonly {
    readonly referenceNumber: string
    readonly context: string
    readonly status: string
  }[]
  readonly peppolProviders: readonly string[]
  /** Permissions that were granted, whatever their kind. */
  readonly grants: number
  readonly certificates: readonly {
    readonly serialNumber: string
    readonly type: string
    readonly owner: string
    readonly status: string
  }[]
  /** Calls that were carried out, by operation. */
  readonly accepted: Readonly<Record<string, number>>
  /** Refused calls: by code, reason or status. */
  readonly rejected: Readonly<Record<string, number>>
}

/** An authentication as the control plane shows it. */
export interface SessionState {
  readonly referenceNumber: string
  readonly context: string
  readonly identity: string | null
  readonly method: string
  readonly status: number
  readonly startedAt: string
  readonly isRedeemed: boolean
  readonly lastRefreshAt: string | null
}

/** Takes the picture. */
export function describe(world: World): KsefState {
  catchUp(world)
  const { tables, counters, switches } = world
  const now = world.now()
  const sessions = [...tables.sessions.values()]
  return {
    switches,
    tokenRequests: counters.tokenRequests,
    signIns: Object.values(counters.signIns).reduce((sum, count) => sum + count, 0),
    redeems: counters.redeems,
    refreshes: counters.refreshes,
    tokens: { live: sessions.reduce((sum, { accessEnds }) => sum + accessEnds.filter((end) => now < end).length, 0) },
    sessions: sessions.map((session) => ({
      referenceNumber: session.reference,
      context: `${session.context.type} ${session.context.value}`,
      identity: session.identity === null ? null : `${session.identity.kind} ${session.identity.value}`,
      method: session.method,
      status: session.status,
      startedAt: formatInstant(session.startedAt),
      isRedeemed: session.redeemedAt !== null,
      lastRefreshAt: session.lastRefreshAt === null ? null : formatInstant(session.lastRefreshAt),
    })),
    ksefTokens: [...tables.ksefTokens.values()].map(({ reference, context, status }) => ({
      referenceNumber: reference,
      context: `${context.type} ${context.value}`,
      status,
    })),
    peppolProviders: [...tables.peppolProviders.values()].map(({ id }) => id),
    grants: tables.grants.size,
    certificates: [...tables.certificates.values()].map((certificate) => ({
      serialNumber: certificate.serial,
      type: certificate.type,
      owner: `${certificate.owner.kind} ${certificate.owner.value}`,
      status: statusOf(certificate, now),
    })),
    accepted: { ...counters.accepted },
    rejected: { ...counters.refused },
  }
}
