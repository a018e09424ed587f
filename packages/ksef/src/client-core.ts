/**
 * What the parts of one client share: its settings, its pipelines, the public keys, and that all of them end together.
 *
 * @module
 */
import { createTokenSource } from '@latchkey/core'
import type { Grant, KeyParts, ManagedTokenSource, TokenSource } from '@latchkey/core'
import type { Pipeline } from '@latchkey/http'
import type { Entry } from './auth/door.ts'
import { pipelineOf } from './client-options.ts'
import type { ClientSettings } from './client-options.ts'
import { PublicKeys } from './encryption/public-keys.ts'
import { ksefError } from './errors.ts'
import type { Context } from './operations/context.ts'
import type { RateBudget } from './rates/budget.ts'

/** The source of one sign-in. */
export interface SourceOptions {
  readonly grant: Grant
  /** What identifies the sign-in; absent where nobody else can have the same one, so that nobody shares it. */
  readonly key: Pick<KeyParts, 'clientId' | 'subject' | 'audience'> | undefined
  readonly keyLabel: string
}

/** A client's insides. */
export class ClientCore {
  readonly settings: ClientSettings
  readonly keys: PublicKeys
  /** For operations that need nobody to have signed in. */
  readonly open: Context
  /** For signing in. */
  readonly entry: Entry
  readonly #sources = new Set<ManagedTokenSource>()
  readonly #closing = new AbortController()

  constructor(settings: ClientSettings) {
    this.settings = settings
    this.entry = { apiBaseUrl: settings.apiBaseUrl, budget: settings.budgets?.open, closing: this.#closing.signal }
    this.keys = new PublicKeys(settings.clock)
    this.open = this.#context(this.#guarded(pipelineOf(settings, settings.budgets?.open)), undefined)
  }

  /** The same client's services with a token. */
  contextFor(source: TokenSource, budget: RateBudget | undefined): Context {
    return this.#context(this.open.open, this.#guarded(pipelineOf(this.settings, budget, source)))
  }

  /** A source that ends with this client, if not before. */
  sourceFor({ grant, key, keyLabel }: SourceOptions): ManagedTokenSource {
    this.assertOpen()
    const { environment, apiBaseUrl, engine } = this.settings
    const { store, ring, plaintext, ...ownMemory } = engine
    const services = key === undefined ? ownMemory : { ...ownMemory, store, ring, plaintext }
    const source = createTokenSource({
      ...services,
      grant,
      key: {
        ...(key ?? { clientId: 'unnamed' }), // A store of its own needs no name.
        provider: 'ksef',
        environment: environment.name,
        tokenEndpoint: `${apiBaseUrl.href.replace(/\/+$/, '')}/auth/token/refresh`,
      },
      keyLabel,
    })
    this.#sources.add(source)
    return source
  }

  async release(source: ManagedTokenSource): Promise<void> {
    this.#sources.delete(source)
    await source.close()
  }

  /** @throws {ProviderError} `KSEF_CLIENT_CLOSED` */
  assertOpen(): void {
    if (!this.#closing.signal.aborted) return
    throw ksefError('KSEF_CLIENT_CLOSED', 'This KSeF client is closed. Nothing was sent; make a new one.')
  }

  async close(): Promise<void> {
    this.#closing.abort(ksefError('KSEF_CLIENT_CLOSED', 'This KSeF client was closed before the sign-in was complete.'))
    await Promise.all([...this.#sources].map((source) => this.release(source)))
  }

  #context(open: Pipeline, authorized: Pipeline | undefined): Context {
    const { environment, isTest, clock, random } = this.settings
    return Object.freeze({ open, authorized, environment, hasTestData: isTest, clock, random })
  }

  #guarded(pipeline: Pipeline): Pipeline {
    return {
      send: async (...call) => {
        this.assertOpen()
        return pipeline.send(...call)
      },
    }
  }
}
