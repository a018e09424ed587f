/**
 * Looks for server programs on this machine, and says in one sentence what is missing.
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { realpathSync } from 'node:fs'

/** Where a program is, or the sentence that a skipped test shows. */
export type Here = { readonly found: true; readonly path: string } | { readonly found: false; readonly missing: string }

/** The path of `redis-server`. */
export function findRedis(): string | undefined {
  return inPath('redis-server')
}

/** The path of `valkey-server`. */
export function findValkey(): string | undefined {
  return inPath('valkey-server')
}

/** The path of `postgres`, with `initdb` beside it: in PATH, or where Debian keeps it, newest version first. */
export function findPostgres(): string | undefined {
  const found = inPath('postgres') ?? shell('ls -1 /usr/lib/postgresql/*/bin/postgres | sort -t/ -k5,5nr | head -n 1')
  return found === undefined ? undefined : realpathSync(found) // A link in PATH has no `initdb` beside it.
}

/**
 * Looks for Redis and, where there is none, warns at once, so that no test is skipped silently.
 *
 * @example
 *   const redis = redisHere()
 *   describe.skipIf(!redis.found)('redisStore on a real server', () => { ... })
 */
export function redisHere(): Here {
  return here(findRedis(), 'redis-server', 'redis-server')
}

/** As {@link redisHere}, for Valkey. */
export function valkeyHere(): Here {
  return here(findValkey(), 'valkey-server', 'valkey-server')
}

/** As {@link redisHere}, for PostgreSQL. */
export function postgresHere(): Here {
  return here(findPostgres(), 'PostgreSQL server', 'postgresql')
}

function here(path: string | undefined, program: string, debian: string): Here {
  if (path !== undefined) return { found: true, path }
  const missing = `Skipped: no ${program} on this machine; install Debian's package ${debian}.`
  // eslint-disable-next-line no-console -- A skipped test has to be seen, and this module is only used by tests.
  console.warn(missing)
  return { found: false, missing }
}

function inPath(program: string): string | undefined {
  return shell(`command -v ${program}`)
}

function shell(command: string): string | undefined {
  const { stdout } = spawnSync('/bin/sh', ['-c', command], { encoding: 'utf8' })
  return stdout?.trim() || undefined
}
