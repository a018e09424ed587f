/**
 * The callers that wait for one key: each leaves by itself, by its signal or at `close`.
 *
 * A signal that many callers share, a server's shutdown for one, gets one listener and loses it with the last of them.
 *
 * @see engine.md sections 6.2 and 12.2
 * @module
 */

type Leave = (error: Error) => void

interface Crowd {
  readonly members: Set<Leave>
  readonly abort: () => void
}

export class Waiting {
  // By signal; those without one stand under `undefined`. Made by the first who waits.
  #crowds: Map<AbortSignal | undefined, Crowd> | undefined

  get size(): number {
    return this.#crowds?.size ?? 0
  }

  add(leave: Leave, signal: AbortSignal | undefined): void {
    this.#crowds ??= new Map()
    let crowd = this.#crowds.get(signal)
    if (!crowd) {
      const members = new Set<Leave>()
      crowd = { members, abort: () => members.forEach((each) => each(signal?.reason as Error)) } // The caller's own reason, whatever it is.
      this.#crowds.set(signal, crowd)
      signal?.addEventListener('abort', crowd.abort, { once: true })
    }
    crowd.members.add(leave)
  }

  remove(leave: Leave, signal: AbortSignal | undefined): void {
    const crowd = this.#crowds?.get(signal)
    crowd?.members.delete(leave)
    if (!crowd || crowd.members.size > 0) return
    signal?.removeEventListener('abort', crowd.abort)
    this.#crowds?.delete(signal)
    if (this.size === 0) this.#crowds = undefined
  }

  leaveAll(error: Error): void {
    for (const { members } of [...(this.#crowds?.values() ?? [])]) members.forEach((leave) => leave(error))
  }
}
