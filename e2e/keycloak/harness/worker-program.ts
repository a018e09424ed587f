/**
 * Makes one plain JavaScript file of the worker program. Our packages stay outside of it and are read as built, or as
 * sources where the tests themselves are run on those.
 *
 * @module
 */
import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const entry = fileURLToPath(new URL('../worker/main.ts', import.meta.url))
const output = fileURLToPath(new URL('../dist/', import.meta.url)) // Inside the workspace, so that packages are found.
const source = '@latchkey/source'

let program: Promise<string> | undefined

/** The path of the program, made anew by each test process. */
export function workerProgram(): Promise<string> {
  return (program ??= bundle())
}

async function bundle(): Promise<string> {
  const fromSources = process.env['NODE_OPTIONS']?.includes(source) === true
  const how = fromSources
    ? { conditions: [source], external: ['pg', 'ioredis', '@redis/client'] }
    : { packages: 'external' as const }
  const [draft, outfile] = [join(output, `worker-${process.pid}.mjs`), join(output, 'worker.mjs')]
  const format = { bundle: true, format: 'esm', platform: 'node', target: 'node20' } as const
  await build({ entryPoints: [entry], outfile: draft, ...format, ...how })
  renameSync(draft, outfile) // Whole, or as it was.
  return outfile
}
