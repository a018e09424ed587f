/**
 * How the steps of signing in reach KSeF: through the engine's one door, in their turn, with the headers that every
 * request carries.
 *
 * @see spec/ksef.md sections 1.4, 1.10 and 2.1, engine.md section 6.7
 * @module
 */
import { isLatchkeyError, retryAfterMs } from '@latchkey/core'
import type { GrantRun, Secret, TokenRequest, TokenResponse } from '@latchkey/core'
import type { ReadAnswer } from '../errors.ts'
import { ksefHeaders } from '../operations/dialect.ts'
import type { KsefOperation } from '../operations/table-row.ts'
import type { RateBudget } from '../rates/budget.ts'
import { readAnswer } from '../wire/read-answer.ts'
import { heldBack } from './failures.ts'

/** A row that a step can send. */
export type StepOperation = KsefOperation & Pick<TokenRequest, 'method'>

/** What goes with one request of a step. */
export interface Ask {
  readonly referenceNumber?: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: { readonly type: string; readonly text: string }
  /** An authentication, refresh or access token. */
  readonly bearer?: Secret
  /** @default false */
  readonly spendsRefreshToken?: boolean
}

export interface Said {
  readonly read: ReadAnswer
  readonly response: TokenResponse
}

/** The way to one environment during one attempt. */
export interface Door {
  readonly run: GrantRun
  /** @throws {TokenError} There was no answer. */
  ask(operation: StepOperation, ask?: Ask): Promise<Said>
}

/** Where the doors of one client lead. */
export interface Entry {
  readonly apiBaseUrl: URL
  /** Of the operations that need no sign-in, to which all steps belong. */
  readonly budget: RateBudget | undefined
  /** Aborted when the client closes: requests that were sent finish, and no wait between them does. */
  readonly closing: AbortSignal
}

const turnMaxMs = 5_000 // Of the lease's 30 s, which at most three requests share before it is extended.

export function doorTo({ apiBaseUrl, budget, closing }: Entry, engineRun: GrantRun): Door {
  const run: GrantRun = {
    signal: AbortSignal.any([engineRun.signal, closing]),
    clock: engineRun.clock,
    send: (request) => engineRun.send(request),
    extend: () => engineRun.extend(),
  }

  async function turn(operation: StepOperation): Promise<void> {
    try {
      await budget?.pace(operation, { signal: run.signal, remainingMs: turnMaxMs })
    } catch (error) {
      throw isLatchkeyError(error) ? heldBack(error) : error
    }
  }

  return {
    run,
    async ask(operation, { referenceNumber = '', query = {}, body, bearer, spendsRefreshToken = false } = {}) {
      const { name, method, path, rateGroup } = operation
      const url = new URL(apiBaseUrl)
      const place = path.replace('{referenceNumber}', encodeURIComponent(referenceNumber))
      url.pathname = url.pathname.replace(/\/+$/, '') + place
      for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value)
      const headers = new Headers({ ...ksefHeaders, accept: 'application/json' })
      if (body !== undefined) headers.set('content-type', body.type)
      if (bearer !== undefined) headers.set('authorization', `Bearer ${bearer.reveal()}`)
      const text = body === undefined ? {} : { body: body.text }
      await turn(operation)
      const response = await run.send({ method, url, headers, spendsRefreshToken, ...text })
      const { status } = response
      budget?.heard({ operation: name, rateGroup, status, retryAfterMs: retryAfterMs(response.headers, response.now) })
      return { read: readAnswer(status, response.text), response }
    },
  }
}

/** JSON on its way. */
export function json(body: unknown): { readonly type: string; readonly text: string } {
  return { type: 'application/json', text: JSON.stringify(body) }
}
