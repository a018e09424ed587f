/**
 * The version that `--version` prints, from the package itself.
 *
 * @module
 */
import { readFileSync } from 'node:fs'

const { version: found } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string
} // Our own file.

export const version: string = found
