/**
 * What the tests of certificates share: the `openssl` command, where there is one, and folders that vanish.
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished, test } from 'vitest'

const program = 'openssl'
const hasOpenssl = spawnSync(program, ['version']).status === 0

if (!hasOpenssl) console.warn('skipped: tests that need the openssl command, which is not installed')

/** `test`, where the `openssl` command is there. */
export const opensslTest = test.skipIf(!hasOpenssl)

/** Runs `openssl`, fails where it fails, and gives what it printed. */
export function openssl(args: readonly string[], input?: string | Uint8Array): Buffer {
  const { status, stdout, stderr } = spawnSync(program, args, { input, timeout: 20_000 })
  if (status !== 0) throw new Error(`openssl ${args[0] ?? ''} failed: ${stderr.toString()}`)
  return stdout
}

/** A folder that is removed when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-ksef-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}
