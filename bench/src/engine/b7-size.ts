/**
 * B7. If these numbers grow, every page, function image and container that carries the engine grows with it; a
 * dependency is one more thing that its users must trust.
 *
 * @module
 */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import type { Benchmark, Context } from '../harness/benchmark.ts'
import { peers } from '../harness/catalogue.ts'
import { installedPeer } from '../harness/installed.ts'
import type { Footprint } from '../harness/installed.ts'
import { packagesDirectory, peersDirectory } from '../harness/places.ts'
import { amount, ratio } from '../harness/result.ts'
import type { Cell, Outcome } from '../harness/result.ts'

const gzipBarBytes = 6_144
const ourPackages = ['core', 'http'] as const
const packLimitMs = 60_000

export const size: Benchmark = {
  id: 'B7',
  title: 'What it weighs',
  meaning:
    'If these numbers grow, everything that carries the engine grows with it, and a dependency is one more thing that its users must trust.',
  method:
    'Each entry is bundled whole (`export * from` it) and minified by esbuild for a neutral platform, with the modules of Node left outside, then compressed by gzip at its highest level. Installed bytes are the files of the package and of all that it needs, as they are unpacked.',
  run,
}

interface Weight {
  readonly name: string
  readonly minified: number
  readonly gzip: number
  readonly footprint: Footprint
}

async function run(context: Context): Promise<Outcome> {
  const weights: Weight[] = []
  for (const directory of ourPackages) {
    const footprint = await ourFootprint(directory)
    for (const entry of await entriesOf(directory)) {
      context.say(`B7 ${entry}`)
      weights.push({ name: entry, ...(await bundle(entry)), footprint })
    }
  }
  for (const { packageName } of peers) {
    context.say(`B7 ${packageName}`)
    weights.push({ name: packageName, ...(await bundle(packageName)), footprint: await installedPeer(packageName) })
  }
  return report(weights)
}

async function bundle(entry: string): Promise<{ minified: number; gzip: number }> {
  const result = await build({
    stdin: { contents: `export * from ${JSON.stringify(entry)}`, resolveDir: peersDirectory, loader: 'js' },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    target: 'node20',
    mainFields: ['module', 'main'],
    conditions: ['import', 'node'],
    external: ['node:*', ...builtinModules, ...builtinModules.map((name) => `${name}/*`)],
    legalComments: 'none',
    logLevel: 'silent',
  })
  const code = result.outputFiles[0]?.contents ?? new Uint8Array()
  return { minified: code.length, gzip: gzipSync(code, { level: 9 }).length }
}

interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, unknown>>
  readonly dependencies?: Readonly<Record<string, string>>
}

async function manifestOf(directory: string): Promise<Manifest> {
  const text = await readFile(join(packagesDirectory, directory, 'package.json'), 'utf8')
  return JSON.parse(text) as Manifest // Our own packages all have a name and exports.
}

// Every documented import path that is code.
async function entriesOf(directory: string): Promise<string[]> {
  const manifest = await manifestOf(directory)
  return Object.keys(manifest.exports)
    .filter((path) => !path.endsWith('.json'))
    .map((path) => manifest.name + path.slice(1))
}

// What `npm pack` would publish, with the same of our packages that it needs.
async function ourFootprint(directory: string): Promise<Footprint> {
  const manifest = await manifestOf(directory)
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--silent'], {
    cwd: join(packagesDirectory, directory),
    timeout: packLimitMs,
    maxBuffer: 16 * 2 ** 20,
  })
  const listing = JSON.parse(stdout) as unknown
  const own = unpackedSize(listing)
  let total: Footprint = { bytes: own, packages: 1, dependencies: Object.keys(manifest.dependencies ?? {}).length }
  for (const name of Object.keys(manifest.dependencies ?? {})) {
    const needed = name.startsWith('@latchkey/') ? await ourFootprint(name.slice('@latchkey/'.length)) : undefined
    if (needed === undefined) throw new Error(`${manifest.name} needs ${name}: say here how to weigh it.`)
    total = { ...total, bytes: total.bytes + needed.bytes, packages: total.packages + needed.packages }
  }
  return total
}

// One npm prints a list, another a record by name.
function unpackedSize(listing: unknown): number {
  const first = Object.values(listing as object)[0] as { unpackedSize?: unknown } | undefined // Checked below.
  if (typeof first?.unpackedSize !== 'number') throw new Error('npm pack did not say how large the package is.')
  return first.unpackedSize
}

function report(weights: readonly Weight[]): Outcome {
  const ours = weights.find(({ name }) => name === '@latchkey/core')
  const dependencies = ours?.footprint.dependencies ?? NaN
  return {
    table: {
      columns: ['minified', 'min + gzip', 'of ours', 'installed', 'of ours', 'packages', 'own dependencies'],
      rows: weights.map(({ name, minified, gzip, footprint }) => ({
        name,
        cells: [
          bytes(minified),
          bytes(gzip),
          ratio(gzip, ours?.gzip),
          bytes(footprint.bytes),
          ratio(footprint.bytes, ours?.footprint.bytes),
          { text: String(footprint.packages), raw: footprint.packages },
          { text: String(footprint.dependencies), raw: footprint.dependencies },
        ],
      })),
    },
    bars: [
      {
        claim: `@latchkey/core, main entry, at most ${amount(gzipBarBytes, 'bytes')} min + gzip`,
        measured: amount(ours?.gzip ?? NaN, 'bytes'),
        reached: (ours?.gzip ?? Infinity) <= gzipBarBytes,
        reason:
          'about 10 KiB are the shared-record protocol and its runner, the rest errors that say what to do, events and option checks; docs/decisions/0009 says why it is not split.',
      },
      { claim: '@latchkey/core has 0 dependencies', measured: String(dependencies), reached: dependencies === 0 },
    ],
    notes: [
      'Sizes are exact, so there is no spread.',
      'The bundle of @latchkey/http contains the parts of @latchkey/core that it needs. axios-auth-refresh is weighed with axios, which it requires of its user.',
    ],
  }
}

function bytes(value: number): Cell {
  return { text: amount(value, 'B'), raw: value }
}
