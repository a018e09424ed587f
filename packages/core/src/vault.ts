/**
 * What the record keeps secret, and how: the sealed text of a token and the fingerprints that stand for secrets
 * which must be compared but not kept.
 *
 * @see engine.md section 10
 * @module
 */
import { sha256 } from './key.ts'
import type { TokenRecord } from './protocol.ts'

/** Seals and opens under one or several keys. Implemented by `@latchkey/core/seal`. */
export interface KeyRing {
  /** `bound` is authenticated with the text, so that a sealed token cannot be moved to another key or time. */
  seal(text: string, bound: string): Promise<string>
  /** `undefined` where no key of the ring fits or anything was altered. */
  open(sealed: string, bound: string): Promise<string | undefined>
  /** A keyed hash, under a key derived from the ring. */
  fingerprint(text: string): Promise<string>
}

export interface Contents {
  readonly access: string
  readonly refresh?: string | undefined
  readonly scheme: string
  readonly scopes?: readonly string[] | undefined
}

export interface Vault {
  seal(contents: Contents, at: Place): Promise<string>
  open(sealed: string, at: Place): Promise<Contents | undefined>
  print(secret: string, salt: string): Promise<string>
}

type Place = Pick<TokenRecord, 'epoch' | 'gen'>

/** A vault for the record `key`. Without a ring, texts are kept as they are and fingerprints are salted hashes. */
export function createVault(key: string, ring: KeyRing | undefined): Vault {
  const bound = (at: Place): string => [key, at.epoch, at.gen].join('|')
  return {
    async seal(contents, at) {
      const text = JSON.stringify(contents)
      return ring ? ring.seal(text, bound(at)) : text
    },
    async open(sealed, at) {
      try {
        const text = ring ? await ring.open(sealed, bound(at)) : sealed
        const found = text === undefined ? undefined : (JSON.parse(text) as Partial<Contents> | null) // Checked in the next lines.
        const { access, refresh, scheme, scopes } = found ?? {}
        const whole = typeof access === 'string' && typeof scheme === 'string' && typeof (refresh ?? '') === 'string'
        const listed =
          scopes === undefined || (Array.isArray(scopes) && scopes.every((each) => typeof each === 'string'))
        return whole && listed ? { access, refresh, scheme, scopes } : undefined
      } catch {
        return undefined
      }
    },
    print: (secret, salt) => (ring ? ring.fingerprint(salt + secret) : sha256(`${salt}\n${secret}`)),
  }
}
