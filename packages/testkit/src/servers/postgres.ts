/**
 * A real PostgreSQL server for a test, with a database cluster of its own.
 *
 * @module
 */
import { execFile, execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chownSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { accepts } from './ports.ts'
import { findPostgres } from './programs.ts'
import { startServer } from './server.ts'
import type { Place, Server } from './server.ts'

export interface PostgresOptions {
  /** @default a free one */
  readonly port?: number
  /** Kept after the end; a database cluster that is there is used. @default a temporary one that is removed */
  readonly directory?: string
  /** Of the superuser `latchkey`. @default a random one */
  readonly password?: string
  /**
   * Waits for the disk at each commit. Off is what tests want: it is many times faster, and a server that ends or
   * crashes loses nothing; only a machine that loses power does. `synchronous_commit` stays `on`. @default false
   */
  readonly fsync?: boolean
  /** Further server settings: `{ default_transaction_read_only: 'on' }`. */
  readonly settings?: Readonly<Record<string, string>>
}

export interface PostgresServer extends Server {
  readonly user: string
  readonly database: string
  readonly password: string
  /** With the password in it. */
  readonly url: string
}

const user = 'latchkey'
const database = 'postgres' // Exists from the start.
const run = promisify(execFile)

/**
 * Makes a database cluster and starts its server on 127.0.0.1, with password sign-in (SCRAM), and waits until it
 * accepts connections, at most 20 s. Run by root, the server runs as the user `postgres`, since it refuses root. It
 * ends with this process at the latest.
 *
 * @throws {Error} There is no such program here, or it did not start; the message ends with its log.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const { password = randomUUID(), fsync = false, settings = {} } = options
  const path = findPostgres()
  if (path === undefined) throw new Error('There is no PostgreSQL server on this machine.')
  const owner = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : undefined
  const data = ({ directory }: Place): string => join(directory, 'data')
  const server = await startServer({
    program: path,
    port: options.port,
    directory: options.directory,
    user: owner,
    stopSignal: 'SIGINT', // A fast shutdown: does not wait for clients.
    killSignal: 'SIGQUIT', // An immediate shutdown: as a crash, recovered at the next start.
    prepare: async (place) => {
      if (existsSync(join(data(place), 'PG_VERSION'))) return
      const passwordFile = join(place.directory, 'password')
      writeFileSync(passwordFile, password, { mode: 0o600 })
      if (owner) chownSync(passwordFile, owner.uid, owner.gid)
      const how = ['--auth=scram-sha-256', '--encoding=UTF8', '--no-locale', '--no-sync']
      const args = ['-D', data(place), '-U', user, `--pwfile=${passwordFile}`, ...how]
      await run(join(dirname(path), 'initdb'), args, { ...owner, cwd: place.directory })
      rmSync(passwordFile)
    },
    args: (place) => {
      const all = {
        listen_addresses: '127.0.0.1',
        port: String(place.port),
        unix_socket_directories: place.directory,
        fsync: fsync ? 'on' : 'off',
        ...settings,
      }
      return ['-D', data(place), ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
    },
    ready: async (place, pid) => {
      const told = join(data(place), 'postmaster.pid') // The process on the first line, its state on the eighth.
      const lines = existsSync(told) ? readFileSync(told, 'utf8').split('\n') : []
      return lines[0] === String(pid) && lines[7]?.trim() === 'ready' && accepts(place.port)
    },
  })
  const url = `postgres://${user}:${encodeURIComponent(password)}@${server.host}:${server.port}/${database}`
  return Object.assign(server, { user, database, password, url })
}

function idOf(kind: '-u' | '-g'): number {
  return Number(execFileSync('id', [kind, 'postgres'], { encoding: 'utf8' }))
}
