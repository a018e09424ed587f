/**
 * Reference files that may be read on a machine that has them, and never belong into the repository. They are looked for
 * beside it, in `shared/data/ksef`; tests that use them are skipped where the folder is missing.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { test } from 'vitest'

const folder = fileURLToPath(new URL('../../../../../../shared/data/ksef/', import.meta.url))
const hasSharedData = existsSync(`${folder}vectors.json`)

if (!hasSharedData) console.warn('skipped: tests that read shared/data/ksef, which is not beside this repository')

/** `test`, where the folder is there. */
export const sharedTest = test.skipIf(!hasSharedData)

/** The text of one of the files. */
export function sharedText(path: string): string {
  return readFileSync(folder + path, 'utf8')
}
