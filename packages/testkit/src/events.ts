/**
 * An observer that remembers what an engine told it.
 *
 * @see engine.md section 13
 * @module
 */
import type { EngineEvent, EventName, Observer } from '@latchkey/core'

export type EventOf<Name extends EventName> = Extract<EngineEvent, { readonly type: `latchkey.${Name}` }>

export interface EventCollector extends Observer {
  /** In order of arrival, at most 100 000; the oldest go first. */
  readonly events: readonly EngineEvent[]
  /** All events of one name, `refresh.end` for example. */
  of<Name extends EventName>(name: Name): EventOf<Name>[]
  last<Name extends EventName>(name: Name): EventOf<Name> | undefined
  count(name: EventName): number
  /** The names alone, in order: what most tests compare. */
  names(): EventName[]
  clear(): void
}

const eventsMax = 100_000

/** Pass it as `observer`. */
export function collectEvents(): EventCollector {
  const events: EngineEvent[] = []
  const of = <Name extends EventName>(name: Name): EventOf<Name>[] =>
    events.filter((event): event is EventOf<Name> => event.type === `latchkey.${name}`)
  return {
    events,
    event: (event) => {
      if (events.push(event) > eventsMax) events.shift()
    },
    of,
    last: (name) => of(name).at(-1),
    count: (name) => of(name).length,
    names: () => events.map(({ type }) => type.slice('latchkey.'.length) as EventName), // What its type says.
    clear: () => {
      events.length = 0
    },
  }
}
