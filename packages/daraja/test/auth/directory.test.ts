/** A directory as the place where the processes of one host share a token: docs/decisions/0012. @module */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateSealingKey, keyRing } from '@latchkey/core/seal'
import { memoryStore } from '@latchkey/core'
import { fileStore } from '@latchkey/stores/file'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MpesaClient, TokenManager } from '../../src/index.ts'
import { scriptedFetch, token } from '../support/scripted-fetch.ts'

const options = {
  consumerKey: 'demo-consumer-key',
  consumerSecret: 'demo-consumer-secret',
  environment: 'sandbox',
} as const

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'latchkey-daraja-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

test('managers of one directory share one token, sealed, and so does a client', async () => {
  const { fetch, verify } = scriptedFetch(token('shared-token-zPq7'))
  const ring = keyRing({ keys: [generateSealingKey()] })
  const [one, two] = [0, 1].map(() => new TokenManager({ ...options, directory, ring, fetch }))
  const mpesa = new MpesaClient({ ...options, directory, ring, fetch })
  expect([await one?.getToken(), await two?.getToken()]).toEqual(['shared-token-zPq7', 'shared-token-zPq7'])
  expect((await mpesa.tokenSource.get()).reveal()).toBe('shared-token-zPq7')
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const texts = files.map((file) => readFileSync(join(file.parentPath, file.name), 'latin1'))
  expect(texts.length).toBeGreaterThan(0)
  expect(texts.join()).not.toContain('zPq7')
  await Promise.all([one?.close(), two?.close(), mpesa.close()])
  verify()
})

test('a directory and a file store of it are the same place', async () => {
  const { fetch, verify } = scriptedFetch(token('T1'))
  const plaintext = true
  const one = new TokenManager({ ...options, directory, plaintext, fetch })
  const two = new TokenManager({ ...options, store: fileStore({ directory }), plaintext, fetch })
  expect([await one.getToken(), await two.getToken()]).toEqual(['T1', 'T1'])
  await Promise.all([one.close(), two.close()])
  verify()
})

test.each([
  ['neither a ring nor plaintext', { directory: 'tokens' }, /ring/],
  ['both a directory and a store', { directory: 'tokens', store: memoryStore(), plaintext: true }, /directory/],
  ['an empty directory', { directory: '', plaintext: true }, /directory/],
])('refuses %s', (_, some, message) => {
  expect(() => new TokenManager({ ...options, ...some })).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_ARG', message: expect.stringMatching(message) as string }),
  )
})
