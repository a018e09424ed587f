/**
 * Transcripts of the command itself: the demo, the simulator as a process, its streams and its exit codes.
 *
 * @see DESIGN section 4
 * @module
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { request } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { bin, document, latchkey, start } from './support/command.ts'
import type { Ran, Running } from './support/command.ts'

interface Ready {
  readonly url: string
  readonly control: string
  readonly systems: {
    readonly daraja: { readonly baseUrl: string; readonly credentials: Readonly<Record<string, string>> }
  }
}

const children: Running[] = []

afterEach(async () => {
  for (const { child, ended } of children.splice(0)) {
    child.kill('SIGKILL')
    await ended
  }
})

async function simulator(): Promise<Running & { readonly ready: Ready }> {
  const running = start(['simulator', '--port', '0', '--json'])
  children.push(running)
  await running.says('}\n')
  return { ...running, ready: document({ out: running.out() }) as unknown as Ready } // The shape is asserted below.
}

describe('latchkey demo', () => {
  it('shows for Daraja five steps that cost three token requests, and ends with 0', async () => {
    const { exit, out, err } = await latchkey('demo')
    expect(exit).toBe(0)
    const [heading, ...rows] = out.split('\n')
    expect(heading).toMatch(/^system +what happened +result +token requests$/)
    expect(rows.slice(0, 5).map((row) => row.replaceAll(/receipt \w{10} /g, 'receipt R '))).toEqual([
      expect.stringMatching(/^daraja +50 callers ask for a token at once +1 token between them +1$/),
      expect.stringMatching(/^daraja +a payment with that token +paid, receipt R +1$/),
      expect.stringMatching(/^daraja +the token is killed; another payment +paid, receipt R +2$/),
      expect.stringMatching(/^daraja +one hour later; another payment +paid, receipt R +3$/),
      expect.stringMatching(/^daraja +and another, with the token in hand +paid, receipt R +3$/),
    ])
    expect(out).toContain('Every call succeeded')
    expect(err).toMatch(/^The simulator listens on http:\/\/127\.0\.0\.1:\d+ for the length of this demo\.\n\n$/)
  })

  it('says the same as one JSON document with --json, and nothing else', async () => {
    const ran = await latchkey('demo', '--json')
    const { steps } = document(ran) as { steps: { system: string; step: string; tokenRequests: number }[] }
    const of = (name: string) => steps.filter(({ system }) => system === name).map(({ tokenRequests }) => tokenRequests)
    expect(of('daraja')).toEqual([1, 1, 2, 3, 3])
    expect(of('etims')).toEqual([1, 1, 1, 2, 2, 2])
    expect(of('truphone')).toEqual([1, 1, 1, 2, 4]) // A refresh, and then one that was refused and a login.
    expect(of('ksef')).toEqual([2, 2, 3]) // A signed request and its redemption, and then a refresh.
    expect(ran).toMatchObject({ exit: 0, err: '' })
  })
})

describe('latchkey simulator', () => {
  it('prints one JSON line with its addresses and ready-made credentials, serves, and ends with 0 at SIGTERM', async () => {
    const { ready, stop } = await simulator()
    const { url, control, systems } = ready
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(control).toBe(`${url}/_simulator`)
    expect(systems.daraja.baseUrl).toBe(`${url}/daraja`)
    const names = ['consumerKey', 'consumerSecret', 'shortCode', 'passkey', 'initiator', 'securityCredential', 'msisdn']
    for (const name of names) expect([name, systems.daraja.credentials[name]]).toEqual([name, expect.any(String)])
    expect(await (await fetch(`${control}/state`)).json()).toMatchObject({ url, systems: { daraja: {} } })

    const { exit, out, ms } = await stop('SIGTERM')
    expect([exit, out.split('\n').length]).toEqual([0, 2])
    expect(ms).toBeLessThan(2000)
  })

  it('introduces itself to people with accounts, faults and what to try', async () => {
    const running = start(['simulator', '--port', '0'])
    children.push(running)
    await running.says('Stop it with Ctrl-C.')
    const { exit, out, err } = await running.stop('SIGINT')
    expect([exit, err]).toEqual([0, 'Stopping.\n'])
    for (const line of [
      /^The simulator listens on http:\/\/127\.0\.0\.1:\d+$/m,
      /^consumerSecret +\S+$/m,
      /^msisdn +254708374149$/m,
      /^POST http:\S+\/_simulator\/faults +\{"system"/m,
      /^Fault kinds: latency, .*resetAfter/m,
      /^Try: latchkey token daraja --simulator http:/m,
    ]) {
      expect(out).toMatch(line)
    }
  })

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends with 0 within two seconds of %s, also with a connection held open and a request that a fault holds up',
    async (signal) => {
      const { ready, stop } = await simulator()
      const { url, control } = ready
      const keptOpen = request(`${control}/state`, { agent: false, headers: { connection: 'keep-alive' } })
      keptOpen.on('error', () => {})
      await new Promise((resolve) => keptOpen.on('response', (response) => response.on('end', resolve).resume()).end())
      await fetch(`${control}/faults`, {
        method: 'POST',
        body: JSON.stringify({ system: 'daraja', kind: 'latency', ms: 60_000 }),
      })
      const heldUp = fetch(`${url}/daraja/oauth/v1/generate?grant_type=client_credentials`).catch(() => 'cut off')
      await expect.poll(async () => ((await (await fetch(`${control}/requests`)).json()) as unknown[]).length).toBe(1)

      const { exit, ms } = await stop(signal)
      expect(exit).toBe(0)
      expect(ms).toBeLessThan(2000)
      expect(await heldUp).toBe('cut off')
    },
  )

  it('says that a port is in use and how to take another: exit 2', async () => {
    const { ready } = await simulator()
    const { port } = new URL(ready.url)
    const { exit, out, err } = await latchkey('simulator', '--port', port)
    expect([exit, out]).toEqual([2, ''])
    expect(err).toContain(`Port ${port} is in use. Stop what listens there, or choose another with --port`)
  })
})

describe('streams', () => {
  const shell = (line: string): Promise<Ran> =>
    new Promise((resolve) => {
      const command = `${process.execPath} ${bin}`
      const child = spawn('/bin/bash', ['-c', line.replaceAll('latchkey', command)], {
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let out = ''
      let err = ''
      child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
      child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
      child.once('close', (exit) => resolve({ exit, out, err }))
    })

  it('takes a reader that leaves early for no failure', async () => {
    const { exit, out } = await shell('set -o pipefail; latchkey demo | head -1')
    expect(exit).toBe(0)
    expect(out).toMatch(/^system +what happened +result +token requests\n$/)
    const closed = await shell('set -o pipefail; latchkey demo | true')
    expect(closed.exit).toBe(0)
  })

  it.skipIf(!existsSync('/dev/full'))('says that the disk is full: exit 1', async () => {
    expect(await shell('latchkey --version > /dev/full')).toEqual({
      ...{ exit: 1, out: '' },
      err: 'Standard output cannot be written (ENOSPC): what belongs there is lost.\n',
    })
  })

  it('goes on when nobody reads standard error', async () => {
    const running = start(['demo'])
    running.child.stderr?.destroy()
    const { exit, out } = await running.ended
    expect([exit, out]).toEqual([0, expect.stringContaining('Every call succeeded')])
  })

  it('sends no escape sequences, with NO_COLOR and without', async () => {
    for (const env of [{ NO_COLOR: '' }, { FORCE_COLOR: '1', NO_COLOR: '1' }]) {
      const ran = await start(['demo'], env).ended
      expect(ran.exit).toBe(0)
      expect(ran.out + ran.err).not.toContain('\u001b')
    }
  })
})

describe('help and mistakes', () => {
  it.each(['', 'demo', 'simulator', 'token', 'daraja', 'daraja stk-push', 'daraja stk-query', 'daraja balance'])(
    'latchkey %s --help says how it is used and ends with 0',
    async (command) => {
      const words = command.split(' ').filter(Boolean)
      const { exit, out, err } = await latchkey(...words, '--help')
      expect([exit, err]).toEqual([0, ''])
      expect(out).toContain(`Usage: ${['latchkey', ...words].join(' ')}`)
    },
  )

  it('names the nearest flag for a misspelt one: exit 2', async () => {
    const { exit, out, err } = await latchkey('token', 'daraja', '--simulatr', 'http://127.0.0.1:1')
    expect([exit, out]).toEqual([2, ''])
    expect(err).toContain("unknown option '--simulatr'")
    expect(err).toContain('--simulator')
  })

  it.each([
    ['a flag that does not exist', ['token', 'daraja', '--simulatr', 'x', '--json']],
    ['a missing argument', ['token', '--json']],
    ['a value out of range', ['daraja', 'stk-push', '--amount', '0', '--json']],
    ['no simulator', ['token', 'daraja', '--json']],
  ])('says %s as one JSON document where JSON was asked for: exit 2', async (_, words) => {
    const ran = await latchkey(...words)
    expect(ran.exit).toBe(2)
    expect(document(ran)).toMatchObject({ error: { code: 'LATCHKEY_USAGE', message: expect.any(String) as string } })
  })
})
