/**
 * Where things are in this repository, read from the tree itself so that a new package needs no second list.
 *
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '')

/** One publishable package, with what its package.json says about the outside of it. */
export interface PublishedPackage {
  /** Folder below `packages/`. */
  readonly folder: string
  readonly name: string
  readonly version: string
  /** Documented import paths, `.` or `./name`, with the source file that each one opens. */
  readonly entries: readonly { readonly path: string; readonly source: string }[]
  /** Names of the commands that it installs. */
  readonly commands: readonly string[]
  /** Installed with it; only those that are ours. */
  readonly ours: readonly string[]
}

interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly bin?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
}

/** Every package that is published, by folder name. */
export function publishedPackages(): PublishedPackage[] {
  return readdirSync(join(root, 'packages'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name: folder }) => ({ folder, manifest: readManifest(folder) }))
    .filter(({ manifest }) => manifest.private !== true)
    .map(({ folder, manifest }) => ({
      folder,
      name: manifest.name,
      version: manifest.version,
      entries: Object.entries(manifest.exports).flatMap(([path, target]) => {
        const source = typeof target === 'string' ? undefined : target['@latchkey/source']
        return source === undefined ? [] : [{ path, source: join('packages', folder, source) }]
      }),
      commands: Object.keys(manifest.bin ?? {}),
      ours: Object.keys(manifest.dependencies ?? {}).filter((name) => name.startsWith('@latchkey/')),
    }))
}

function readManifest(folder: string): Manifest {
  // Our own file, checked by publint; what is wrong with it shows at once.
  return JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8')) as Manifest
}

const generated = new Set(['node_modules', 'dist', 'coverage', '.git'])

/** Every file that belongs to the repository, relative to the root with `/`, without installed and generated ones. */
export function repositoryFiles(folder = root): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    const name = relative(root, path).split(sep).join('/')
    if (entry.isDirectory()) return generated.has(entry.name) || name === 'docs/api' ? [] : repositoryFiles(path)
    return entry.isFile() && !/\.(log|tgz)$/.test(name) ? [name] : []
  })
}

/** Reads a file of the repository. */
export function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}
