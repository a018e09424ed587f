/**
 * Writes a generated file, or with `--check` says that it is out of date. Shared by all generators, so that each of
 * them can be checked.
 *
 * @module
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readText, root } from './workspace.ts'

/** True where the command line asks to compare and write nothing. */
export const onlyCheck = process.argv.includes('--check')

/**
 * Brings a file up to date, or reports the first line that differs and makes the process fail.
 *
 * @param command - What the reader should run to bring it up to date.
 */
export function bringUpToDate(path: string, text: string, command: string): void {
  const old = existsSync(join(root, path)) ? readText(path) : undefined
  if (old === text) return
  if (!onlyCheck) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
    console.log(`wrote ${path}`)
    return
  }
  console.error(`${path} is out of date: run \`${command}\` and read the difference.`)
  const [was, is] = [(old ?? '').split('\n'), text.split('\n')]
  const line = is.findIndex((each, index) => each !== was[index])
  console.error(`  line ${line + 1}\n  - ${was[line] ?? '(end)'}\n  + ${is[line] ?? '(end)'}`)
  process.exitCode = 1
}
