/**
 * KSeF tokens: long-lived credentials of a context, which sign in where no certificate is at hand.
 *
 * @see spec/ksef.md sections 2.14 and 3.3
 * @module
 */
import { isLatchkeyError } from '@latchkey/core'
import { parseRequest, poll } from '@latchkey/http'
import type { Resolution, WaitOptions } from '@latchkey/http'
import { KsefApiError } from '../errors.ts'
import type { GeneratedKsefToken } from '../values/generated-ksef-token.ts'
import type { KsefTokenInfo, KsefTokenPermission, KsefTokenState } from '../values/ksef-token-status.ts'
import type { TokenPage, TokenPageQuery } from '../values/page.ts'
import { ask } from './answers.ts'
import { send } from './context.ts'
import type { CallOptions, Context } from './context.ts'
import { KsefTokenNotActiveError } from './ksef-token-error.ts'
import { harmless, madeSince, stillUnknown } from './look-up.ts'
import { tokenPages } from './pages.ts'
import type { PageOptions, Pages } from './pages.ts'
import { notFinished } from './progress.ts'
import { readTokenPage } from './read-page.ts'
import { parseReference, parseWait } from './reference.ts'
import type { Referenced } from './reference.ts'
import { generateAndWait } from './requests/ksef-tokens.ts'
import { operations } from './table.ts'

/** A KSeF token to be made. */
export interface NewKsefToken {
  /** At least one, none twice, and a part of what the caller has. They never change. */
  readonly permissions: readonly KsefTokenPermission[]
  /** 5 to 256 characters. */
  readonly description: string
  /**
   * Wait until it is active: before that nobody can sign in with it. A signal that aborts the wait takes the text along;
   * where that may happen, use {@link KsefTokens.waitForActivation} afterwards. @default false
   */
  readonly wait?: boolean | Pick<WaitOptions, 'timeoutMs'> | undefined
}

/** Which KSeF tokens; filters combine with "and". */
export interface KsefTokenQuery extends TokenPageQuery {
  readonly status?: readonly KsefTokenState[] | undefined
  /** A part of it, in any case; 3 characters or more. */
  readonly description?: string | undefined
  /** A part of it; 3 characters or more. */
  readonly authorIdentifier?: string | undefined
  readonly authorIdentifierType?: 'Nip' | 'Pesel' | 'Fingerprint' | undefined
}

/** `auth.tokens` */
export interface KsefTokens {
  /**
   * Makes a KSeF token. Its text is in this answer and never again. Only who signed in with a signature can, in a
   * context of type Nip or InternalId. Effect `once`.
   *
   * @throws {TypeError} `ERR_INVALID_ARG` with `issues`: nothing was sent.
   * @throws {ProviderError} `KSEF_REJECTED` with 26001: a permission that the caller lacks; 26002: another context type.
   * @throws {KsefTokenNotActiveError} Only with `wait`: the token was made and is on the error; waiting failed.
   * @throws {OutcomeUnknownError} The answer was lost, and the text of the token with it. `resolve()` finds the token in
   *   the list: revoke it and make another one.
   *
   * Source: spec/ksef.md section 3.3. `POST /tokens`
   */
  generate(token: NewKsefToken, run?: CallOptions): Promise<GeneratedKsefToken>
  /**
   * Reads one KSeF token and its state.
   *
   * Source: spec/ksef.md section 3.3. `GET /tokens/{referenceNumber}`
   */
  status(token: Referenced, run?: CallOptions): Promise<KsefTokenInfo>
  /**
   * Asks until the token is active: after 1 s, then ever more rarely up to every 10 s. It takes seconds.
   *
   * @throws {ProviderError} `KSEF_OPERATION_FAILED`: it ended in another state, `reason`. `KSEF_NOT_FINISHED`: time is up.
   */
  waitForActivation(token: Referenced & WaitOptions): Promise<KsefTokenInfo>
  /**
   * Reads one page of the KSeF tokens of the context that the caller may see, newest first; 10 to 100 on a page.
   *
   * Source: spec/ksef.md section 3.3. `GET /tokens`
   */
  query(query?: KsefTokenQuery, run?: CallOptions): Promise<TokenPage<KsefTokenInfo>>
  /** All of them, page by page. */
  all(query?: KsefTokenQuery, run?: PageOptions): Pages<TokenPage<KsefTokenInfo>>
  /**
   * Revokes a KSeF token, for ever. It is `Revoking` first, then `Revoked`.
   *
   * Source: spec/ksef.md section 3.3. `DELETE /tokens/{referenceNumber}`
   */
  revoke(token: Referenced, run?: CallOptions): Promise<void>
}

export function ksefTokensOf(context: Context): KsefTokens {
  const tokens: KsefTokens = {
    async generate(token, run) {
      const operation = operations['tokens.generate']
      const { wait = false, ...body } = parseRequest({ ...operation, request: generateAndWait }, token, [])
      const sentAt = context.clock.wall()
      const unknown = { resolve: () => resolveToken(context, tokens, body, sentAt), advice: lostAdvice }
      const generated = await ask(context, operation, { body, unknown }, run)
      if (wait === false) return generated
      const { referenceNumber } = generated
      try {
        const timeoutMs = wait === true ? undefined : wait.timeoutMs
        await tokens.waitForActivation({ referenceNumber, signal: run?.signal, timeoutMs })
      } catch (error) {
        throw isLatchkeyError(error) ? new KsefTokenNotActiveError(error, generated) : error
      }
      return generated
    },
    async status(token, run) {
      const operation = operations['tokens.status']
      return ask(context, operation, { params: parseReference(operation, token) }, run)
    },
    async waitForActivation(token) {
      const { referenceNumber, options } = parseWait(operations['tokens.status'], token)
      const found = await poll(
        context,
        options,
        (run) => tokens.status({ referenceNumber }, run),
        ({ status }) => status !== 'Pending',
        (last) => notFinished({ ...awaited, referenceNumber }, last?.status),
      )
      if (found.status !== 'Active') throw notActive(found)
      return found
    },
    query: async (query = {}, run) => readTokenPage(context, operations['tokens.query'], query, run),
    all: (query = {}, run = {}) => tokenPages(context, operations['tokens.query'], query, run),
    async revoke(token, run) {
      const operation = operations['tokens.revoke']
      await send(context, operation, { params: parseReference(operation, token), unknown: harmless }, run)
    },
  }
  return Object.freeze(tokens)
}

const awaited = { operation: 'tokens.waitForActivation', what: 'the KSeF token' }

const lostAdvice =
  'The text of the token, if one was made, is lost. resolve() looks for it in the list: revoke what it finds, and make ' +
  'another one.'

function notActive({ referenceNumber, status, statusDetails }: KsefTokenInfo): Error {
  const { operation, what } = awaited
  const state = status.slice(0, 40)
  const facts = { provider: 'ksef', operation, retryable: false, correlationId: referenceNumber, reason: state }
  const detail = statusDetails?.join(' ')
  return new KsefApiError('KSEF_OPERATION_FAILED', `${operation}: ${what} is ${state}. Make another one.`, facts, {
    status: 200,
    kind: 'json',
    exceptions: [],
    ...(detail !== undefined && { detail }),
  })
}

// Several of the same description cannot be told apart, and one of them may be in use.
async function resolveToken(
  context: Context,
  tokens: KsefTokens,
  wanted: { readonly permissions: readonly string[]; readonly description: string },
  sentAt: number,
): Promise<Resolution<KsefTokenInfo>> {
  const { description } = wanted
  const permissions = sorted(wanted.permissions)
  const found = await madeSince(
    tokens.all({ description, pageSize: 100 }, { pagesMax: 20 }).items(),
    sentAt,
    ({ dateCreated }) => dateCreated,
    (each) => each.description === description && sorted(each.requestedPermissions) === permissions,
  )
  const [token, ...others] = found
  if (token === undefined) return stillUnknown(context, sentAt)
  if (others.length > 0) return { state: 'unknown' }
  if (token.status === 'Failed') return { state: 'refused', reason: 'The token was made and failed to become active.' }
  return { state: 'settled', result: token }
}

function sorted(words: readonly string[]): string {
  return [...words].sort().join(' ')
}
