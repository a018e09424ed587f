import { TokenError } from '@latchkey/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { fail } from '../src/failure.ts'
import { pairs, printable, table } from '../src/output.ts'
import { tellWaiting } from '../src/waiting.ts'
import { duration, simulatorUrl, wholeNumber } from '../src/usage.ts'

describe('output', () => {
  it('aligns columns and ends lines without spaces', () => {
    expect(
      table(
        ['a', 'name'],
        [
          ['1', 'x'],
          ['22', ''],
        ],
      ),
    ).toBe('a   name\n1   x\n22\n')
  })

  it('shows control characters instead of sending them to the terminal', () => {
    expect(printable('a\u001b[2Jb\n\u009b')).toBe('a\\x1b[2Jb\\x0a\\x9b')
    expect(table(['x'], [['\u0007']])).toBe('x\n\\x07\n')
    expect(pairs({ name: '\r' })).toBe('name  \\x0d\n')
  })

  it('leaves out pairs without a value', () => {
    expect(pairs({ a: 1, b: undefined, c: '' })).toBe('a  1\n')
  })
})

describe('flag values', () => {
  it.each([
    ['60s', 60_000],
    ['5m', 300_000],
    ['250ms', 250],
    ['1h', 3_600_000],
  ])('reads the duration %s', (text, ms) => {
    expect(duration('--x', text)).toBe(ms)
  })

  it.each(['60', 's', '-1s', '1.5s', '1d', '', '10000000000s'])('refuses the duration "%s"', (text) => {
    expect(() => duration('--x', text)).toThrow('--x takes a duration')
  })

  it('accepts whole numbers at the bounds and refuses one past them', () => {
    expect([wholeNumber('--x', '1', 1, 5), wholeNumber('--x', '5', 1, 5)]).toEqual([1, 5])
    for (const text of ['0', '6', '', ' 3', '3 ', '1e1', '0x1'])
      expect(() => wholeNumber('--x', text, 1, 5)).toThrow('from 1 to 5')
  })

  it('accepts only plain http addresses of a simulator', () => {
    expect(simulatorUrl('http://127.0.0.1:4010').port).toBe('4010')
    for (const text of ['https://x.example', 'http://user@127.0.0.1', 'http://127.0.0.1/?q=1', 'x']) {
      expect(() => simulatorUrl(text)).toThrow('--simulator takes')
    }
  })
})

describe('a wait', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  it('is told after two seconds and then every five, and no more once it is over', async () => {
    vi.useFakeTimers()
    let err = ''
    const io = { out: () => undefined, err: (text: string) => void (err += text), isTerminal: false, env: {} }
    const work = new Promise((resolve) => setTimeout(() => resolve('done'), 8_000))
    const told = tellWaiting('KSeF', work, { ...io, signal: new AbortController().signal })
    await vi.advanceTimersByTimeAsync(1_999)
    expect(err).toBe('')
    await vi.advanceTimersByTimeAsync(20_000)
    expect(await told).toBe('done')
    expect(err).toBe('Waiting for KSeF … 2 s\nWaiting for KSeF … 7 s\n')
  })
})

describe('failures', () => {
  const terminal = () => {
    const written = { out: '', err: '' }
    const io = {
      out: (text: string) => void (written.out += text),
      err: (text: string) => void (written.err += text),
      isTerminal: false,
      env: {},
      signal: AbortSignal.abort('stopped'),
    }
    return { written, io }
  }

  it.each([
    ['LATCHKEY_CREDENTIALS_DENIED', 3],
    ['AUTH_INVALID_CREDENTIALS', 3],
    ['LATCHKEY_ENDPOINT_UNREACHABLE', 4],
    ['DARAJA_REJECTED', 5],
    ['DARAJA_OUTCOME_UNKNOWN', 6],
    ['SOMETHING_ELSE', 1],
  ])('ends with the exit code of the table for %s: %i', async (code, exit) => {
    const { written, io } = terminal()
    expect(await fail(new TokenError(code, 'What happened.'), { json: false, verbose: false }, io)).toBe(exit)
    expect(written).toEqual({ out: '', err: `${code}: What happened.\n` })
  })

  it('ends with 130 when the user stopped it, and with 1 and no foreign message for a bug', async () => {
    const { written, io } = terminal()
    expect(await fail(io.signal.reason, { json: false, verbose: false }, io)).toBe(130)
    expect(await fail(new Error('Bearer abcdef'), { json: true, verbose: true }, io)).toBe(1)
    expect(JSON.stringify(written)).not.toContain('abcdef')
  })
})
