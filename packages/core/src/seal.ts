/**
 * Seals text with AES-256-GCM under a key ring: one key seals, all of them open, so that keys can be replaced while
 * every process goes on working. Apart from the engine's entry, because a program without a shared store needs none.
 *
 * A sealed text is `lk1.<key id>.<base64url of nonce, ciphertext and tag>`. What is bound (for a record: its key, epoch
 * and generation) is authenticated with it, so that a sealed token cannot be moved to another tenant or another time.
 *
 * @see engine.md section 10
 * @module
 */
import { invalidArgument } from './errors.ts'
import { assertKnown } from './options.ts'
import { Secret } from './secret.ts'
import type { KeyRing } from './vault.ts'

export type { KeyRing } from './vault.ts'

/** 32 bytes: raw, or as base64 or base64url text (43 or 44 characters). */
export type SealingKey = Uint8Array | string | Secret

export interface KeyRingOptions {
  /** The first key seals; every key opens. At most 32. */
  readonly keys: readonly SealingKey[]
}

const keyBytes = 32
const keysMax = 32
const nonceBytes = 12
const version = 'lk1'
const utf8 = new TextEncoder()

/**
 * Makes a key ring.
 *
 * To replace a key without downtime: give every process `[old, new]`, then `[new, old]`, and once the oldest
 * record has been written anew `[new]`. A process that cannot open a record treats it as absent and gets a new token.
 *
 * Fingerprints, which compare secrets without keeping them, are made under a key derived from the first one.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`: no key, too many, or one that is not 32 bytes. Shows no key.
 */
export function keyRing(options: KeyRingOptions): KeyRing {
  assertKnown(options, ['keys'], 'keyRing')
  const { keys } = options
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > keysMax) {
    throw invalidArgument(`keys must be a list of 1 to ${keysMax} keys; the first one seals`)
  }
  const raw = keys.map(bytesOf)
  let opened: Promise<readonly Opened[]> | undefined
  const ready = (): Promise<readonly Opened[]> => (opened ??= Promise.all(raw.map(openKey)))

  return Object.freeze({
    async seal(text: string, bound: string) {
      const [{ id, cipher }] = (await ready()) as readonly [Opened] // At least one, as checked above.
      const nonce = crypto.getRandomValues(new Uint8Array(nonceBytes))
      const sealed = await crypto.subtle.encrypt(algorithm(nonce, id, bound), cipher, utf8.encode(text))
      return [version, id, encode(concat(nonce, new Uint8Array(sealed)))].join('.')
    },
    async open(sealed: string, bound: string) {
      const [format, id, text = '', ...more] = sealed.split('.')
      const key = (await ready()).find((each) => each.id === id)
      const bytes = decode(text)
      if (format !== version || !key || !bytes || more.length > 0 || encode(bytes) !== text) return undefined
      if (bytes.length <= nonceBytes) return undefined
      const how = algorithm(bytes.subarray(0, nonceBytes), key.id, bound)
      try {
        const opened = await crypto.subtle.decrypt(how, key.cipher, bytes.subarray(nonceBytes))
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(opened)
      } catch {
        return undefined // Altered, or bound to something else.
      }
    },
    async fingerprint(text: string) {
      const [{ mac }] = (await ready()) as readonly [Opened] // As above.
      return encode(new Uint8Array(await crypto.subtle.sign('HMAC', mac, utf8.encode(text))))
    },
  })
}

/** A new random key as text, for a key file. It is a secret. */
export function generateSealingKey(): Secret {
  return new Secret(encode(crypto.getRandomValues(new Uint8Array(keyBytes))))
}

// The platform's type, whose name only the DOM's declarations have.
type CryptoKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

interface Opened {
  /** Names the key in what it sealed; says nothing of the key. */
  readonly id: string
  readonly cipher: CryptoKey
  readonly mac: CryptoKey
}

function bytesOf(key: unknown): Uint8Array<ArrayBuffer> {
  const given = key instanceof Secret ? key.reveal() : key
  const bytes = typeof given === 'string' ? decode(given.trim().replace(/=$/, '')) : given
  if (bytes instanceof Uint8Array && bytes.length === keyBytes) return new Uint8Array(bytes)
  throw invalidArgument('each of keys must be 32 bytes, or 32 bytes as base64 text')
}

async function openKey(raw: Uint8Array<ArrayBuffer>): Promise<Opened> {
  const base = await crypto.subtle.importKey('raw', raw, 'HKDF', false, ['deriveKey', 'deriveBits'])
  const derive = (info: string) => ({
    name: 'HKDF',
    hash: 'SHA-256',
    salt: new Uint8Array(0),
    info: utf8.encode(info),
  })
  const [id, cipher, mac] = await Promise.all([
    crypto.subtle.deriveBits(derive('latchkey key id'), base, 64),
    crypto.subtle.deriveKey(derive('latchkey seal'), base, { name: 'AES-GCM', length: 256 }, false, [
      'encrypt',
      'decrypt',
    ]),
    crypto.subtle.deriveKey(
      derive('latchkey fingerprint'),
      base,
      { name: 'HMAC', hash: 'SHA-256', length: 256 },
      false,
      ['sign'],
    ),
  ])
  return { id: encode(new Uint8Array(id)), cipher, mac }
}

function algorithm(nonce: Uint8Array<ArrayBuffer>, id: string, bound: string) {
  return { name: 'AES-GCM', iv: nonce, additionalData: utf8.encode(`${version}|${id}|${bound}`), tagLength: 128 }
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}

function encode(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** Base64 or base64url without padding; `undefined` for anything that an encoder would not have written. */
function decode(text: string): Uint8Array<ArrayBuffer> | undefined {
  const plain = text.replaceAll('-', '+').replaceAll('_', '/')
  if (!/^[A-Za-z0-9+/]+$/.test(plain) || plain.length % 4 === 1) return undefined
  const bytes = Uint8Array.from(atob(plain), (each) => each.charCodeAt(0))
  // The last character may carry bits that no byte takes: altered text that would open all the same.
  return encode(bytes) === plain.replaceAll('+', '-').replaceAll('/', '_') ? bytes : undefined
}
