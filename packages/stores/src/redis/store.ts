/**
 * The store itself: names records, draws etags, runs the two scripts and judges what comes back.
 *
 * @see engine.md section 9
 * @module
 */
import { randomBytes } from 'node:crypto'
import { assertKnown, invalidArgument, withMethods } from '@latchkey/core'
import type { Etag, Key, Reading, Store, Swap } from '@latchkey/core'
import type { RedisConnection, RedisWait, RedisWaited } from './connection.ts'
import { isHarmless, refusedWith, unavailable } from './failure.ts'
import { parseReading, parseSwapped, readScript, swapScript } from './scripts.ts'

export interface RedisStoreOptions {
  /** `nodeRedis(client)`, `ioRedis(client)`, or three functions of your own. */
  readonly connection: RedisConnection
  /** @default none: no swap counts as durable, so refresh tokens that rotate stay unused */
  readonly durability?: RedisDurability
}

/**
 * What must have happened before a swap counts as durable, where the engine asks for that (engine.md 6.6).
 *
 * `replicas`: that many (1 to 100) have it, within `timeoutMs` (1 to 1 500, @default 500); otherwise it is done and not
 * durable. State as many as there are, since a fail-over to one that does not have it loses it. The server holds up the
 * client's other commands meanwhile.
 *
 * `acceptedBySingleServer`: nothing more. The operator states that this server keeps what it has accepted: it syncs each
 * write to its disk (`appendfsync always`), and no replica ever takes its place. If that is wrong, a refresh token can
 * be sent twice, upon which many providers end the login.
 */
export type RedisDurability = 'acceptedBySingleServer' | { readonly replicas: number; readonly timeoutMs?: number }

const replicasMax = 100
const timeoutDefaultMs = 500
const timeoutMaxMs = 1_500 // The engine gives a store two seconds for everything.
const unansweredMax = 10_000 // Clients queue commands for as long as the server is away.

/**
 * Keeps one record per key in Redis or Valkey: on one server, with replicas, or in a cluster; scope: fleet.
 *
 * Each read and each swap is a script, so one step of the server, whose clock is the store's. After a fail-over to a
 * server whose clock is behind, the store's time goes back by that much. The record is one string under `{key}`, which
 * stays on one server of a cluster and also names the channel of notices. Needs Redis 5 or newer; tested with 7.0.
 *
 * The client is the program's: it connects and closes it. The store itself has nothing to close; its connection for
 * notices ends with the last watch, or with the client.
 *
 * What Redis loses (evicted, flushed, or not yet copied to the replica that took over) costs token requests and never
 * brings a wrong token. A record that is kept for ever needs a `maxmemory-policy` of `noeviction` or `volatile-…`.
 *
 * Operations reject with `LATCHKEY_STORE_UNAVAILABLE`, whose `reason` is the server's word for it (`NOAUTH`, `READONLY`,
 * `LOADING`, `OOM`, …) or the system's code. A swap whose answer was lost is `unknown`. A client that sends commands
 * again by itself does no harm: a swap knows itself. Only where another writer came in between, it is a `conflict`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`: an option is unknown or malformed.
 * @see engine.md section 9
 */
export function redisStore(options: RedisStoreOptions): Store {
  assertKnown(options, ['connection', 'durability'], 'redisStore')
  const connection = parseConnection(options.connection)
  const accepted = options.durability === 'acceptedBySingleServer'
  const wait = parseWait(options.durability)
  let unanswered = 0

  /** Settles with the signal at the latest. What a client has queued may still be sent after that. */
  async function ask<T>(operation: 'read' | 'swap', signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted()
    if (unanswered >= unansweredMax) throw unavailable(operation, new Error('The queue is full'))
    unanswered += 1
    return new Promise((resolve, reject) => {
      const stop = (): void => reject(signal.reason)
      signal.addEventListener('abort', stop, { once: true })
      void work()
        .then(resolve, reject)
        .finally(() => {
          unanswered -= 1
          signal.removeEventListener('abort', stop)
        })
    })
  }

  async function read(key: Key): Promise<Reading> {
    let answer: unknown
    try {
      answer = await connection.eval(readScript, [nameOf(key)], [])
    } catch (error) {
      throw unavailable('read', error)
    }
    return parseReading(answer)
  }

  async function swap(key: Key, etag: Etag | null, value: string, { keep, durable }: How): Promise<Swap> {
    const name = nameOf(key)
    const next = randomBytes(16).toString('hex')
    const args = [etag ?? '', next, value, keepFor(keep), name]
    let ran: RedisWaited
    try {
      ran = await (durable && wait ? runAndWait(name, args, wait) : run(name, args))
    } catch (error) {
      if (isHarmless(error)) throw unavailable('swap', error)
      return { kind: 'unknown' }
    }
    const swapped = parseSwapped(ran.answer)
    if (typeof swapped !== 'number') return { kind: 'conflict', reading: swapped }
    return {
      kind: 'done',
      etag: next,
      now: swapped,
      durable: accepted || ran.acknowledged >= (wait?.replicas ?? Infinity),
    }
  }

  async function run(name: string, args: readonly string[]): Promise<RedisWaited> {
    return { answer: await connection.eval(swapScript, [name], args), acknowledged: 0 }
  }

  async function runAndWait(name: string, args: readonly string[], replicas: RedisWait): Promise<RedisWaited> {
    try {
      return await connection.evalAndWait(swapScript, [name], args, replicas)
    } catch (error) {
      const refused = refusedWith(error)
      if (refused === undefined) throw error
      // Which of the two was refused is not told. A swap knows itself, so it can be asked for again.
      return run(name, args).catch((again: unknown) => {
        throw refusedWith(again) === refused ? again : new Error('The swap may have been done at the first time.')
      })
    }
  }

  return {
    scope: 'fleet',
    read: (key, signal) => ask('read', signal, () => read(key)),
    compareAndSet: (key, etag, value, how, signal) => ask('swap', signal, () => swap(key, etag, value, how)),
    watch(key, changed) {
      let watching = true
      const notified = (): void => {
        if (watching) changed()
      }
      const subscribed = (async () => connection.subscribe(nameOf(key), notified))()
      subscribed.catch(() => undefined) // A hint: without it, readers poll.
      return () => {
        if (!watching) return
        watching = false
        subscribed.then((end) => end()).catch(() => undefined)
      }
    },
  }
}

type How = Parameters<Store['compareAndSet']>[3]

/** In braces, the key alone decides on which server of a cluster the record is. */
function nameOf(key: Key): string {
  return `{${key}}`
}

/** Whole milliseconds, as Redis takes them; empty for ever. */
function keepFor(keep: number | 'forever'): string {
  return keep === 'forever' ? '' : String(Math.min(Math.max(Math.ceil(keep), 1), Number.MAX_SAFE_INTEGER))
}

function parseConnection(connection: RedisConnection): RedisConnection {
  const rule = withMethods('a connection', 'eval', 'evalAndWait', 'subscribe')
  if (!rule.holds(connection)) throw invalidArgument(`connection: must be ${rule.text}, as nodeRedis(client) gives it`)
  return connection
}

function parseWait(durability: RedisDurability | undefined): RedisWait | undefined {
  if (durability === undefined || durability === 'acceptedBySingleServer') return undefined
  if (typeof durability !== 'object') {
    throw invalidArgument("durability: must be { replicas: 1 } or 'acceptedBySingleServer'")
  }
  assertKnown(durability, ['replicas', 'timeoutMs'], 'durability')
  const { replicas, timeoutMs = timeoutDefaultMs } = durability
  assertWhole('durability.replicas', replicas, replicasMax)
  assertWhole('durability.timeoutMs', timeoutMs, timeoutMaxMs)
  return { replicas, timeoutMs }
}

function assertWhole(name: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= max) return
  throw invalidArgument(`${name}: must be a whole number from 1 to ${max}`)
}
