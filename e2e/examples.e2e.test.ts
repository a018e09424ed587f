/**
 * Every example runs to its end, as its header says, and the list of them names each.
 *
 * @see STYLE section 1, "Documents are checked like code"
 * @module
 */
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const names = readdirSync(`${root}examples`).filter((name) => name.endsWith('.ts'))

function run(name: string): Promise<{ exit: number | null; out: string; err: string }> {
  const flags = ['--import', 'tsx', '--conditions=@latchkey/source', `examples/${name}`]
  const child = spawn(process.execPath, flags, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], timeout: 90_000 })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exit) => resolve({ exit, out, err }))
  })
}

// What each has to show; an example that is not here fails below.
const shows: Readonly<Record<string, RegExp>> = {
  'get-a-token.ts': /Asked again: the same token\.\nForced: another token\.\nToken requests: 2\.\n$/,
  'many-tenants.ts': /(\w+ was asked for 1 token\.\n){3}$/,
  'own-provider.ts': /After its death: \["apple","pear"\]\nPrinting the source shows no token: (?!.*token-\d)/,
  'stk-push-and-callback.ts': /Nobody has paid yet\.\nPaid 120, receipt \w{10}\.\n$/,
  'survive-token-death.ts': /10 requests accepted, [1-9]\d* of them after a refusal\.\nToken requests: 2\.\n$/,
  'test-expiry-without-waiting.ts': /Token requests: 4\.\n$/,
  'sell-with-a-receipt.ts': /The answer to INV-2 was lost: settled\.\nReceipts: 2\.\n$/,
  'new-esim.ts': /COMPLETED: \d{19}, and a QR picture of \d{4} bytes\.\n[^]*: unknown, [^]*Asked again: settled\.\n$/,
  'sign-in-to-ksef.ts': /(The \w+ start sees 2 sessions\.\n){2}Sign-ins: 2, refreshes: 0\.\n$/,
  'unknown-outcome.ts': /With the callback: settled\.\nPayments asked for: 1\.\n$/,
}

describe.concurrent('examples', () => {
  it.each(names)('%s runs, shows what it promises and ends with 0', async (name) => {
    const { exit, out, err } = await run(name)
    expect([exit, err]).toEqual([0, ''])
    expect(out).toMatch(shows[name] ?? /^$/)
  })

  it.each(names)('%s says how to run it, and the list names it', (name) => {
    const command = `npx tsx --conditions=@latchkey/source examples/${name}`
    expect(readFileSync(`${root}examples/${name}`, 'utf8')).toContain(` * Run: ${command}\n`)
    expect(readFileSync(`${root}examples/README.md`, 'utf8')).toContain(`](${name})`)
  })
})
