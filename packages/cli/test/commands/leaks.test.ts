/** No secret in any output but that of `token` (engine.md 10.3, STYLE section 6). @module */
import { randomBytes } from 'node:crypto'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startSimulator } from '@latchkey/simulator'
import { assertNoSecrets } from '@latchkey/testkit'
import { expect, it } from 'vitest'
import { openHome } from '../terminal.ts'

it('every command on profiles, in every way in which it can end, shows no secret', { timeout: 60_000 }, async () => {
  await using simulator = await startSimulator()
  const { baseUrl, credentials } = simulator.systems.daraja
  const { consumerKey, consumerSecret, shortCode, passkey, securityCredential, initiator } = credentials
  await using home = await openHome()
  const key = randomBytes(32).toString('base64')
  const password = randomBytes(12).toString('hex')
  const env = {
    KEY: consumerKey,
    SECRET: consumerSecret,
    PASSKEY: passkey,
    CREDENTIAL: securityCredential,
    SEAL: key,
    URL: `redis://default:${password}@127.0.0.1:1`,
    DATABASE: `postgres://app:${password}@127.0.0.1:1/app`,
  }
  const fields = { shortCode, passkey: 'env:PASSKEY', initiator, securityCredential: 'env:CREDENTIAL' }
  const daraja = {
    provider: 'daraja',
    environment: 'sandbox',
    consumerKey: 'env:KEY',
    consumerSecret: 'env:SECRET',
    baseUrl,
    ...fields,
  }
  const good = { profiles: { daraja }, store: { file: 'tokens' }, key: 'env:SEAL' }
  const configure = (change: object) => home.write('latchkey.config.json', { ...good, ...change })
  await configure({})
  const token = (await home.type('token daraja', env)).out.trim()
  expect(token).toHaveLength(28)

  const secrets = [consumerKey, consumerSecret, passkey, securityCredential, key, password, token]
  const codes = new Set<string>()
  const check = async (line: string, more: Readonly<Record<string, string>> = {}): Promise<void> => {
    for (const flags of ['', ' --json', ' --verbose']) {
      const ran = await home.type(line + flags, { ...env, ...more })
      assertNoSecrets(ran, secrets)
      codes.add(/"code":"(\w+)"/.exec(ran.out)?.[1] ?? String(ran.exit))
    }
  }
  await check('status')
  await check('daraja stk-push --amount 1 --phone 0712345678')
  await check('daraja balance')
  await check('status', { SEAL: 'broken' })
  await check('token daraja --after 9999999999999', { SECRET: `${consumerSecret}x` })
  await check('token daraja', { SEAL: key.slice(4) })
  await check('revoke daraja')
  await check('forget daraja')
  for (const change of [
    { store: { redis: 'env:URL' }, storeTrouble: 'fail' },
    { store: { postgres: 'env:DATABASE' }, storeTrouble: 'fail' },
    { store: { redis: 'env:SECRET' } },
    { store: { postgres: 'env:SECRET' } },
    { store: { redis: `redis://:${password}@db` } },
    { key },
    { profiles: { daraja: { ...daraja, consumerSecret } } },
    { profiles: { daraja: { ...daraja, consumerKey: `env:${consumerKey}-x` } } },
    { profiles: { daraja: { ...daraja, baseUrl: `https://user:${password}@example.com` } } },
    { profiles: { daraja: { ...daraja, provider: passkey } } },
  ]) {
    await configure(change)
    await check('token daraja')
    await check('status')
  }
  const text = JSON.stringify(good, null, 2)
  for (const broken of [
    text.replace('"env:SECRET"', `"${consumerSecret}`),
    text.replace('"env:SECRET"', consumerSecret),
  ]) {
    await home.write('latchkey.config.json', broken)
    await check('status')
  }
  await configure({ key: 'file:key' })
  await writeFile(join(home.folder, 'key'), key)
  await chmod(join(home.folder, 'key'), 0o644)
  await check('token daraja')
  expect([...codes]).toEqual(
    expect.arrayContaining([
      '0',
      '2',
      'LATCHKEY_CONFIG_INVALID',
      'LATCHKEY_STORE_UNAVAILABLE',
      'AUTH_INVALID_CREDENTIALS',
    ]),
  )
})
