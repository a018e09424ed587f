/**
 * `latchkey simulator --data FILE`: what a simulator that is stopped, or killed, and started again still knows.
 *
 * @see DESIGN section 5
 * @module
 */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { document, latchkey } from './support/command.ts'
import { startSimulatorProcess } from './support/profile-home.ts'
import type { SimulatorProcess } from './support/profile-home.ts'

let folder: string
let data: string
const running: SimulatorProcess[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-data-'))
  data = join(folder, 'simulator.json')
})
afterEach(async () => {
  for (const simulator of running.splice(0)) await simulator.kill()
  await rm(folder, { recursive: true, force: true })
})

async function begin(...flags: readonly string[]): Promise<SimulatorProcess> {
  const simulator = await startSimulatorProcess('--data', data, ...flags)
  running.push(simulator)
  return simulator
}

const push = ({ url }: SimulatorProcess) =>
  latchkey('daraja', 'stk-push', '--amount', '5', '--phone', '0712340060', '--json', '--simulator', url)
const query = ({ url }: SimulatorProcess, id: unknown) =>
  latchkey('daraja', 'stk-query', String(id), '--json', '--simulator', url)

/** Whether an authorized call is accepted: the query of an unknown payment gets past the token's check. */
async function accepts({ baseUrl, credentials }: SimulatorProcess, token: string): Promise<boolean> {
  const { shortCode = '', passkey = '' } = credentials
  const Timestamp = '20260115093000'
  const body = {
    BusinessShortCode: shortCode,
    Password: Buffer.from(shortCode + passkey + Timestamp).toString('base64'),
    Timestamp,
    CheckoutRequestID: 'ws_CO_15012026093000000708374149',
  }
  const answer = await fetch(`${baseUrl}/mpesa/stkpushquery/v1/query`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return (await answer.text()).includes('The transaction does not Exist')
}

describe('latchkey simulator --data', () => {
  it('goes on where it was stopped: credentials, token, an open payment and its clock', async () => {
    const first = await begin()
    const { checkoutRequestId } = document(await push(first))
    expect(document(await query(first, checkoutRequestId))).toMatchObject({ state: 'pending' })
    await first.control('clock', { advanceMs: 7_200_000 })
    const paidLater = document(await push(first))
    const { out } = await latchkey('token', 'daraja', '--simulator', first.url)
    const { exit, err } = await first.stop()
    expect([exit, err]).toEqual([0, 'Stopping.\n'])
    expect((await stat(data)).mode & 0o777).toBe(0o600)

    const again = await begin()
    expect(again.credentials).toEqual(first.credentials)
    expect(await accepts(again, out.trim())).toBe(true)
    expect(document(await query(again, checkoutRequestId))).toMatchObject({ state: 'failed', resultCode: '1037' })
    expect(document(await query(again, paidLater['checkoutRequestId']))).toMatchObject({ state: 'pending' })
    expect(await again.control('state')).toMatchObject({ clock: { advancedMs: 7_200_000 } })
    await again.control('clock', { advanceMs: 60_000 })
    expect(document(await query(again, paidLater['checkoutRequestId']))).toMatchObject({ state: 'failed' })
  })

  it('goes on where it was killed, but for the last quarter of a second', async () => {
    const first = await begin('--seed', '7')
    const { out } = await latchkey('token', 'daraja', '--simulator', first.url)
    await expect.poll(async () => (await readFile(data, 'utf8')).includes(out.trim()), { timeout: 5000 }).toBe(true)
    await first.kill()

    const again = await begin()
    expect(again.credentials['consumerKey']).toBe(first.credentials['consumerKey'])
    expect(await accepts(again, out.trim())).toBe(true)
    const { out: next } = await latchkey('token', 'daraja', '--simulator', again.url)
    expect(next).not.toBe(out)
    expect(await accepts(again, out.trim())).toBe(false)
  })

  it.each([
    ['that is no state', 'notes to self', /simulator\.json is not a data file of this simulator/],
    ['of a later version', '{"format":"latchkey-simulator","version":9}', /has the format 9 of another version/],
  ])('refuses a file %s and leaves it alone: exit 2', async (_, content, message) => {
    await writeFile(data, content)
    const { exit, out, err } = await latchkey('simulator', '--port', '0', '--data', data)
    expect([exit, out]).toEqual([2, ''])
    expect(err).toMatch(message)
    expect(await readFile(data, 'utf8')).toBe(content)
  })

  it('says that a folder is missing before it listens: exit 2', async () => {
    const { exit, out, err } = await latchkey('simulator', '--port', '0', '--data', join(folder, 'no', 'state.json'))
    expect([exit, out]).toEqual([2, ''])
    expect(err).toMatch(/cannot be written \(ENOENT\)\. Choose a file in a folder that exists/)
  })
})
