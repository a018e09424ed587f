/**
 * A token source with the OAuth 2 grant for an authority, and a network that loses answers.
 *
 * @module
 */
import { createTokenSource } from '@latchkey/core'
import type { ManagedTokenSource } from '@latchkey/core'
import { oauth2Grant } from '@latchkey/oauth2'
import type { ClientAuthentication, LoginEnding } from '@latchkey/oauth2'
import type { Authority, Credential } from './authority.ts'

export interface SourceOptions {
  /** @default the authority's partner */
  readonly credential?: Credential
  readonly clientAuthentication?: ClientAuthentication
  readonly ending?: LoginEnding
  readonly fetch?: typeof globalThis.fetch
}

/** With a memory store of its own, and otherwise as a user would make it for Keycloak. */
export function openSource(authority: Authority, options: SourceOptions = {}): ManagedTokenSource {
  const { credential = authority.partner, clientAuthentication, ending, fetch } = options
  const { tokenUrl } = authority
  return createTokenSource({
    grant: oauth2Grant({ tokenUrl, ...credential, clientAuthentication, ending, shrinkingLifetimes: true }),
    key: { provider: 'oauth2', environment: 'test', tokenEndpoint: tokenUrl, clientId: credential.clientId },
    keyLabel: 'partner',
    fetch,
  })
}

/** A `fetch` that can do what a broken connection does: the server has acted, and its answer never arrives. */
export function losingAnswers(): {
  readonly fetch: typeof globalThis.fetch
  loseNext(): void
  lost(): number
} {
  let isArmed = false
  let lost = 0
  return {
    async fetch(input, init) {
      const answer = await globalThis.fetch(input, init)
      if (!isArmed) return answer
      isArmed = false
      lost += 1
      await answer.arrayBuffer()
      throw new TypeError('fetch failed', {
        cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
      })
    },
    loseNext: () => void (isArmed = true),
    lost: () => lost,
  }
}
