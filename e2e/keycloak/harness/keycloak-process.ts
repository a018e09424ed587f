/**
 * Starts a real Keycloak on loopback, with our realm, and ends it with everything that it started.
 *
 * @see spec/truphone.md section 12.13
 * @module
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { copyFileSync, mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const realmFile = fileURLToPath(new URL('../realm/tru-staff-realm.json', import.meta.url))
const startMaxMs = 240_000 // The first start of an installation also builds it, which takes minutes on a busy machine.
const endMaxMs = 10_000
const pollMs = 250
const outputMaxLength = 20_000

/** How to reach a running Keycloak as its administrator. */
export interface KeycloakAccess {
  /** With `/auth`, without a slash at the end. */
  readonly url: string
  readonly adminName: string
  readonly adminPassword: string
}

export interface KeycloakProcess extends KeycloakAccess, AsyncDisposable {
  /** From the start of the process to the first answer. */
  readonly startedInMs: number
}

/**
 * Tells by `missing` that this machine did not get it to answer within four minutes.
 *
 * @throws {Error} It ended; with the last lines of its log.
 */
export async function startKeycloak(home: string): Promise<KeycloakProcess | { readonly missing: string }> {
  mkdirSync(join(home, 'data', 'import'), { recursive: true })
  copyFileSync(realmFile, join(home, 'data', 'import', 'tru-staff-realm.json'))
  const [port, managementPort] = [await freePort(), await freePort()]
  const adminName = 'admin'
  const adminPassword = randomBytes(16).toString('hex')
  const since = performance.now()
  // A group of its own, since the script starts the JVM as a child.
  const child = spawn(
    'sh',
    [
      ...[join(home, 'bin', 'kc.sh'), 'start-dev', '--import-realm', '--db=dev-mem'],
      ...['--http-host=127.0.0.1', `--http-port=${port}`, `--http-management-port=${managementPort}`],
      '--http-relative-path=/auth',
    ],
    {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        NODE_OPTIONS: undefined,
        KC_BOOTSTRAP_ADMIN_USERNAME: adminName,
        KC_BOOTSTRAP_ADMIN_PASSWORD: adminPassword,
      },
    },
  )
  let output = ''
  const keep = (text: string): void => void (output = (output + text).slice(-outputMaxLength))
  child.stdout.setEncoding('utf8').on('data', keep)
  child.stderr.setEncoding('utf8').on('data', keep)
  const emergency = (): void => signal(child, 'SIGKILL')
  process.once('exit', emergency)
  const end = async (): Promise<void> => {
    await stop(child)
    process.off('exit', emergency)
  }
  const url = `http://127.0.0.1:${port}/auth`
  try {
    if (!(await answering(child, `${url}/realms/tru-staff/.well-known/openid-configuration`, since))) {
      await end()
      return { missing: `it did not answer within ${startMaxMs / 1_000} s of its start on this machine` }
    }
  } catch (error) {
    await end()
    throw new Error(`Keycloak did not start. Its last words:\n${output.slice(-2_000)}`, { cause: error })
  }
  return { url, adminName, adminPassword, startedInMs: performance.now() - since, [Symbol.asyncDispose]: end }
}

async function answering(child: ChildProcess, url: string, since: number): Promise<boolean> {
  while (performance.now() - since < startMaxMs) {
    if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}.`)
    const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined)
    await answer?.arrayBuffer()
    if (answer?.status === 200) return true
    await pause(pollMs)
  }
  return false
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  signal(child, 'SIGTERM')
  await Promise.race([gone, pause(endMaxMs, undefined, { ref: false })])
  signal(child, 'SIGKILL')
  await gone
}

// The whole group; it may be gone.
function signal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, name)
  } catch {
    return
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // It listens on TCP.
  await new Promise((resolve) => server.close(resolve))
  return port
}
