/**
 * Removes everything that a command here generates and git ignores. `tsc -b --clean` leaves the output of files that
 * are gone.
 *
 * @module
 */
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './workspace.ts'

const packages = readdirSync(join(root, 'packages')).map((folder) => `packages/${folder}/dist`)
for (const path of [...packages, 'dist', 'bench/dist', 'coverage', 'docs/api']) {
  rmSync(join(root, path), { recursive: true, force: true })
}
