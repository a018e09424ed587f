import { describe, expect, it } from 'vitest'
import { type } from './terminal.ts'

describe('help and version', () => {
  it('prints help with the exit codes and ends with 0', async () => {
    const { exit, out } = await type('--help')
    expect(exit).toBe(0)
    expect(out).toContain('Usage: latchkey')
    for (const word of ['demo', 'simulator', 'token', 'daraja', 'Exit codes: 0 done']) expect(out).toContain(word)
  })

  it('prints help for every command', async () => {
    for (const command of [
      'demo',
      'simulator',
      'token',
      'daraja',
      'daraja stk-push',
      'daraja stk-query',
      'daraja balance',
    ]) {
      const { exit, out } = await type(`${command} --help`)
      expect([command, exit]).toEqual([command, 0])
      expect(out).toContain(`Usage: latchkey ${command}`)
    }
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
    ['token etims --simulator http://127.0.0.1:1', /It has: daraja/],
    ['token daraja --min-remaining soon --simulator http://127.0.0.1:1', /--min-remaining takes a duration/],
    ['token daraja --after x --simulator http://127.0.0.1:1', /--after takes a whole number/],
  ])('latchkey %s', async (line, message) => {
    const { exit, out, err } = await type(line)
    expect(err).toMatch(message)
    expect([exit, out]).toEqual([2, ''])
  })

  it('says what is wrong as JSON where JSON was asked for', async () => {
    const { exit, out } = await type('token daraja --json')
    expect(exit).toBe(2)
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'LATCHKEY_USAGE' } })
  })
})

describe('what this version does not do yet', () => {
  it.each([
    'token daraja',
    'daraja balance',
    'daraja stk-push --amount 1',
    'status',
    'init',
    'forget daraja',
    'exec daraja -- env',
  ])('latchkey %s: says why, and to pass --simulator', async (line) => {
    const { exit, out, err } = await type(line)
    expect([exit, out]).toEqual([2, ''])
    expect(err).toContain('come with the shared stores')
    expect(err).toContain('--simulator URL')
  })
})
