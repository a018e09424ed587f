/**
 * Goes from page to page, by whichever of the two ways a list has.
 *
 * @see spec/ksef.md section 1.6
 * @module
 */
import { assertKnown, invalidArgument } from '@latchkey/core'
import { ksefError } from '../errors.ts'
import type { OffsetPage, OffsetPageQuery, Page, TokenPage, TokenPageQuery } from '../values/page.ts'
import type { CallOptions, Context } from './context.ts'
import { readOffsetPage, readTokenPage } from './read-page.ts'
import type { OffsetList, TokenList } from './read-page.ts'

/** How a walk through pages runs. `deadlineMs` is for each page. */
export interface PageOptions extends CallOptions {
  /** The walk ends with an error beyond it. @default 1 000 */
  readonly pagesMax?: number | undefined
}

/**
 * A list, page by page: `for await (const page of pages)`. Nothing is asked before the loop begins, and no page before
 * the loop wants it; each loop begins anew.
 */
export interface Pages<OnePage extends Page<unknown>> extends AsyncIterable<OnePage> {
  /** The same, item by item. */
  items(): AsyncIterable<OnePage['items'][number]>
}

const pagesMaxDefault = 1_000

/** A list that goes on by a token, through empty and short pages, until a page has none. */
export function tokenPages<Item>(
  context: Context,
  list: TokenList<Item>,
  query: TokenPageQuery,
  run: PageOptions,
): Pages<TokenPage<Item>> {
  return pagesOf(() =>
    walk(
      list.name,
      query,
      run,
      (asked, call) => readTokenPage(context, list, asked, call),
      ({ continuationToken }) => continuationToken && { continuationToken },
    ),
  )
}

/** A list that goes on by counting pages, until a page says that there is no more. */
export function offsetPages<Item>(
  context: Context,
  list: OffsetList<Item>,
  query: OffsetPageQuery,
  run: PageOptions,
): Pages<OffsetPage<Item>> {
  return pagesOf(() =>
    walk(
      list.name,
      query,
      run,
      (asked, call) => readOffsetPage(context, list, asked, call),
      ({ hasMore }, { pageOffset = 0 }) => hasMore && { pageOffset: pageOffset + 1 },
    ),
  )
}

async function* walk<Query extends object, OnePage>(
  operation: string,
  query: Query,
  run: PageOptions,
  read: (query: Query, run: CallOptions) => Promise<OnePage>,
  after: (page: OnePage, asked: Query) => object | '' | false | undefined,
): AsyncGenerator<OnePage> {
  assertKnown(run, ['signal', 'deadlineMs', 'pagesMax'], operation)
  const { pagesMax = pagesMaxDefault, ...call } = run
  if (!(Number.isInteger(pagesMax) && pagesMax > 0)) throw invalidArgument('pagesMax: must be a whole number above 0')
  const seen = new Set<string>()
  for (let asked = query, count = 1; ; count += 1) {
    const page = await read(asked, call)
    yield page
    const next = after(page, asked)
    if (!next) return
    const place = JSON.stringify(next)
    if (seen.has(place)) throw endless(operation, 'page-loop', 'the pages lead in a circle')
    if (count >= pagesMax) throw endless(operation, 'pages-max', `there are more than ${pagesMax} pages`)
    seen.add(place)
    asked = { ...asked, ...next }
  }
}

function pagesOf<OnePage extends Page<unknown>>(begin: () => AsyncIterable<OnePage>): Pages<OnePage> {
  return Object.freeze({
    [Symbol.asyncIterator]: () => begin()[Symbol.asyncIterator](),
    async *items() {
      for await (const { items } of begin()) yield* items
    },
  })
}

function endless(operation: string, reason: string, what: string): Error {
  const message = `${operation}: ${what}. What came so far is good; narrow the filter for the rest.`
  return ksefError('KSEF_TOO_MANY_PAGES', message, { operation, reason })
}
