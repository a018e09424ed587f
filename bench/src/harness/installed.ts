/**
 * The peers on disk: installs them when they are missing or older than their lock file, and weighs what one of them
 * brings along.
 *
 * @module
 */
import { execFile } from 'node:child_process'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { peersDirectory } from './places.ts'

export interface Footprint {
  readonly bytes: number
  readonly packages: number
  /** Named by the package itself. */
  readonly dependencies: number
}

interface Locked {
  readonly version?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
}

const installLimitMs = 300_000

/** Runs `npm ci` beside the peers' lock file if what is installed does not come from it. */
export async function ensurePeers(say: (text: string) => void): Promise<void> {
  const [lock, installed] = await Promise.all(
    ['package-lock.json', 'node_modules/.package-lock.json'].map((path) => modifiedAt(join(peersDirectory, path))),
  )
  if (lock === undefined) throw new Error('bench/peers/package-lock.json is missing.')
  if (installed !== undefined && installed >= lock) return
  say('Installing the peers (npm ci in bench/peers)')
  // Run from the peers' own folder with the workspaces out of sight: they are no part of this repository's tree.
  await promisify(execFile)('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--workspaces=false'], {
    cwd: peersDirectory,
    timeout: installLimitMs,
  })
}

/** Name and installed version of every peer that `package.json` pins. */
export async function peerVersions(): Promise<ReadonlyMap<string, string>> {
  const packages = await lockedPackages()
  const names = Object.keys(packages.get('')?.dependencies ?? {})
  return new Map(names.map((name) => [name, packages.get(`node_modules/${name}`)?.version ?? 'missing']))
}

/** The package and everything that installing it brings, required peer dependencies included. */
export async function installedPeer(name: string): Promise<Footprint> {
  const packages = await lockedPackages()
  const root = `node_modules/${name}`
  const reached = new Set([root])
  for (const place of reached) {
    for (const needed of needs(packages.get(place))) {
      const found = resolve(packages, place, needed)
      if (found !== undefined) reached.add(found) // A set that grows while it is walked visits what was added.
    }
  }
  const sizes = await Promise.all([...reached].map((place) => sizeOf(join(peersDirectory, place))))
  return {
    bytes: sizes.reduce((sum, one) => sum + one, 0),
    packages: reached.size,
    dependencies: needs(packages.get(root)).length,
  }
}

async function lockedPackages(): Promise<ReadonlyMap<string, Locked>> {
  const text = await readFile(join(peersDirectory, 'package-lock.json'), 'utf8')
  const { packages } = JSON.parse(text) as { packages: Record<string, Locked> } // The format of lock file 3.
  return new Map(Object.entries(packages))
}

function needs(locked: Locked | undefined): string[] {
  const optional = locked?.peerDependenciesMeta ?? {}
  return [
    ...Object.keys(locked?.dependencies ?? {}),
    ...Object.keys(locked?.optionalDependencies ?? {}),
    ...Object.keys(locked?.peerDependencies ?? {}).filter((name) => optional[name]?.optional !== true),
  ]
}

// As Node looks for it: in the package's own node_modules, then in each one above.
function resolve(packages: ReadonlyMap<string, Locked>, place: string, name: string): string | undefined {
  for (let above = place; ; above = above.slice(0, Math.max(0, above.lastIndexOf('/node_modules/')))) {
    const found = `${above === '' ? '' : `${above}/`}node_modules/${name}`
    if (packages.has(found)) return found
    if (above === '') return undefined
  }
}

async function sizeOf(directory: string): Promise<number> {
  let bytes = 0
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) bytes += entry.name === 'node_modules' ? 0 : await sizeOf(path)
    else bytes += (await stat(path)).size
  }
  return bytes
}

async function modifiedAt(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  )
}
