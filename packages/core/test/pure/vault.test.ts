/** What the record keeps secret: sealing bound to its place, and fingerprints. Engine.md 10.1 and 10.2. @module */
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createVault } from '../../src/vault.ts'
import type { KeyRing } from '../../src/vault.ts'
import { assertNoSecrets } from '@latchkey/testkit'

const contents = { access: 'access-zPq7-secret', refresh: 'refresh-zPq7-secret', scheme: 'Bearer', scopes: ['read'] }
const place = { epoch: 7, gen: 42 }

/** A ring that seals by remembering: it opens exactly what it sealed, at exactly the place it was bound to. */
function fakeRing(name = 'ring'): KeyRing & { readonly bounds: string[] } {
  const sealed = new Map<string, { text: string; bound: string }>()
  const bounds: string[] = []
  return {
    bounds,
    seal: (text, bound) => {
      const handle = `${name}-${sealed.size}`
      sealed.set(handle, { text, bound })
      bounds.push(bound)
      return Promise.resolve(handle)
    },
    open: (handle, bound) => {
      const found = sealed.get(handle)
      return Promise.resolve(found?.bound === bound ? found.text : undefined)
    },
    fingerprint: (text) => Promise.resolve(createHash('sha256').update(name).update(text).digest('hex')),
  }
}

describe('a vault with a ring (10.1)', () => {
  it('opens what it sealed, where it was sealed', async () => {
    const vault = createVault('key-1', fakeRing())
    expect(await vault.open(await vault.seal(contents, place), place)).toEqual(contents)
  })

  it('gives the store opaque text alone', async () => {
    const vault = createVault('key-1', fakeRing())
    const sealed = await vault.seal(contents, place)
    expect(() => assertNoSecrets(sealed, [contents.access, contents.refresh])).not.toThrow()
  })

  it.each([
    ['another key', 'key-2', place],
    ['another epoch', 'key-1', { ...place, epoch: 8 }],
    ['another generation', 'key-1', { ...place, gen: 43 }],
    ['digits moved from epoch to generation', 'key-1', { epoch: 74, gen: 2 }],
  ])('does not open what was moved to %s', async (_, key, at) => {
    const ring = fakeRing()
    const sealed = await createVault('key-1', ring).seal(contents, place)
    expect(await createVault(key, ring).open(sealed, at)).toBeUndefined()
  })

  it('binds different places to different texts, also where a key ends in digits', async () => {
    const ring = fakeRing()
    await createVault('key|1', ring).seal(contents, { epoch: 2, gen: 3 })
    await createVault('key', ring).seal(contents, { epoch: 1, gen: 3 })
    await createVault('key|1|2', ring).seal(contents, { epoch: 3, gen: 3 })
    expect(new Set(ring.bounds).size).toBe(3)
  })

  it('does not open what another ring sealed', async () => {
    const sealed = await createVault('key-1', fakeRing('old')).seal(contents, place)
    expect(await createVault('key-1', fakeRing('new')).open(sealed, place)).toBeUndefined()
  })

  it('fails closed where the ring throws', async () => {
    const ring: KeyRing = { ...fakeRing(), open: () => Promise.reject(new Error('no such key')) }
    expect(await createVault('key-1', ring).open('anything', place)).toBeUndefined()
  })
})

describe('a vault without a ring', () => {
  const vault = createVault('key-1', undefined)

  it('keeps texts as they are', async () => {
    const text = await vault.seal(contents, place)
    expect(JSON.parse(text)).toEqual(contents)
    expect(await vault.open(text, place)).toEqual(contents)
  })

  it.each([
    ['nothing', ''],
    ['half of it', '{"access":"acc'],
    ['null', 'null'],
    ['a number', '5'],
    ['a list', '[]'],
    ['contents without access token', '{"scheme":"Bearer"}'],
    ['contents without scheme', '{"access":"a"}'],
    ['an access token that is a number', '{"access":5,"scheme":"Bearer"}'],
    ['a refresh token that is a number', '{"access":"a","scheme":"Bearer","refresh":5}'],
    ['scopes that are a text', '{"access":"a","scheme":"Bearer","scopes":"read"}'],
  ])('does not open %s (9.8)', async (_, text) => {
    expect(await vault.open(text, place)).toBeUndefined()
  })
})

describe('a fingerprint (10.2)', () => {
  const secret = 'refresh-zPq7-secret'

  it.each([
    ['with a ring', fakeRing()],
    ['without', undefined],
  ])('%s is the same for the same secret and salt, and another for any other', async (_, ring) => {
    const vault = createVault('key-1', ring)
    const print = await vault.print(secret, 'salt-1')
    expect(await vault.print(secret, 'salt-1')).toBe(print)
    expect(await vault.print(secret, 'salt-2')).not.toBe(print)
    expect(await vault.print(`${secret}x`, 'salt-1')).not.toBe(print)
    expect(() => assertNoSecrets(print, [secret])).not.toThrow()
  })

  it('is another under another ring', async () => {
    const prints = await Promise.all(['a', 'b'].map((name) => createVault('k', fakeRing(name)).print(secret, 'salt')))
    expect(prints[0]).not.toBe(prints[1])
  })
})
