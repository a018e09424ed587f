import { describe, expect, it } from 'vitest'
import { openHome, type } from './terminal.ts'

describe('help and version', () => {
  it('prints help with the exit codes and ends with 0', async () => {
    const { exit, out } = await type('--help')
    expect(exit).toBe(0)
    expect(out).toContain('Usage: latchkey')
    for (const word of ['init', 'status', 'forget', 'revoke', 'demo', 'daraja', 'Exit codes: 0 done'])
      expect(out).toContain(word)
  })

  it('prints help for every command', async () => {
    for (const command of [
      'demo',
      'simulator',
      'init',
      'token',
      'status',
      'forget',
      'revoke',
      'daraja',
      'daraja stk-push',
      'daraja stk-query',
      'daraja balance',
      'truphone products list',
      'truphone products get',
      'truphone order new',
      'truphone order top-up',
      'truphone order get',
      'truphone sim get',
      'truphone sim eid',
      'truphone subscription list',
      'truphone subscription get',
      'truphone subscription activate',
      'truphone webhook list',
      'truphone webhook register',
      'truphone webhook unregister',
    ]) {
      const { exit, out } = await type(`${command} --help`)
      expect([command, exit]).toEqual([command, 0])
      expect(out).toContain(`Usage: latchkey ${command}`)
    }
  })

  it.each(['-h', 'daraja -h', 'ksef limits set -h'])('prints help for %s', async (line) => {
    expect(await type(line)).toMatchObject({ exit: 0, out: expect.stringContaining('Usage: latchkey') as string })
  })

  it('prints the version of its package', async () => {
    expect(await type('--version')).toEqual({
      exit: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
      err: '',
    })
  })
})

describe('mistakes in the command line: exit code 2, nothing sent', () => {
  it.each([
    ['tokne daraja', /unknown command 'tokne'[\s\S]*token/],
    ['token daraja --simulatr http://127.0.0.1:1', /unknown option '--simulatr'[\s\S]*--simulator/],
    ['token', /missing required argument 'profile'/],
    ['token daraja extra --simulator http://127.0.0.1:1', /too many arguments/],
    ['simulator --port 70000', /--port takes a whole number from 0 to 65535/],
    ['simulator --port eighty', /--port takes a whole number/],
    ['simulator --seed -1', /--seed/],
    ['daraja stk-push --simulator http://127.0.0.1:1', /required option '--amount <kes>' not specified/],
    ['daraja stk-push --amount 10.50 --simulator http://127.0.0.1:1', /--amount takes a whole number from 1 to 250000/],
    [
      'daraja stk-push --amount 250001 --simulator http://127.0.0.1:1',
      /--amount takes a whole number from 1 to 250000/,
    ],
    ['daraja stk-query --simulator http://127.0.0.1:1', /missing required argument 'checkout-id'/],
    ['token daraja --simulator ftp://127.0.0.1', /--simulator takes the address/],
    ['token daraja --simulator nonsense', /--simulator takes the address/],
    ['token nothing --simulator http://127.0.0.1:1', /It has: daraja, etims, truphone/],
    ['token daraja --min-remaining soon --simulator http://127.0.0.1:1', /--min-remaining takes a duration/],
    ['token daraja --after x --simulator http://127.0.0.1:1', /--after takes a whole number/],
    [
      'token daraja --config x --simulator http://127.0.0.1:1',
      /'--config <file>' cannot be used with option '--simulator/,
    ],
    ['daraja balance --profile x --simulator http://127.0.0.1:1', /'--profile <name>' cannot be used with option/],
    ['init --store mongodb', /Allowed choices are file, redis, postgres/],
    ['init --provider mpesa', /Allowed choices are daraja, etims, truphone/],
    ['init --migrate --force', /'--migrate' cannot be used with option '--force'/],
    ['init --store redis --directory x', /--directory is where a file store keeps its records/],
    ['forget', /missing required argument 'profile'/],
    ['revoke', /missing required argument 'profile'/],
    ['status --simulator http://127.0.0.1:1', /unknown option '--simulator'/],
  ])('latchkey %s', async (line, message) => {
    const { exit, out, err } = await type(line)
    expect(err).toMatch(message)
    expect(err).toMatch(/^LATCHKEY_USAGE: /)
    expect([exit, out]).toEqual([2, ''])
  })

  it('says what is wrong as JSON where JSON was asked for', async () => {
    const { exit, out } = await type('token daraja --json')
    expect(exit).toBe(2)
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'LATCHKEY_USAGE' } })
  })
})

describe('without a configuration', () => {
  it.each(['token daraja', 'daraja balance', 'daraja stk-push --amount 1', 'status', 'forget daraja', 'revoke daraja'])(
    'latchkey %s says how to get one, and to pass --simulator',
    async (line) => {
      await using home = await openHome()
      const { exit, out, err } = await home.type(line)
      expect([exit, out]).toEqual([2, ''])
      expect(err).toMatch(/^LATCHKEY_USAGE: There is no latchkey\.config\.json in .*`latchkey init`.*--simulator URL/)
    },
  )
})

describe('what this version does not do yet', () => {
  it.each(['call daraja GET /', 'exec daraja -- env', 'broker', 'doctor'])('latchkey %s says so', async (line) => {
    const { exit, out, err } = await type(line)
    expect([exit, out]).toEqual([2, ''])
    expect(err).toMatch(/latchkey \w+ is not part of this version/)
  })
})
