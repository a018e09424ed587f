/** Every mistake that a configuration can have, with its line (DESIGN section 4). @module */
import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../src/config/config-error.ts'
import { loadConfig, parseConfig, profileNamed, resolvePath } from '../../src/config/load.ts'
import { openHome } from '../terminal.ts'

const file = '/etc/app/latchkey.config.json'
const secret = 'hunter2-hunter2'

const daraja = {
  provider: 'daraja',
  environment: 'sandbox',
  consumerKey: 'env:DARAJA_CONSUMER_KEY',
  consumerSecret: 'env:DARAJA_CONSUMER_SECRET',
}
const good = { profiles: { daraja }, store: { file: '~/.latchkey/tokens' }, key: 'file:~/.latchkey/key' }
const profile = (change: object) => ({ ...good, profiles: { daraja: { ...daraja, ...change } } })
const store = (choice: unknown) => ({ ...good, store: choice })
const redis = (more: object) => store({ redis: 'env:REDIS_URL', ...more })

const parse = (content: unknown) =>
  parseConfig(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2))

const mistakeIn = (content: unknown): ConfigError => {
  try {
    parse(content)
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error('No mistake was found.')
}

const ioAt = (cwd: string, env: Readonly<Record<string, string>> = {}) => ({
  out: () => undefined,
  err: () => undefined,
  isTerminal: false,
  env,
  cwd,
  signal: new AbortController().signal,
})

describe('a configuration', () => {
  it('is read as it is written in the design', () => {
    expect(parse(good)).toMatchObject({
      file,
      profiles: {
        daraja: {
          provider: 'daraja',
          environment: 'sandbox',
          consumerKey: { from: 'env', name: 'DARAJA_CONSUMER_KEY' },
          consumerSecret: { from: 'env', name: 'DARAJA_CONSUMER_SECRET' },
        },
      },
      store: { kind: 'file', directory: '~/.latchkey/tokens' },
      storeTrouble: 'degrade',
      key: [{ from: 'file', name: '~/.latchkey/key' }],
    })
  })

  it('shares tokens through files of the user where it names no store', () => {
    const { profiles, key } = good
    expect(parse({ profiles, key }).store).toEqual({ kind: 'file', directory: '~/.latchkey/tokens' })
  })

  it.each([
    [{ redis: 'file:url' }, { kind: 'redis', url: { from: 'file', name: 'url' } }],
    [
      { redis: 'env:U', client: 'ioredis', durability: { replicas: 2, timeoutMs: 100 } },
      { kind: 'redis', client: 'ioredis', durability: { replicas: 2, timeoutMs: 100 } },
    ],
    [{ redis: 'env:U', durability: 'acceptedBySingleServer' }, { durability: 'acceptedBySingleServer' }],
    [
      { postgres: 'env:U', table: 'app.tokens' },
      { kind: 'postgres', table: 'app.tokens' },
    ],
    [{ memory: true }, { kind: 'memory' }],
  ])('reads the store %j', (choice, read) => {
    expect(parse(store(choice)).store).toMatchObject(read)
  })

  it('reads several keys, the first of which seals, and none where that is stated or nothing is stored', () => {
    expect(parse({ ...good, key: ['env:NEW', 'file:old'] }).key).toEqual([
      { from: 'env', name: 'NEW' },
      { from: 'file', name: 'old' },
    ])
    const { profiles, store } = good
    expect(parse({ profiles, store, plaintext: true })).toMatchObject({ plaintext: true })
    expect(parse({ profiles, store: { memory: true } }).key).toBeUndefined()
  })

  it('takes plain text or a reference for what is no secret', () => {
    expect(parse(profile({ shortCode: '174379', initiator: 'env:INITIATOR' })).profiles['daraja']).toMatchObject({
      shortCode: '174379',
      initiator: { from: 'env', name: 'INITIATOR' },
    })
  })
})

describe('a mistake in a configuration is told with its line, and without any value', () => {
  const literal = 'must be a reference, since secrets do not belong into this file: put the secret into'

  it.each<[string, unknown, number, string]>([
    ['no JSON', '{\n  "profiles": {\n    "daraja": {,\n', 3, 'this is not JSON: a name in double quotes is expected'],
    ['a list', [], 1, 'the configuration must be an object'],
    ['nothing in it', {}, 1, 'profiles is missing; it must be an object: profiles by name'],
    ['an unknown name', { ...good, stroe: {} }, 14, 'stroe is not known here; did you mean "store"?'],
    [
      'a name that is like none',
      { ...good, xyzzyx: {} },
      14,
      'xyzzyx is not known here; use profiles, store, storeTrouble, key, plaintext',
    ],
    ['profiles in a list', { ...good, profiles: [] }, 2, 'profiles must be an object: profiles by name'],
    [
      'a profile with a blank in its name',
      { ...good, profiles: { 'my daraja': daraja } },
      3,
      'profiles.my daraja is no name for a profile',
    ],
    [
      'a profile that is text',
      { ...good, profiles: { daraja: secret } },
      3,
      'profiles.daraja must be an object: a profile',
    ],
    [
      'an unknown provider',
      profile({ provider: 'mpesa' }),
      4,
      'profiles.daraja.provider must be the name of a provider: "daraja"',
    ],
    ['no provider', profile({ provider: undefined }), 3, 'profiles.daraja.provider must be the name of a provider'],
    [
      'an unknown environment',
      profile({ environment: secret }),
      5,
      'profiles.daraja.environment must be "sandbox" or "production"',
    ],
    [
      'an unknown name in a profile',
      profile({ consumersecret: secret }),
      8,
      'profiles.daraja.consumersecret is not known here; did you mean "consumerSecret"?',
    ],
    [
      'a missing secret',
      profile({ consumerSecret: undefined }),
      3,
      'profiles.daraja.consumerSecret is missing; it must be a reference such as "env:DARAJA_CONSUMER_SECRET"',
    ],
    [
      'a secret that is a number',
      profile({ consumerSecret: 5 }),
      7,
      'profiles.daraja.consumerSecret must be a reference such as',
    ],
    [
      'a secret in the file',
      profile({ consumerSecret: secret }),
      7,
      `profiles.daraja.consumerSecret ${literal} an environment variable and write "env:DARAJA_CONSUMER_SECRET", or into a file and write "file:PATH"`,
    ],
    ['a secret after env:', profile({ consumerKey: `env:${secret}` }), 6, `profiles.daraja.consumerKey ${literal}`],
    ['a passkey in the file', profile({ passkey: secret }), 8, `profiles.daraja.passkey ${literal}`],
    [
      'a security credential in the file',
      profile({ securityCredential: secret }),
      8,
      `profiles.daraja.securityCredential ${literal}`,
    ],
    ['a short code that is a number', profile({ shortCode: 174379 }), 8, 'profiles.daraja.shortCode must be text'],
    ['an empty address', profile({ baseUrl: '' }), 8, 'profiles.daraja.baseUrl must not be empty'],
    ['a store that is text', store('file'), 10, 'store must be an object: { "file": DIRECTORY }'],
    ['no kind of store', store({}), 10, 'store must have exactly one of "file", "redis", "postgres" and "memory"'],
    ['two kinds of store', store({ file: 'x', memory: true }), 10, 'store must have exactly one of'],
    ['an address in the file', redis({ redis: `redis://:${secret}@db` }), 11, `store.redis ${literal}`],
    [
      'a client of another store',
      store({ file: 'x', client: 'ioredis' }),
      12,
      'store.client belongs to a store with "redis"',
    ],
    ['a table of another store', redis({ table: 'x' }), 12, 'store.table belongs to a store with "postgres"'],
    ['an unknown client', redis({ client: 'redis' }), 12, 'store.client must be "@redis/client" or "ioredis"'],
    ['no durability', redis({ durability: 'much' }), 12, 'store.durability must be "acceptedBySingleServer", or'],
    [
      'too few replicas',
      redis({ durability: { replicas: 0 } }),
      13,
      'store.durability.replicas must be a whole number from 1 to 100',
    ],
    ['a memory that is false', store({ memory: false }), 11, 'store.memory must be true'],
    ['an unknown policy', { ...good, storeTrouble: 'ignore' }, 14, 'storeTrouble must be "degrade" or "fail"'],
    [
      'no key',
      { ...good, key: undefined },
      1,
      'key is missing, and tokens are sealed before they are stored. Run `latchkey init`',
    ],
    ['a key in the file', { ...good, key: secret }, 13, `key ${literal}`],
    ['a key among references', { ...good, key: ['env:A', secret] }, 15, `key.1 ${literal}`],
    ['an empty list of keys', { ...good, key: [] }, 13, 'key must have 1 to 32 references'],
    ['a key, and none', { ...good, plaintext: true }, 14, 'plaintext contradicts "key"'],
    ['a plaintext that is false', { ...good, plaintext: false }, 14, 'plaintext must be true, or be left out'],
  ])('%s', (_, content, line, message) => {
    const mistake = mistakeIn(content)
    expect(mistake.message).toContain(`${file}, line ${line}, column `)
    expect(mistake.message).toContain(message)
    expect(mistake.details).toMatchObject({ file, line })
    expect(mistake.code).toBe('LATCHKEY_CONFIG_INVALID')
    expect(mistake.excerpt).toMatch(/^ {4}.+\n +\^$/)
    expect(mistake.message + String(mistake.excerpt) + JSON.stringify(mistake)).not.toContain(secret)
  })

  it('tells of a misspelt name, and not that the right one is missing', () => {
    const { profiles, store, key } = good
    expect(mistakeIn({ profiles, store, kee: key }).message).toContain('kee is not known here; did you mean "key"?')
  })

  it('tells the first of several in the order of the file', () => {
    expect(mistakeIn({ ...store(5), profiles: { daraja: { ...daraja, environment: 1 } } }).details.line).toBe(5)
  })
})

describe('a configuration is found', () => {
  it('by --config, then $LATCHKEY_CONFIG, then upward from the working folder', async () => {
    await using home = await openHome()
    const deep = join(home.folder, 'a', 'b')
    await mkdir(deep, { recursive: true })
    const [named, fromEnv, above] = [
      await home.write('named.json', good),
      await home.write('env.json', good),
      await home.write('latchkey.config.json', good),
    ]
    const env = { LATCHKEY_CONFIG: '../../env.json' }
    expect((await loadConfig('../../named.json', ioAt(deep, env))).file).toBe(named)
    expect((await loadConfig(undefined, ioAt(deep, env))).file).toBe(fromEnv)
    expect((await loadConfig(undefined, ioAt(deep, { LATCHKEY_CONFIG: '' }))).file).toBe(above)
  })

  it('or else its absence is told, with what to do', async () => {
    await using home = await openHome()
    await expect(loadConfig(undefined, ioAt(home.folder))).rejects.toMatchObject({
      code: 'LATCHKEY_USAGE',
      message: expect.stringMatching(
        /There is no latchkey\.config\.json in .*`latchkey init`.*--simulator URL/,
      ) as string,
    })
    await expect(loadConfig('nowhere.json', ioAt(home.folder))).rejects.toThrow(
      /nowhere\.json: cannot be read \(ENOENT\)\. Make one with `latchkey init`/,
    )
    await expect(loadConfig('.', ioAt(home.folder))).rejects.toThrow(/cannot be read \(EISDIR\)/)
  })

  it('is refused above the working folder where everybody may change it, and taken where it is named', async () => {
    await using home = await openHome()
    const file = await home.write('latchkey.config.json', good)
    await chmod(file, 0o666)
    await expect(loadConfig(undefined, ioAt(home.folder))).rejects.toThrow(/everybody may change this file/)
    expect((await loadConfig(file, ioAt('/'))).file).toBe(file)
  })

  it('is refused when it is longer than a configuration can be', async () => {
    await using home = await openHome()
    const file = await home.write('long.json', ' '.repeat(1_048_577))
    await expect(loadConfig(file, ioAt('/'))).rejects.toThrow(/is too large for a configuration/)
  })
})

describe('names and paths', () => {
  it('an unknown profile is told with the nearest one, or with all', () => {
    const config = parse({ ...good, profiles: { daraja, 'daraja-live': daraja } })
    expect(profileNamed(config, 'daraja').environment).toBe('sandbox')
    expect(() => profileNamed(config, 'darja')).toThrow(/has no profile of that name\. Did you mean daraja\?/)
    expect(() => profileNamed(config, 'zzzzzz')).toThrow(/It has: daraja, daraja-live\./)
    expect(() => profileNamed(config, 'toString')).toThrow(/no profile of that name/)
    expect(() => profileNamed(parse({ ...good, profiles: {} }), 'x')).toThrow(/It has none\./)
  })

  it.each([
    ['~/x', '/srv/somebody/x'],
    ['~', '/srv/somebody'],
    ['x/y', '/etc/app/x/y'],
    ['../x', '/etc/x'],
    ['/x', '/x'],
    ['~user/x', '/etc/app/~user/x'],
  ])('the path %s leads to %s', (written, path) => {
    expect(resolvePath(written, file, ioAt('/tmp', { HOME: '/srv/somebody' }))).toBe(path)
  })
})
