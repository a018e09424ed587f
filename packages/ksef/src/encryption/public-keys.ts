/**
 * The Ministry's public keys, kept for as long as they may be used.
 *
 * @see spec/ksef.md section 2.8
 * @module
 */
import { createHash } from 'node:crypto'
import type { Clock } from '@latchkey/core'
import type { ProviderError } from '@latchkey/http'
import { parseCertificate } from '../certificates/certificate.ts'
import { ksefError } from '../errors.ts'
import type { PublicKeyCertificate } from '../values/public-key-certificate.ts'

/** What a key is for. */
export type EncryptionUsage = 'KsefTokenEncryption' | 'SymmetricKeyEncryption'

/** What KSeF published, and when, by its own clock (epoch milliseconds). */
export interface Published {
  readonly keys: readonly PublicKeyCertificate[]
  readonly now: number
}

const dateStepMs = 1_000 // KSeF's clock is read from `Date`, which names whole seconds.
const keptMs = 6 * 3_600_000 // A key withdrawn in an emergency is noticed by then, also where nobody is told (21470).

/**
 * One environment's keys. Who asks while somebody else does waits for that answer.
 *
 * @param clock - Decides what is valid now, put right by KSeF's own.
 */
export class PublicKeys {
  readonly #clock: Clock
  #held: { readonly published: Published; readonly at: number } | undefined
  #flight: Promise<readonly PublicKeyCertificate[]> | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * The key for a use: valid now, and of several the one that became so last.
   *
   * @param ask - Asks KSeF, where nothing usable is held.
   * @throws {ProviderError} `KSEF_KEY_UNUSABLE`: there is none, its id is not its own, or nobody knows how to use its kind.
   * @throws Whatever `ask` rejects with.
   */
  async current(usage: EncryptionUsage, ask: () => Promise<Published>): Promise<PublicKeyCertificate> {
    const key = this.#best(usage) ?? newest(this.#valid(await this.#published(ask)), usage)
    if (key === undefined) throw unusable(`KSeF publishes no key for ${usage} that is valid now.`, 'none')
    assertUsable(key)
    return key
  }

  /** All that are valid now. */
  async all(ask: () => Promise<Published>): Promise<readonly PublicKeyCertificate[]> {
    return this.#valid(this.#fresh() ?? (await this.#published(ask)))
  }

  /** The next who asks asks KSeF: a key was refused. */
  forget(): void {
    this.#held = undefined
  }

  #best(usage: EncryptionUsage): PublicKeyCertificate | undefined {
    const held = this.#fresh()
    return held && newest(this.#valid(held), usage)
  }

  #fresh(): readonly PublicKeyCertificate[] | undefined {
    const held = this.#held
    if (held === undefined || this.#clock.mono() - held.at >= keptMs) return undefined
    return this.#valid(held.published.keys).length > 0 ? held.published.keys : undefined
  }

  #valid(keys: readonly PublicKeyCertificate[]): readonly PublicKeyCertificate[] {
    const held = this.#held
    const now = held === undefined ? this.#clock.wall() : held.published.now + this.#clock.mono() - held.at
    return keys.filter(({ validFrom, validTo }) => validFrom.getTime() < now + dateStepMs && now < validTo.getTime())
  }

  // Who joined an attempt that failed begins another, whose error is theirs, or joins that of somebody faster.
  async #published(ask: () => Promise<Published>): Promise<readonly PublicKeyCertificate[]> {
    while (this.#flight !== undefined) {
      try {
        return await this.#flight
      } catch {
        // The failure of whoever asked.
      }
    }
    const flight = this.#ask(ask)
    this.#flight = flight
    try {
      return await flight
    } finally {
      if (this.#flight === flight) this.#flight = undefined
    }
  }

  async #ask(ask: () => Promise<Published>): Promise<readonly PublicKeyCertificate[]> {
    const published = await ask()
    this.#held = { published, at: this.#clock.mono() }
    return published.keys
  }
}

function newest(keys: readonly PublicKeyCertificate[], usage: EncryptionUsage): PublicKeyCertificate | undefined {
  return keys
    .filter((key) => key.usage.includes(usage))
    .sort((a, b) => b.validFrom.getTime() - a.validFrom.getTime())[0]
}

function assertUsable({ certificate: text, publicKeyId }: PublicKeyCertificate): void {
  const certificate = parseCertificate(text)
  if (certificate.algorithm.type !== 'rsa') {
    throw unusable('KSeF publishes a key of elliptic curves, and no document says how to encrypt with one.', 'kind')
  }
  const spki = certificate.publicKey.export({ type: 'spki', format: 'der' })
  if (createHash('sha256').update(spki).digest('base64') !== publicKeyId) {
    throw unusable('The id beside a published key is not that key’s: check baseUrl.', 'id')
  }
}

function unusable(text: string, reason: string): ProviderError {
  return ksefError('KSEF_KEY_UNUSABLE', `Nothing can be encrypted for KSeF: ${text}`, { reason })
}
