/**
 * Worker threads, a forked cluster and frozen intrinsics: each is one more way in which a program may be run, and they all
 * share one token.
 *
 * @see engine.md section 15, "Process"
 * @module
 */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { generateSealingKey } from '@latchkey/core/seal'
import { startSimulator } from '@latchkey/simulator'
import type { Simulator } from '@latchkey/simulator'
import { afterEach, beforeEach, expect, it } from 'vitest'

const program = fileURLToPath(new URL('support/process-kinds.mjs', import.meta.url))
let simulator: Simulator
let directory: string
beforeEach(async () => {
  simulator = await startSimulator()
  directory = await mkdtemp(join(tmpdir(), 'latchkey-kinds-'))
})
afterEach(async () => {
  await simulator.close()
  await rm(directory, { recursive: true, force: true })
})

async function run(kind: string, ...flags: readonly string[]): Promise<readonly string[]> {
  const { baseUrl, credentials } = simulator.systems.daraja
  const { consumerKey, consumerSecret } = credentials
  const key = generateSealingKey().reveal()
  const args = [...flags, program, kind, baseUrl, consumerKey, consumerSecret, join(directory, 'tokens'), key]
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 30_000 })
  return JSON.parse(stdout) as readonly string[] // As the program prints it.
}

it.each([
  ['threads', 'worker threads of one process'],
  ['cluster', 'processes of a cluster'],
])('%s: four %s share one token request', async (kind) => {
  const tokens = await run(kind)
  expect(tokens).toHaveLength(4)
  expect(new Set(tokens).size).toBe(1)
  expect(simulator.state().systems.daraja.tokenRequests).toBe(1)
})

it('a program under --frozen-intrinsics gets its token', async () => {
  expect(await run('plain', '--frozen-intrinsics')).toHaveLength(1)
})
