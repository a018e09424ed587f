/**
 * A real Redis or Valkey server for a test: alone, as a replica, or as a cluster of one node.
 *
 * @module
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from './ports.ts'
import { findRedis, findValkey } from './programs.ts'
import { askRedis } from './resp.ts'
import { startServer } from './server.ts'
import type { Server } from './server.ts'

export interface RedisOptions {
  /** @default 'redis' */
  readonly program?: 'redis' | 'valkey'
  readonly password?: string
  /** Copies this server, and is ready once it has. Takes its password too. */
  readonly replicaOf?: RedisServer
  /** A cluster of this one node, which owns all slots. */
  readonly cluster?: boolean
  /** @default a free one */
  readonly port?: number
  /** Kept after the end. @default a temporary one that is removed */
  readonly directory?: string
  /** Last on the command line: `['--appendonly', 'yes']`. Nothing is persisted unless they say so. */
  readonly args?: readonly string[]
}

export interface RedisServer extends Server {
  /** With the password in it, if there is one. */
  readonly url: string
  readonly password: string | undefined
  readonly program: 'redis-server' | 'valkey-server'
}

/**
 * Starts a server on 127.0.0.1 and waits until it answers PING (a replica: until it has copied; a cluster: until its
 * state is `ok`), at most 20 s. The server ends with this process at the latest.
 *
 * @throws {Error} There is no such program here, or it did not start; the message ends with its log.
 */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const { program = 'redis', replicaOf, cluster = false, args = [] } = options
  const password = options.password ?? replicaOf?.password
  const path = program === 'redis' ? findRedis() : findValkey()
  if (path === undefined) throw new Error(`There is no ${program}-server on this machine.`)
  const busPort = cluster ? await freePort() : undefined
  const server = await startServer({
    program: path,
    port: options.port,
    directory: options.directory,
    stopSignal: 'SIGTERM',
    killSignal: 'SIGKILL',
    args: ({ port, directory }) => {
      const file = join(directory, 'server.conf') // Keeps the password out of the process list.
      writeFileSync(file, configuration({ port, directory, password, replicaOf, busPort }), { mode: 0o600 })
      return [file, ...args]
    },
    ready: async ({ port }, pid) => {
      const auth = password === undefined ? [] : [['AUTH', password]]
      const ask = async (...command: string[]): Promise<string> => askRedis(port, [...auth, command])
      try {
        if (!(await ask('INFO', 'server')).includes(`process_id:${pid}\r`)) return false
        if ((await ask('PING')) !== 'PONG') return false // Still loads its data.
        if (replicaOf) return (await ask('INFO', 'replication')).includes('master_link_status:up')
        if (!cluster || (await ask('CLUSTER', 'INFO')).includes('cluster_state:ok')) return true
        await ask('CLUSTER', 'ADDSLOTSRANGE', '0', '16383')
        return false // Asked again until the state is ok.
      } catch {
        return false
      }
    },
  })
  const login = password === undefined ? '' : `:${encodeURIComponent(password)}@`
  const url = `redis://${login}${server.host}:${server.port}`
  return Object.assign(server, { url, password, program: `${program}-server` as const })
}

function configuration(of: {
  readonly port: number
  readonly directory: string
  readonly password: string | undefined
  readonly replicaOf: RedisServer | undefined
  readonly busPort: number | undefined
}): string {
  const { port, directory, password, replicaOf, busPort } = of
  const lines = [
    `bind 127.0.0.1`,
    `port ${port}`,
    `dir ${JSON.stringify(directory)}`,
    `save ""`,
    `repl-diskless-sync-delay 0`, // Otherwise a replica waits five seconds for company.
    ...(password === undefined ? [] : [`requirepass ${JSON.stringify(password)}`]),
    ...(replicaOf ? [`replicaof ${replicaOf.host} ${replicaOf.port}`] : []),
    ...(replicaOf?.password === undefined ? [] : [`masterauth ${JSON.stringify(replicaOf.password)}`]),
    ...(busPort === undefined
      ? []
      : ['cluster-enabled yes', `cluster-port ${busPort}`, 'cluster-announce-ip 127.0.0.1']),
  ]
  return lines.join('\n')
}
