/** References to secrets and keys: what each failure names, and what it never shows (DESIGN section 4). @module */
import { randomBytes } from 'node:crypto'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../src/config/load.ts'
import { fetchBytes, fetchKeyRing, fetchSecret, fetchText } from '../../src/config/secrets.ts'
import type { Reference } from '../../src/config/fields.ts'
import type { Io } from '../../src/io.ts'
import { openHome } from '../terminal.ts'
import type { Home } from '../terminal.ts'

const newKey = () => randomBytes(32).toString('base64')

function scene(
  home: Home,
  key: unknown,
  env: Readonly<Record<string, string>> = {},
  { input, signal = new AbortController().signal }: Partial<Pick<Io, 'input' | 'signal'>> = {},
) {
  const io = {
    out: () => undefined,
    err: () => undefined,
    isTerminal: false,
    env: { HOME: home.folder, ...env },
    cwd: '/',
    signal,
    ...(input && { input }),
  }
  const text = JSON.stringify(
    { profiles: {}, store: { file: 'x' }, ...(key === undefined ? { plaintext: true } : { key }) },
    null,
    2,
  )
  const config = parseConfig(`${home.folder}/latchkey.config.json`, text)
  return {
    ring: () => fetchKeyRing(config, io),
    secret: (from: Reference['from'], name: string) => fetchSecret({ from, name }, ['profiles'], config, io),
    bytes: (from: Reference['from'], name: string) => fetchBytes({ from, name }, ['profiles'], config, io),
    text: (given: string) => fetchText(given, ['profiles'], config, io),
  }
}

describe('a reference', () => {
  it('gives the variable or the file without white space around it, as a secret', async () => {
    await using home = await openHome()
    await home.write('beside', '  from-beside\n')
    const { secret, text } = scene(home, undefined, { NAME: ' from-env\r\n' })
    const found = await secret('env', 'NAME')
    expect(found.reveal()).toBe('from-env')
    expect(inspect(found) + JSON.stringify(found)).not.toContain('from-env')
    expect((await secret('file', 'beside')).reveal()).toBe('from-beside')
    expect((await secret('file', '~/beside')).reveal()).toBe('from-beside')
    expect(await text('plain')).toBe('plain')
  })

  it.each([
    ['env', 'MISSING', 'refers to env:MISSING, which is not set'],
    ['env', 'EMPTY', 'refers to env:EMPTY, which is empty'],
    ['file', 'missing', 'refers to file:missing, and HOME/missing cannot be read (ENOENT)'],
    ['file', 'empty', 'refers to file:empty, and HOME/empty is empty'],
    ['file', '~/folder', 'refers to file:~/folder, and HOME/folder cannot be read (no file, or too large)'],
    ['file', 'long', 'cannot be read (no file, or too large)'],
  ] as const)('to %s:%s that leads nowhere is named: %s', async (from, name, message) => {
    await using home = await openHome()
    await home.write('empty', ' \n')
    await home.write('long', 'x'.repeat(65_537))
    await mkdir(`${home.folder}/folder`)
    const { secret } = scene(home, undefined, { EMPTY: ' ' })
    await expect(secret(from, name)).rejects.toMatchObject({
      code: 'LATCHKEY_CONFIG_INVALID',
      message: expect.stringContaining(message.replace('HOME', home.folder)) as string,
    })
  })
})

describe('a reference to bytes', () => {
  const pem = '-----BEGIN CERTIFICATE-----\nAAEC\n-----END CERTIFICATE-----'

  it.each([
    ['a file, as they are', 'file', 'bytes', Buffer.from([0, 1, 2, 255, 10])],
    ['a variable, as Base64 in lines', 'env', 'BASE64', Buffer.from([0, 1, 2])],
    ['a variable, as PEM', 'env', 'PEM', Buffer.from(pem)],
  ] as const)('gives those of %s', async (_, from, name, expected) => {
    await using home = await openHome()
    await writeFile(join(home.folder, 'bytes'), Buffer.from([0, 1, 2, 255, 10]))
    const { bytes } = scene(home, undefined, { BASE64: ' AA\nEC ', PEM: pem })
    expect(Buffer.from(await bytes(from, name))).toEqual(expected)
  })

  it('refuses a variable that holds something else, and does not show it', async () => {
    await using home = await openHome()
    const { bytes } = scene(home, undefined, { OTHER: 'hunter2!' })
    const failure: unknown = await bytes('env', 'OTHER').catch((error: unknown) => error)
    expect(String(failure)).toContain('refers to env:OTHER, which must hold PEM or Base64')
    expect(inspect(failure, { depth: 9 })).not.toContain('hunter2')
  })
})

describe('standard input', () => {
  async function* chunks(...texts: readonly string[]) {
    for (const text of texts) yield Promise.resolve(new TextEncoder().encode(text))
  }

  it('is read to its end, and given without white space around it', async () => {
    await using home = await openHome()
    const { secret } = scene(home, undefined, {}, { input: chunks(' from-', 'input\n') })
    expect((await secret('input', '-')).reveal()).toBe('from-input')
  })

  it.each([
    ['is empty', [' \n']],
    ['is too long for a secret', ['x'.repeat(65_536), 'x']],
  ])('that %s is refused', async (what, texts) => {
    await using home = await openHome()
    const { secret } = scene(home, undefined, {}, { input: chunks(...texts) })
    await expect(secret('input', '-')).rejects.toThrow(`refers to standard input, which ${what}`)
  })

  it('that does not end is given up when the user stops', async () => {
    await using home = await openHome()
    async function* endless() {
      await new Promise(() => undefined)
      yield new Uint8Array()
    }
    const stop = new AbortController()
    const asked = scene(home, undefined, {}, { input: endless(), signal: stop.signal }).secret('input', '-')
    stop.abort(new Error('SIGINT'))
    await expect(asked).rejects.toBe(stop.signal.reason)
  })
})

describe('the key ring', () => {
  it('seals with the first key and opens with all', async () => {
    await using home = await openHome()
    const [oldKey, key] = [newKey(), newKey()]
    await home.write('old', oldKey)
    const before = await scene(home, 'file:old').ring()
    const sealed = await before!.seal('a token', 'bound')
    const after = await scene(home, ['env:KEY', 'file:old'], { KEY: key }).ring()
    expect(await after!.open(sealed, 'bound')).toBe('a token')
    expect(await before!.open(await after!.seal('another', 'bound'), 'bound')).toBeUndefined()
  })

  it('is none where the configuration does without', async () => {
    await using home = await openHome()
    expect(await scene(home, undefined).ring()).toBeUndefined()
  })

  it.each([
    [0o644, 'mode 0644'],
    [0o640, 'mode 0640'],
    [0o604, 'mode 0604'],
    [0o620, 'mode 0620'],
  ])('refuses a key file of mode %o and says how to close it', async (mode, shown) => {
    await using home = await openHome()
    const file = await home.write('key', newKey())
    await chmod(file, mode)
    const failure = scene(home, 'file:key').ring()
    await expect(failure).rejects.toThrow(
      `key refers to ${file}, which others may use (${shown}). Run: chmod 600 '${file}'.`,
    )
    await chmod(file, 0o400)
    expect(await scene(home, 'file:key').ring()).toBeDefined()
  })

  it.each([
    ['too short', randomBytes(31).toString('base64')],
    ['too long', randomBytes(33).toString('base64')],
    ['no base64', 'hunter2-hunter2-hunter2-hunter2-hunter2-x!!'],
  ])('refuses a key that is %s, names its reference and does not show it', async (_, key) => {
    await using home = await openHome()
    await home.write('good', newKey())
    const failure: unknown = await scene(home, ['file:good', 'env:KEY'], { KEY: key })
      .ring()
      .catch((error: unknown) => error)
    expect(String(failure)).toMatch(
      /line \d+, column \d+: key\.1 refers to env:KEY, which is no key: 32 bytes as base64/,
    )
    expect(inspect(failure, { depth: 9 })).not.toContain(key)
  })
})
