/**
 * Change notices: one listening connection per store, made when the first watcher comes and ended when the last one
 * leaves. What is lost while it is down costs nothing but notices, which are hints.
 *
 * @see engine.md 9.4
 * @module
 */
import type { Store } from '@latchkey/core'

/**
 * Listens to a channel on a connection of its own, with any client: answers how to end it. `notified` hears the
 * payload of each notice. `lost` is called once if the connection ends by itself; the store then listens anew, as it
 * does when this rejects. {@link pgListen} makes one for `pg`.
 *
 * @param channel - Lower-case letters, digits and _; quote it, since it may be a word of SQL.
 */
export type Listen = (
  channel: string,
  notified: (payload: string) => void,
  lost: () => void,
) => Promise<StopListening> | StopListening

export type StopListening = () => void | Promise<void>

const pauseFirstMs = 1_000
const pauseMaxMs = 60_000

/** A store's `watch`. */
export function createNotices(listen: Listen, channel: string): NonNullable<Store['watch']> {
  const watchers = new Map<string, Set<() => void>>()
  let end: (() => void) | undefined
  const notified = (key: string): void => {
    for (const tell of watchers.get(key) ?? []) tell()
  }
  return (key, changed) => {
    const set = watchers.get(key) ?? new Set()
    const tell = (): void => changed() // Its own, so that one function may watch twice.
    watchers.set(key, set.add(tell))
    end ??= keepListening((lost) => listen(channel, notified, lost))
    return () => {
      if (!set.delete(tell) || set.size > 0) return
      watchers.delete(key)
      if (watchers.size > 0) return
      end?.()
      end = undefined
    }
  }
}

/** Listens until it is ended, and starts over after growing, jittered pauses whenever listening fails or is lost. */
function keepListening(listen: (lost: () => void) => ReturnType<Listen>): () => void {
  let over = false
  let pauseMs = pauseFirstMs
  let timer: NodeJS.Timeout | undefined
  let stop: StopListening | undefined

  async function start(): Promise<void> {
    let lost = false
    const again = (): void => {
      if (lost || over) return
      lost = true
      stop = undefined
      timer = setTimeout(() => void start(), pauseMs * (0.5 + Math.random() / 2)).unref()
      pauseMs = Math.min(pauseMs * 2, pauseMaxMs)
    }
    try {
      const stopThis = await listen(again)
      if (over || lost) return await stopThis()
      stop = stopThis
      pauseMs = pauseFirstMs
    } catch {
      again()
    }
  }

  void start()
  return () => {
    over = true
    clearTimeout(timer)
    void Promise.resolve(stop?.()).catch(() => undefined) // The connection is gone either way.
  }
}
