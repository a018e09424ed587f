/** `latchkey demo` and `latchkey simulator`, in this process. @module */
import { describe, expect, it } from 'vitest'
import { run } from '../../src/program.ts'
import { type } from '../terminal.ts'

describe('latchkey demo', () => {
  it('plays every provider, each with the token requests that it must cost', { timeout: 60_000 }, async () => {
    const { exit, out, err } = await type('demo --json')
    expect([exit, err]).toEqual([0, ''])
    const { steps } = JSON.parse(out) as {
      steps: { system: string; step: string; result: string; tokenRequests: number }[]
    } // One object.
    const of = (name: string) => steps.filter(({ system }) => system === name)
    expect(of('daraja').map(({ tokenRequests }) => tokenRequests)).toEqual([1, 1, 2, 3, 3])
    expect(of('etims').map(({ tokenRequests }) => tokenRequests)).toEqual([1, 1, 1, 2, 2, 2])
    expect(of('etims').map(({ result }) => result)).toEqual([
      '1 token between them',
      'control unit KRACU0400000001',
      '16 classes',
      'KE2NTNO0000001, 10 pieces',
      'invoice 1, receipt 1/1',
      'invoice 1, receipt 1/1',
    ])
    expect(of('truphone').map(({ tokenRequests }) => tokenRequests)).toEqual([1, 1, 1, 2, 4])
    expect(of('truphone').map(({ result }) => result)).toEqual([
      '1 token between them',
      '3 plans',
      expect.stringMatching(/^LPA:1\$rsp\.truphone\.com\$\S+$/),
      'Released, by a refresh',
      'ACTIVE, by one new login',
    ])
    expect(of('ksef').map(({ tokenRequests }) => tokenRequests)).toEqual([2, 2, 3])
    expect(of('ksef').map(({ result }) => result)).toEqual([
      '1 token between them',
      '10000 invoices a session',
      '1 session, by a refresh',
    ])
  })

  it('prints a table and what to do next', { timeout: 60_000 }, async () => {
    const { exit, out, err } = await type('demo')
    expect(exit).toBe(0)
    expect(err).toMatch(/^The simulator listens on http:\S+ for the length of this demo\.\n\n$/)
    expect(out).toMatch(
      /^system +what happened +result +token requests\ndaraja +50 callers[^]*\netims +50 callers[^]*\ntruphone +50 callers[^]*\nksef +50 callers/,
    )
    expect(out).toMatch(/no token was asked for twice\. Next: latchkey simulator\n$/)
  })
})

describe('latchkey simulator', () => {
  async function introduced(...flags: readonly string[]) {
    const stop = new AbortController()
    let out = ''
    let err = ''
    const exit = await run(['simulator', '--port', '0', ...flags], {
      out: (text) => {
        out += text
        stop.abort(new Error('SIGTERM'))
      },
      err: (text) => void (err += text),
      ...{ isTerminal: false, env: {}, cwd: '/', signal: stop.signal },
    })
    return { exit, out, err }
  }

  it('prints the address and the credentials of every system, and ends with 0 when it is told to stop', async () => {
    const { exit, out, err } = await introduced()
    expect([exit, err]).toEqual([0, 'Stopping.\n'])
    for (const line of [
      /^Safaricom Daraja \(M-PESA\)\nbaseUrl +http:\S+\/daraja$/m,
      /^KRA eTIMS \(OSCU\)\nbaseUrl +http:\S+\/etims$/m,
      /^deviceSerial +\S+$/m,
      /^initializedDevice\.cmcKey +[0-9A-F]{52}$/m,
      /^buyerTins +P000000002B, A000000003C$/m,
      /^Try: latchkey token etims --simulator http:/m,
      /^Truphone Connect \(eSIM\)\nbaseUrl +http:\S+\/truphone\nclientId +truphone$/m,
      /^Try: latchkey token truphone --simulator http:/m,
      /^KSeF 2\.0 \(e-invoices\)\nbaseUrl +http:\S+\/ksef\nnip +\d{10}\nksefToken +\S+\|nip-\d{10}\|\S+\ncertificate +several lines: with --json$/m,
      /^Try: latchkey token ksef --simulator http:/m,
    ]) {
      expect(out).toMatch(line)
    }
  })

  it('prints the same as one JSON document', async () => {
    const { systems } = JSON.parse((await introduced('--json')).out) as { systems: Record<string, object> } // One object.
    expect(systems['etims']).toMatchObject({
      baseUrl: expect.stringMatching(/\/etims$/) as string,
      credentials: { tin: 'P000000001A', bhfId: '00', initializedDevice: { bhfId: '01' } },
    })
    expect(systems['daraja']).toMatchObject({ credentials: { shortCode: '174379' } })
    expect(systems['truphone']).toMatchObject({ credentials: { clientId: 'truphone', role: 'RESELLER' } })
    const pem = expect.stringMatching(/^-----BEGIN PRIVATE KEY-----\n/) as string
    expect(systems['ksef']).toMatchObject({ credentials: { privateKey: pem } })
  })
})
