/**
 * Goes from page to page. A page names the next one by a URL, of which only the query is used: the token must never go
 * to a host that an answer names.
 *
 * @see spec/truphone.md section 2.5
 * @module
 */
import { assertKnown, invalidArgument } from '@latchkey/core'
import { parseRequest } from '@latchkey/http'
import type { SendRequest } from '@latchkey/http'
import { truphoneError } from '../errors.ts'
import type { Subscription } from '../values/subscription.ts'
import { decodeSubscriptions } from '../wire/entities.ts'
import { callOptionNames, send } from './context.ts'
import type { CallOptions, Context } from './context.ts'
import { decoded } from './decoded.ts'
import { operations } from './table.ts'

/** How a walk through pages runs. `deadlineMs` is for each page. */
export interface PageOptions extends CallOptions {
  /** The walk ends with an error beyond it. @default 1 000 */
  readonly pagesMax?: number | undefined
}

const pagesMaxDefault = 1_000

type Query = NonNullable<SendRequest['query']>

/** Starts without a page number and follows `X-Next-Page` until it is missing, through empty and short pages as well. */
export async function* subscriptionPages(
  context: Context,
  filter: object,
  run: PageOptions,
): AsyncGenerator<readonly Subscription[]> {
  const operation = operations['subscriptions.list']
  assertKnown(run, [...callOptionNames, 'pagesMax'], operation.name)
  const { pagesMax = pagesMaxDefault, ...call } = run
  if (!(Number.isInteger(pagesMax) && pagesMax > 0)) throw invalidArgument('pagesMax: must be a whole number above 0')
  const { productId, ...rest } = parseRequest(operation, filter, [])
  let query: Query = { ...rest, 'product-id': productId }
  const seen = new Set<string>()
  for (let count = 1; ; count += 1) {
    const { answer, json } = await send(context, operation, { query }, call)
    yield decoded(decodeSubscriptions(json))
    const next = answer.headers.get('x-next-page')
    if (next === null || next.trim() === '') return
    const search = searchOf(next)
    if (search === undefined) throw wrong('TRUPHONE_MALFORMED_ANSWER', 'next-page', 'the next page is named by no URL')
    if (seen.has(search)) throw wrong('TRUPHONE_MALFORMED_ANSWER', 'page-loop', 'the pages lead in a circle')
    if (count >= pagesMax) throw wrong('TRUPHONE_TOO_MANY_PAGES', 'pages-max', `there are more than ${pagesMax} pages`)
    seen.add(search)
    query = queryOf(search)
  }
}

function searchOf(next: string): string | undefined {
  const base = 'http://page.invalid/' // Only for a relative URL; the host is not looked at.
  return URL.canParse(next, base) ? new URL(next, base).search : undefined
}

function queryOf(search: string): Query {
  const query = new Map<string, string[]>()
  for (const [name, value] of new URLSearchParams(search)) query.set(name, [...(query.get(name) ?? []), value])
  return Object.fromEntries(query)
}

function wrong(code: 'TRUPHONE_MALFORMED_ANSWER' | 'TRUPHONE_TOO_MANY_PAGES', reason: string, what: string): Error {
  return truphoneError(code, `subscriptions.list: ${what}. What came so far is good; narrow the filter for the rest.`, {
    operation: 'subscriptions.list',
    reason,
  })
}
