/**
 * Makes one plain JavaScript file of the worker program, so that two hundred processes need not compile it again.
 *
 * Our packages stay outside of it and are read as built. Where the tests themselves are run on the sources
 * (`NODE_OPTIONS=--conditions=@latchkey/source`), so is the worker.
 *
 * @module
 */
import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const source = '@latchkey/source'

/** The path of the program, made anew by each test process. */
export const workerProgram = programIn(new URL('../', import.meta.url))

/** The program whose sources begin at `worker/main.ts` of this folder. */
export function programIn(folder: URL): () => Promise<string> {
  let program: Promise<string> | undefined
  return () => (program ??= bundle(folder))
}

async function bundle(folder: URL): Promise<string> {
  const entry = fileURLToPath(new URL('worker/main.ts', folder))
  const output = fileURLToPath(new URL('dist/', folder)) // Inside the workspace, so that packages are found.
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
