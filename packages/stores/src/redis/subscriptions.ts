/**
 * Shares one connection between all subscriptions, and one subscription between all who listen to a channel: what the
 * adapters of the two clients have in common.
 *
 * @see engine.md section 9.4
 * @module
 */
import type { RedisConnection } from './connection.ts'

/** A connection that hears channels. The client subscribes again by itself after it was lost. */
export interface Line {
  subscribe(channel: string): Promise<unknown>
  unsubscribe(channel: string): Promise<unknown>
  close(): void
}

type Heard = (channel: string, message: string) => void

interface Channel {
  readonly listeners: Set<(message: string) => void>
  readonly ready: Promise<unknown>
}

/** @param open - Called for the first subscription, and again for the first one after the last was ended. */
export function subscriptions(open: (heard: Heard) => Line): RedisConnection['subscribe'] {
  const channels = new Map<string, Channel>()
  let line: Line | undefined

  const heard: Heard = (channel, message) => {
    for (const notified of channels.get(channel)?.listeners ?? []) notified(message)
  }

  function leave(name: string, listener: (message: string) => void): void {
    const channel = channels.get(name)
    if (!line || !channel?.listeners.delete(listener) || channel.listeners.size > 0) return
    channels.delete(name)
    line.unsubscribe(name).catch(() => undefined) // What is still heard reaches nobody.
    if (channels.size > 0) return
    line.close()
    line = undefined
  }

  return async (name, notified) => {
    const listener = (message: string): void => notified(message) // One for each, so that each ends alone.
    line ??= open(heard)
    const channel = channels.get(name) ?? { listeners: new Set(), ready: line.subscribe(name) }
    channels.set(name, channel)
    channel.listeners.add(listener)
    try {
      await channel.ready
    } catch (error) {
      leave(name, listener)
      throw error
    }
    return () => leave(name, listener)
  }
}
