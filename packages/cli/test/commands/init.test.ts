/** `latchkey init`: what it writes, for whom, and what it never overwrites (DESIGN section 4). @module */
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openHome } from '../terminal.ts'
import type { Home } from '../terminal.ts'

const configOf = (home: Home): string => join(home.folder, 'latchkey.config.json')
const keyOf = (home: Home): string => join(home.folder, '.latchkey', 'key')
const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777
const read = async (path: string): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown> // What the command wrote.

describe('latchkey init', () => {
  it('writes a configuration and a key for their owner alone, and says what to do next', async () => {
    await using home = await openHome()
    const { exit, out, err } = await home.type('init')
    expect([exit, out]).toEqual([0, `Wrote ${configOf(home)}\nWrote ${keyOf(home)}\n`])
    expect(err).toMatch(/^Next: set DARAJA_CONSUMER_KEY, DARAJA_CONSUMER_SECRET\.\n[^]*Then: latchkey token daraja\n$/)
    expect(await read(configOf(home))).toEqual({
      profiles: {
        daraja: {
          provider: 'daraja',
          environment: 'sandbox',
          consumerKey: 'env:DARAJA_CONSUMER_KEY',
          consumerSecret: 'env:DARAJA_CONSUMER_SECRET',
        },
      },
      store: { file: '~/.latchkey/tokens' },
      key: 'file:~/.latchkey/key',
    })
    const key = (await readFile(keyOf(home), 'utf8')).trim()
    expect(Buffer.from(key, 'base64url')).toHaveLength(32)
    expect(out + err).not.toContain(key)
    expect(await Promise.all([configOf(home), keyOf(home), join(home.folder, '.latchkey')].map(modeOf))).toEqual([
      0o600, 0o600, 0o700,
    ])
  })

  it('does not write over a configuration that is there, and makes no key then', async () => {
    await using home = await openHome()
    await home.write('latchkey.config.json', 'mine')
    const { exit, out, err } = await home.type('init')
    expect([exit, out]).toEqual([2, ''])
    expect(err).toMatch(/latchkey\.config\.json is there already\. Change it, or pass --force/)
    expect(await readFile(configOf(home), 'utf8')).toBe('mine')
    expect(await readdir(home.folder)).toEqual(['latchkey.config.json'])
  })

  it('writes a new configuration with --force, for its owner alone, and keeps the key', async () => {
    await using home = await openHome()
    await home.type('init')
    const key = await readFile(keyOf(home), 'utf8')
    await writeFile(configOf(home), 'old')
    await chmod(configOf(home), 0o644)
    const { exit, out } = await home.type('init --force --store redis')
    expect([exit, out]).toEqual([0, `Wrote ${configOf(home)}\nKept ${keyOf(home)}\n`])
    expect(await read(configOf(home))).toMatchObject({ store: { redis: 'env:REDIS_URL' } })
    expect(await modeOf(configOf(home))).toBe(0o600)
    expect(await readFile(keyOf(home), 'utf8')).toBe(key)
    expect((await readdir(home.folder)).sort()).toEqual(['.latchkey', 'latchkey.config.json'])
  })

  it.each([
    ['that others may read', 0o644, undefined, 'which others may use (mode 0644)'],
    ['that is none', 0o600, 'not a key', 'which is no key: 32 bytes as base64'],
  ])('refuses a key %s, and writes no configuration', async (_, mode, content, message) => {
    await using home = await openHome()
    await mkdir(join(home.folder, '.latchkey'), { mode: 0o700 })
    await writeFile(keyOf(home), content ?? Buffer.alloc(32, 7).toString('base64'))
    await chmod(keyOf(home), mode)
    const { exit, out, err } = await home.type('init')
    expect([exit, out]).toEqual([2, ''])
    expect(err).toContain(message)
    expect(await readdir(home.folder)).toEqual(['.latchkey'])
  })

  it('writes where --config or $LATCHKEY_CONFIG says', async () => {
    await using home = await openHome()
    await home.type('init --config one.json', { LATCHKEY_CONFIG: 'two.json' })
    await home.type('init', { LATCHKEY_CONFIG: 'two.json' })
    expect((await readdir(home.folder)).sort()).toEqual(['.latchkey', 'one.json', 'two.json'])
  })

  it.each([
    ['', { file: '~/.latchkey/tokens' }, ['DARAJA_CONSUMER_KEY', 'DARAJA_CONSUMER_SECRET']],
    [' --directory /var/lib/app', { file: '/var/lib/app' }, ['DARAJA_CONSUMER_KEY', 'DARAJA_CONSUMER_SECRET']],
    [' --store redis', { redis: 'env:REDIS_URL' }, ['DARAJA_CONSUMER_KEY', 'DARAJA_CONSUMER_SECRET', 'REDIS_URL']],
    [
      ' --store postgres',
      { postgres: 'env:DATABASE_URL' },
      ['DARAJA_CONSUMER_KEY', 'DARAJA_CONSUMER_SECRET', 'DATABASE_URL'],
    ],
  ])('names with --json what it wrote and which variables to set: init%s', async (flags, store, variables) => {
    await using home = await openHome()
    const { exit, out, err } = await home.type(`init --json${flags}`)
    expect([exit, err]).toEqual([0, ''])
    expect(JSON.parse(out)).toEqual({ config: configOf(home), key: keyOf(home), keyCreated: true, variables })
    expect(await read(configOf(home))).toMatchObject({ store })
  })

  it('says which file cannot be written', async () => {
    await using home = await openHome()
    const { exit, err } = await home.type('init --config missing/here.json')
    expect(exit).toBe(2)
    expect(err).toMatch(/missing\/here\.json cannot be written \(ENOENT\)\. Check its folder\./)
  })

  it('makes no table for a store that has none', async () => {
    await using home = await openHome()
    await home.type('init')
    const { exit, err } = await home.type('init --migrate')
    expect(exit).toBe(2)
    expect(err).toMatch(/line 10, column 3: store is not in PostgreSQL, so there is no table to make/)
  })
})
