/**
 * What the store needs from a Redis client: three functions. Ready-made for the two common clients; for any other one,
 * write them.
 *
 * There is no `get`: a record is read by a script, which gives the server's time in the same step (engine.md 9.2).
 *
 * @see engine.md section 9, spec/dependencies.md section 3
 * @module
 */
import { createHash } from 'node:crypto'

export interface RedisConnection {
  /**
   * Runs a Lua script on the server that holds the key, and answers what it returns: here a list of texts. Rejects with
   * an error whose message is the server's own where the server refused (`READONLY You can't write …`), and with any
   * other error where no answer came.
   */
  eval(script: string, keys: readonly string[], args: readonly string[]): Promise<unknown>
  /**
   * As `eval`, and then `WAIT` on the same connection, before any other could have taken its place: `WAIT` counts the
   * replicas that have this connection's writes, so after a reconnect it would confirm a write that it knows nothing of.
   * A client that sends commands again by itself must send both again or none. `acknowledged`: 0 where `WAIT` failed.
   */
  evalAndWait(script: string, keys: readonly string[], args: readonly string[], wait: RedisWait): Promise<RedisWaited>
  /** Hears what is published on a channel, until the function it answers with is called. */
  subscribe(channel: string, notified: (message: string) => void): Promise<() => void | Promise<void>>
}

export interface RedisWait {
  readonly replicas: number
  readonly timeoutMs: number
}

export interface RedisWaited {
  /** What the script returned. */
  readonly answer: unknown
  /** Replicas that have the write. */
  readonly acknowledged: number
}

/** Runs scripts by their hash, and sends the text only to a server that does not know it (any more). */
export function byHash(): <T>(
  script: string,
  run: (name: 'evalsha' | 'eval', script: string) => Promise<T>,
) => Promise<T> {
  const hashes = new Map<string, string>() // A store has two scripts.
  return async (script, run) => {
    const hash = hashes.get(script) ?? createHash('sha1').update(script).digest('hex') // Redis names scripts so.
    hashes.set(script, hash)
    try {
      return await run('evalsha', hash)
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
      return run('eval', script)
    }
  }
}
