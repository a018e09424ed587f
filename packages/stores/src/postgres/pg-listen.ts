/**
 * Change notices through a client of the package `pg`, which is the caller's and not a dependency.
 *
 * @module
 */
import type { Listen } from './notices.ts'

/** What is used of a `Client` of `pg`. */
export interface ListeningClient {
  query(text: string): Promise<unknown>
  on(event: 'notification', heard: (notice: { readonly payload?: string | undefined }) => void): unknown
  on(event: 'error', failed: (error: Error) => void): unknown
  end(): Promise<void>
  unref?(): void
}

/**
 * Listens on connections that `connect` makes: a new one each time, apart from any pool, and to the server itself (a
 * pooler that shares connections between statements cannot listen). Give the client `connectionTimeoutMillis` and
 * `keepAlive`, so that neither a silent server nor a cut line goes unnoticed. The connection does not keep the process
 * alive.
 *
 * @example
 *   pgListen(async () => {
 *     const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000, keepAlive: true })
 *     await client.connect()
 *     return client
 *   })
 */
export function pgListen(connect: () => Promise<ListeningClient>): Listen {
  return async (channel, notified, lost) => {
    const client = await connect()
    let over = false
    const leave = async (): Promise<void> => {
      over = true
      await client.end().catch(() => undefined) // It is gone either way.
    }
    const gone = (): void => {
      if (over) return
      void leave()
      lost()
    }
    client.on('error', gone) // `pg` raises it for every end that was not asked for.
    client.on('notification', ({ payload = '' }) => notified(payload))
    try {
      await client.query(`listen "${channel}"`)
    } catch (error) {
      await leave()
      throw error
    }
    client.unref?.()
    return leave
  }
}
