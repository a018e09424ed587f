/**
 * Writes each package's JavaScript as one file an entry, beside the declarations that `tsc -b` writes. A program that
 * imports the engine opens one file instead of thirty, which is most of what importing costs (docs/benchmarks.md, B6).
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, string | { readonly '@latchkey/source'?: string }>>
}

const packages = readdirSync('packages').map((name) => join('packages', name))

await Promise.all(
  packages.map(async (folder) => {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest // Our own file.
    const sources = Object.values(manifest.exports).flatMap((entry) =>
      typeof entry === 'object' && entry['@latchkey/source'] !== undefined ? [entry['@latchkey/source']] : [],
    )
    // What the committed launcher of a command starts.
    if (existsSync(join(folder, 'src/main.ts'))) sources.push('./src/main.ts')
    const outdir = join(folder, 'dist')
    for (const stale of existsSync(outdir) ? readdirSync(outdir) : []) {
      if (/\.js(\.map)?$/.test(stale)) rmSync(join(outdir, stale))
    }
    await build({
      entryPoints: sources.map((source) => join(folder, source)),
      outdir,
      outbase: join(folder, 'src'),
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'es2022',
      packages: 'external',
      sourcemap: true,
      sourcesContent: false,
      logLevel: 'warning',
    })
  }),
)
