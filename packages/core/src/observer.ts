/**
 * What the engine tells about itself: a tagged union of events without secrets, for an observer and for Node's
 * diagnostics channels of the same names.
 *
 * @see engine.md section 13
 * @module
 */

export interface Observer {
  event(event: EngineEvent): void
}

export type Trigger = 'cold' | 'due' | 'spent' | 'refused' | 'demanded' | 'warm'
export type Path = 'primary' | 'renewal'
export type RefusalAction = 'newer' | 'wait' | 'adopt' | 'settle' | 'renew' | 'budget'

/** The fields of each event. Durations and instants are milliseconds. */
export interface EventFields {
  'refresh.start': { readonly trigger: Trigger; readonly path: Path; readonly fence: number; readonly waiters: number }
  'refresh.end': {
    readonly trigger: Trigger
    readonly path: Path
    readonly outcome: 'done' | 'failed' | 'unknown'
    readonly fence: number
    readonly generation: number
    readonly waiters: number
    readonly duration: number
    readonly class?: string | undefined
    readonly code?: string | undefined
  }
  'refresh.adopted': {
    readonly generation: number
    readonly age: number
    readonly source: 'store' | 'notice' | 'flight'
  }
  'lease.acquired': { readonly fence: number; readonly holder: string }
  'lease.extended': { readonly fence: number; readonly holder: string }
  'lease.lost': { readonly fence: number; readonly holder: string }
  'lease.takenOver': { readonly fence: number; readonly holder: string }
  'lease.waited': { readonly fence: number; readonly holder: string; readonly duration: number }
  'commit.accepted': { readonly generation: number; readonly fence: number }
  'commit.refused': { readonly generation: number; readonly fence: number; readonly reason: string }
  'commit.deferred': { readonly generation: number; readonly fence: number; readonly reason: string }
  'commit.recovered': { readonly generation: number; readonly fence: number }
  'token.refused': { readonly generation: number; readonly verdict: string; readonly action: RefusalAction }
  'cooldown.start': { readonly class: string; readonly until: number; readonly step: number; readonly code: string }
  'cooldown.end': { readonly class: string; readonly step: number }
  'renewal.tainted': { readonly reason: 'takeover' | 'unknown_outcome' }
  'token.forgotten': { readonly generation: number }
  'token.revoked': { readonly generation: number }
  'token.revokeFailed': { readonly generation: number; readonly reason: string }
  'orphan.revoked': { readonly generation: number }
  'store.degraded': { readonly operation: string; readonly reason: string }
  'store.recovered': { readonly operation: string }
  'store.rollback': { readonly generation: number }
  'store.corrupt': { readonly operation: string; readonly reason: string }
  'clock.jump': { readonly difference: number }
  'lifetime.assumed': { readonly value: number }
  'lifetime.short': { readonly value: number }
  'key.evicted': Record<never, never>
  'engine.closed': Record<never, never>
}

export type EventName = keyof EventFields

/** `type` is `latchkey.` plus the name, which is also the diagnostics channel. */
export type EngineEvent = {
  [Name in EventName]: {
    readonly type: `latchkey.${Name}`
    readonly provider: string
    readonly environment: string
    readonly keyLabel: string
  } & EventFields[Name]
}[EventName]

interface Channels {
  channel(name: string): { readonly hasSubscribers: boolean; publish(message: unknown): void }
}

// Reached without an import, so that the engine also loads where there is no Node.
const { process: host } = globalThis as { process?: { getBuiltinModule?(name: string): Channels | undefined } } // Only Node has it.

/** Tells the observer and the channel of that name. Neither can harm the engine. */
export function publish(observer: Observer | undefined, event: EngineEvent): void {
  try {
    const channel = host?.getBuiltinModule?.('node:diagnostics_channel')?.channel(event.type)
    if (channel?.hasSubscribers) channel.publish(event)
    const told: unknown = observer?.event(event)
    if (told instanceof Promise) told.catch(() => undefined)
  } catch {
    // An observer that throws must not affect callers (engine.md section 13).
  }
}
