/**
 * The published Python SDK of eTIMS against the simulator, where a Python that has it is at hand: `LATCHKEY_PYTHON`, or
 * `python3`. `.ci/run` installs it.
 *
 * @see spec/etims.md section 10, "Compatibility duty"
 * @module
 */
import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startSimulator } from '@latchkey/simulator'
import { expect, it } from 'vitest'

const python = process.env['LATCHKEY_PYTHON'] || 'python3'
const program = fileURLToPath(new URL('support/etims_sdk.py', import.meta.url))
const isHere = spawnSync(python, ['-c', 'import kra_etims_sdk'], { timeout: 20_000 }).status === 0
if (!isHere) {
  console.warn('Skipped: no Python with the package kra-etims-sdk. Install it, or name one in LATCHKEY_PYTHON.')
}

it.skipIf(!isHere)('kra-etims-sdk 0.1.5 initializes a device, stocks goods and signs a sale, unchanged', async () => {
  await using simulator = await startSimulator()
  const { baseUrl, credentials } = simulator.systems.etims
  const directory = await mkdtemp(join(tmpdir(), 'latchkey-sdk-'))
  try {
    const run = promisify(execFile)(
      python,
      [program, baseUrl, JSON.stringify(credentials), join(directory, 'token.json')],
      { timeout: 60_000 },
    )
    const { stdout } = await run
    expect(JSON.parse(stdout)).toEqual({
      init: '000',
      'init again': expect.stringContaining('Server Error (902)') as string,
      ...{ select_code_list: '000', select_branches: '000', select_item_classes: '000', select_notice_list: '000' },
      ...{ select_items: '001', select_imported_items: '000', select_purchases: '000', select_stock_movement: '001' },
      ...{ select_customer: '000', save_item: '000', save_stock_io: '000', save_stock_master: '000' },
      save_sales_transaction: '000',
    })
    // A token for each of its two clients would be one too many: they share a file.
    const tokens = simulator.requests({ system: 'etims' }).filter(({ operation }) => operation === 'token')
    expect(tokens.length).toBeLessThanOrEqual(2)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
})
