/**
 * Counts what an installation brings: a budget in packages and bytes, and no code that runs during installation.
 *
 * @module
 */
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const packagesMax = 200
const bytesMax = 60_000_000

/** One line per budget that is exceeded and per package with an install script. */
export function footprint(project: string): string[] {
  // Written by npm a moment ago; these are the fields of lock file version 3.
  const lock = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { hasInstallScript?: boolean }>
  }
  const installed = Object.entries(lock.packages).filter(([path]) => path !== '')
  const bytes = bytesBelow(join(project, 'node_modules'))
  console.log(`             ${installed.length} packages, ${(bytes / 1e6).toFixed(1)} MB`)
  return [
    ...(installed.length > packagesMax ? [`${installed.length} packages; the budget is ${packagesMax}`] : []),
    ...(bytes > bytesMax ? [`${bytes} bytes; the budget is ${bytesMax}`] : []),
    ...installed.filter(([, each]) => each.hasInstallScript).map(([path]) => `${path} has an install script`),
  ]
}

function bytesBelow(folder: string): number {
  let bytes = 0
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    const status = lstatSync(path)
    bytes += status.isDirectory() ? bytesBelow(path) : status.size
  }
  return bytes
}
