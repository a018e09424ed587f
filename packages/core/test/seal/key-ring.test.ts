/** Sealing under a key ring: the format, rotation, and that every change is noticed. Engine.md 10.1, 10.2, 16.2. @module */
import { createDecipheriv, createHmac, hkdfSync } from 'node:crypto'
import { inspect } from 'node:util'
import { assertNoSecrets } from '@latchkey/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Secret } from '../../src/index.ts'
import { generateSealingKey, keyRing } from '../../src/seal.ts'
import { bounded } from '../properties/settings.ts'

const raw = (fill: number): Uint8Array => new Uint8Array(32).fill(fill)
const text = (fill: number): string => Buffer.from(raw(fill)).toString('base64')
const bound = 'latchkey:abc|7|42'
const token = 'access-zPq7-secret'

describe('a sealed text (10.1)', () => {
  it('is AES-256-GCM under a key derived from the first one, as another program can show', async () => {
    const sealed = await keyRing({ keys: [raw(1), raw(2)] }).seal(token, bound)
    const [version, id, body = ''] = sealed.split('.')
    const derive = (info: string, length: number): Buffer =>
      Buffer.from(hkdfSync('sha256', raw(1), Buffer.alloc(0), info, length))
    expect([version, id]).toEqual(['lk1', derive('latchkey key id', 8).toString('base64url')])
    const bytes = Buffer.from(body, 'base64url')
    const decipher = createDecipheriv('aes-256-gcm', derive('latchkey seal', 32), bytes.subarray(0, 12))
    decipher.setAAD(Buffer.from(`lk1|${id}|${bound}`)).setAuthTag(bytes.subarray(-16))
    const opened = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()])
    expect(opened.toString()).toBe(token)
  })

  it('opens where it was sealed, and nowhere else', async () => {
    const ring = keyRing({ keys: [raw(1)] })
    const sealed = await ring.seal(token, bound)
    expect(await ring.open(sealed, bound)).toBe(token)
    for (const other of ['latchkey:abd|7|42', 'latchkey:abc|8|42', 'latchkey:abc|7|43', '', `${bound} `]) {
      expect(await ring.open(sealed, other)).toBeUndefined()
    }
  })

  it('is never the same twice', async () => {
    const ring = keyRing({ keys: [raw(1)] })
    const all = await Promise.all(Array.from({ length: 200 }, () => ring.seal(token, bound)))
    expect(new Set(all).size).toBe(200)
  })

  it('keeps any text, empty ones and those that begin with a byte order mark included', async () => {
    const ring = keyRing({ keys: [raw(1)] })
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.string(), async (some, place) => {
        expect(await ring.open(await ring.seal(some, place), place)).toBe(some)
      }),
      bounded(300),
    )
    expect(await ring.open(await ring.seal('\uFEFFa', ''), '')).toBe('\uFEFFa')
  })

  it('16.2: fails closed on any change of any character', async () => {
    const ring = keyRing({ keys: [raw(1)] })
    const sealed = await ring.seal(token, bound)
    for (let at = 0; at < sealed.length; at += 1) {
      for (const other of ['A', 'B', '.', '=', '-', '', 'é']) {
        const altered = sealed.slice(0, at) + other + sealed.slice(at + 1)
        if (altered !== sealed) expect(await ring.open(altered, bound), `${at}: ${other}`).toBeUndefined()
      }
    }
    for (const altered of ['', '.', '..', 'lk1', 'lk1..', `${sealed}.x`, `${sealed}=`, ` ${sealed}`, 'null']) {
      expect(await ring.open(altered, bound)).toBeUndefined()
    }
  })

  it('16.2: fails closed on anything at all', async () => {
    const ring = keyRing({ keys: [raw(1)] })
    const [version, id] = (await ring.seal(token, bound)).split('.')
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.base64String(), async (any, body) => {
        expect(await ring.open(any, bound)).toBeUndefined()
        expect(await ring.open(`${version}.${id}.${body}`, bound)).toBeUndefined()
      }),
      bounded(500),
    )
  })
})

describe('rotation without downtime (10.1)', () => {
  it('seals under the first key and opens under all of them', async () => {
    const [before, adding, turned, after] = [[1], [1, 2], [2, 1], [2]].map((fills) => keyRing({ keys: fills.map(raw) }))
    const old = await before?.seal(token, bound)
    const new_ = await turned?.seal(token, bound)
    for (const ring of [before, adding, turned]) expect(await ring?.open(old ?? '', bound)).toBe(token)
    for (const ring of [adding, turned, after]) expect(await ring?.open(new_ ?? '', bound)).toBe(token)
    expect(await before?.open(new_ ?? '', bound)).toBeUndefined()
    expect(await after?.open(old ?? '', bound)).toBeUndefined()
  })

  it('does not open under a key that merely claims the name of another', async () => {
    const [one, two] = [keyRing({ keys: [raw(1)] }), keyRing({ keys: [raw(2)] })]
    const [, , body] = (await one.seal(token, bound)).split('.')
    const [version, id] = (await two.seal(token, bound)).split('.')
    expect(await two.open([version, id, body].join('.'), bound)).toBeUndefined()
  })
})

describe('fingerprints (10.2)', () => {
  it('are keyed: the same under the same first key, another under another, and none of the secret', async () => {
    const expected = createHmac('sha256', Buffer.from(hkdfSync('sha256', raw(1), '', 'latchkey fingerprint', 32)))
    const print = await keyRing({ keys: [raw(1), raw(2)] }).fingerprint(token)
    expect(print).toBe(expected.update(token).digest('base64url'))
    expect(await keyRing({ keys: [raw(1)] }).fingerprint(token)).toBe(print)
    expect(await keyRing({ keys: [raw(2)] }).fingerprint(token)).not.toBe(print)
    expect(await keyRing({ keys: [raw(1)] }).fingerprint(`${token}x`)).not.toBe(print)
  })
})

describe('keys', () => {
  it('are 32 bytes: raw, as base64 or base64url, with the line break of a file, or as a Secret', async () => {
    const fill = 255
    const url = Buffer.from(raw(fill)).toString('base64url')
    const sealed = await keyRing({ keys: [raw(fill)] }).seal(token, bound)
    for (const key of [text(fill), url, `${text(fill)}\n`, new Secret(text(fill)), Buffer.from(raw(fill))]) {
      expect(await keyRing({ keys: [key] }).open(sealed, bound)).toBe(token)
    }
  })

  it.each([
    ['no key', []],
    ['33 keys', Array.from({ length: 33 }, (_, fill) => raw(fill))],
    ['31 bytes', [new Uint8Array(31)]],
    ['33 bytes', [new Uint8Array(33)]],
    ['hexadecimal text', ['ab'.repeat(32)]],
    ['a passphrase', ['correct horse battery staple zPq7!']],
    ['nothing', [undefined]],
  ])('refuses %s, without showing it', (_, keys) => {
    const refusal = (): unknown => keyRing({ keys: keys as Uint8Array[] }) // Wrong on purpose.
    expect(refusal).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG' }))
    expect(refusal).not.toThrow(/ab{4}|horse/)
  })

  it('refuses an option that it does not know', () => {
    expect(() => keyRing({ keys: [raw(1)], key: raw(2) } as { keys: Uint8Array[] })).toThrow(/keys/) // Wrong on purpose.
  })

  it('does not follow what the caller does with the bytes afterwards', async () => {
    const mine = raw(1)
    const ring = keyRing({ keys: [mine] })
    mine.fill(9)
    expect(await keyRing({ keys: [raw(1)] }).open(await ring.seal(token, bound), bound)).toBe(token)
  })

  it('10.3: are not shown by printing the ring or a generated key', () => {
    const key = generateSealingKey()
    const ring = keyRing({ keys: [key, text(7)] })
    const printed = [key, ring].flatMap((each) => [inspect(each, { depth: 9, showHidden: true }), JSON.stringify(each)])
    assertNoSecrets(printed, [key.reveal(), text(7)])
    expect(Buffer.from(key.reveal(), 'base64url')).toHaveLength(32)
    expect(generateSealingKey().reveal()).not.toBe(key.reveal())
  })
})
