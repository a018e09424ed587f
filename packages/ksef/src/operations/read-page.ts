/**
 * Reads one page of a list: by counting, or by a token that the page before gave.
 *
 * @see spec/ksef.md sections 1.6 and 3.7
 * @module
 */
import { parseRequest } from '@latchkey/http'
import type { QueryValue, RequestSchema } from '@latchkey/http'
import type { OffsetPage, OffsetPageQuery, TokenPage, TokenPageQuery } from '../values/page.ts'
import { ask } from './answers.ts'
import type { Asking } from './answers.ts'
import type { CallOptions, Context } from './context.ts'

/** A list that goes on by counting pages. */
export type OffsetList<Item> = Asking<OffsetPage<Item>> & { readonly request: RequestSchema<OffsetPageQuery> }

/** A list that goes on by a token. Its filter is made of what a query can carry. */
export type TokenList<Item> = Asking<TokenPage<Item>> & {
  readonly request: RequestSchema<TokenPageQuery & Filter>
}

type Filter = Readonly<Record<string, QueryValue | readonly QueryValue[] | undefined>>

/** The page is named in the query, the filter is the body. */
export async function readOffsetPage<Item>(
  context: Context,
  list: OffsetList<Item>,
  query: OffsetPageQuery,
  run: CallOptions | undefined,
): Promise<OffsetPage<Item>> {
  const { pageSize, pageOffset, ...filter } = parseRequest<OffsetPageQuery>(list, query, [])
  const body = list.method === 'POST' ? filter : undefined
  return ask(context, list, { query: { pageSize, pageOffset }, body }, run)
}

/** The page is named in a header, of which the first page has none; the filter is the query. */
export async function readTokenPage<Item>(
  context: Context,
  list: TokenList<Item>,
  query: TokenPageQuery,
  run: CallOptions | undefined,
): Promise<TokenPage<Item>> {
  const { continuationToken, ...filter } = parseRequest<TokenPageQuery & Filter>(list, query, [])
  const headers: Record<string, string> =
    continuationToken === undefined ? {} : { 'x-continuation-token': continuationToken }
  return ask(context, list, { query: filter, headers }, run)
}
