/**
 * Finds a Keycloak distribution on this machine, or has Maven bring it, once. Says what is missing where it cannot.
 *
 * @see spec/truphone.md section 12.13
 * @module
 */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Runs on Java 17 and later. */
export const keycloakVersion = '26.7.4'

const javaMin = 17
const askMs = 30_000
const bringMs = 180_000
const textMaxBytes = 1_048_576

/** Where it is unpacked, or why it cannot be had. */
export type Distribution = { readonly home: string } | { readonly missing: string }

/** Looks in the user's cache folder first; what is brought stays there (about 450 MB). */
export async function findDistribution(): Promise<Distribution> {
  const java = await run('java', ['-version'], askMs)
  const major = Number(/version "(\d+)/.exec(java.text)?.[1])
  if (!java.succeeded || !(major >= javaMin)) return { missing: `there is no Java ${javaMin} or later` }
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'latchkey', 'keycloak')
  const home = join(cache, `keycloak-${keycloakVersion}`)
  if (existsSync(join(home, 'bin', 'kc.sh'))) return { home }
  mkdirSync(cache, { recursive: true })
  const archive = join(cache, `keycloak-quarkus-dist-${keycloakVersion}.zip`)
  if (!existsSync(archive)) {
    const artifact = `-Dartifact=org.keycloak:keycloak-quarkus-dist:${keycloakVersion}:zip`
    if (!(await run('mvn', ['-v'], askMs)).succeeded) return { missing: 'there is no Maven to bring the distribution' }
    const brought = await run('mvn', ['-q', '-B', 'dependency:copy', artifact, `-DoutputDirectory=${cache}`], bringMs)
    if (!brought.succeeded) return { missing: `Maven could not bring Keycloak ${keycloakVersion}` }
  }
  if (!(await unpack(archive, cache, home))) return { missing: 'neither unzip nor jar could unpack it' }
  rmSync(archive, { force: true })
  return { home }
}

// Under another name first, so that half of it is never taken for the whole.
async function unpack(archive: string, cache: string, home: string): Promise<boolean> {
  const draft = mkdtempSync(join(cache, 'unpacking-'))
  try {
    const unzipped = await run('unzip', ['-q', archive, '-d', draft], bringMs)
    if (!unzipped.succeeded && !(await run('jar', ['xf', archive], bringMs, draft)).succeeded) return false
    if (!existsSync(home)) renameSync(join(draft, `keycloak-${keycloakVersion}`), home)
    return true
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

async function run(
  command: string,
  words: readonly string[],
  timeout: number,
  cwd?: string,
): Promise<{ readonly succeeded: boolean; readonly text: string }> {
  try {
    const options = { timeout, maxBuffer: textMaxBytes, ...(cwd !== undefined && { cwd }) }
    const { stdout, stderr } = await promisify(execFile)(command, [...words], options)
    return { succeeded: true, text: stdout + stderr }
  } catch {
    return { succeeded: false, text: '' } // Absent, refused or too slow: all the same here.
  }
}
