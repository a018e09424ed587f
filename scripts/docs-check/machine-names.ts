/**
 * Finds paths of one machine and hosts of package registries, which are noise to every reader and a leak at worst. The
 * lock files must not say where packages came from, so that each machine asks the registry that it is set up for.
 *
 * @module
 */
import { execFileSync } from 'node:child_process'
import { readText } from '../workspace.ts'

// In pieces, so that this file does not find itself.
const machinePath = new RegExp(`(^|[\\s"'\`(=:])/(${['work', 'root', 'home'].join('|')})/[\\w.-]`)
const registryHost = new RegExp(
  `https?://[\\w.-]*(${['registry', 'npmjs', 'yarnpkg', 'jfrog', 'nexus'].join('|')})[\\w.-]*`,
)
const binary = /\.(png|ico|gif|woff2?|p12|pfx|der)$/

/** One line per finding. */
export function machineNames(files: readonly string[]): string[] {
  const configured = configuredRegistry()
  return files
    .filter((name) => !binary.test(name))
    .flatMap((name) => {
      const lock = name.endsWith('package-lock.json')
      const lines = readText(name).split('\n')
      return lines.flatMap((line, index) => {
        const what = machineName(line, configured, lock)
        return what === undefined ? [] : [`${name}:${index + 1} names ${what}`]
      })
    })
}

/**
 * What one line names, if anything.
 *
 * @param configured - Host of the registry that this machine asks.
 * @param lock - The line is from a lock file, where no address at all may say where a package came from.
 */
export function machineName(line: string, configured: string | undefined, lock: boolean): string | undefined {
  if (machinePath.test(line)) return 'a path of one machine'
  const named = registryHost.test(line) || (configured !== undefined && line.includes(configured))
  return named || (lock && /"resolved": "[a-z+]+:/.test(line)) ? 'a package registry' : undefined
}

function configuredRegistry(): string | undefined {
  try {
    const options = { encoding: 'utf8', shell: process.platform === 'win32' } as const
    const { host } = new URL(execFileSync('npm', ['config', 'get', 'registry'], options).trim())
    return host === '' ? undefined : host
  } catch {
    return undefined // Without npm there is no configured registry to look for.
  }
}
