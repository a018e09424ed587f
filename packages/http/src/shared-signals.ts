/**
 * Listens to callers' signals. A signal that many calls share, a server's shutdown for one, gets one listener however
 * many follow it, and loses it with the last of them.
 *
 * @see engine.md 12.2
 * @module
 */

/** Follows a signal that is not aborted yet: `stop` gets its reason. Call what it returns when nobody cares any more. */
export type Follow = (signal: AbortSignal, stop: (reason: unknown) => void) => () => void

interface Crowd {
  readonly members: Set<(reason: unknown) => void>
  readonly abort: () => void
}

/** One per client: nothing is shared by module state. */
export function followSignals(): Follow {
  const crowds = new Map<AbortSignal, Crowd>()

  function gather(signal: AbortSignal): Crowd {
    const members: Crowd['members'] = new Set()
    const crowd: Crowd = { members, abort: () => members.forEach((stop) => stop(signal.reason)) }
    crowds.set(signal, crowd)
    signal.addEventListener('abort', crowd.abort, { once: true })
    return crowd
  }

  return (signal, stop) => {
    const crowd = crowds.get(signal) ?? gather(signal)
    crowd.members.add(stop)
    return () => {
      crowd.members.delete(stop)
      if (crowd.members.size > 0 || crowds.get(signal) !== crowd) return
      crowds.delete(signal)
      signal.removeEventListener('abort', crowd.abort)
    }
  }
}
