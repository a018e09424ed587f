/**
 * Lists in pages, by page index or by continuation token.
 *
 * @see spec/ksef.md section 1.6
 * @module
 */
import { z } from 'zod'
import { fields, optional, queryNumber, readInput } from './fields.ts'
import type { PublicCall } from './operation.ts'
import { refused } from './refusal.ts'

/** The query of a list by page index. `pageSizeMax` is the operation's own. */
export function pageFields(pageSizeMax: number) {
  return { pageOffset: optional(queryNumber(0, 1_000_000)), pageSize: optional(queryNumber(10, pageSizeMax)) }
}

/** The page parameters of a call, as {@link readInput} takes them. */
export function pageQuery({ query }: PublicCall): { pageOffset: string | null; pageSize: string | null } {
  return { pageOffset: query.get('pageOffset'), pageSize: query.get('pageSize') }
}

/** The page at an index, and whether there is another one. `pageOffset` counts pages. */
export function pageOf<Row>(
  rows: readonly Row[],
  {
    pageOffset = 0,
    pageSize = 10,
  }: { readonly pageOffset?: number | undefined; readonly pageSize?: number | undefined },
): { readonly rows: readonly Row[]; readonly hasMore: boolean } {
  const start = pageOffset * pageSize
  return { rows: rows.slice(start, start + pageSize), hasMore: rows.length > start + pageSize }
}

/** Where a row stands in a list that begins with the newest. */
export interface Position {
  readonly at: number
  readonly key: string
}

/** A page of a list by continuation token. */
export interface ContinuedPage<Row> {
  readonly rows: readonly Row[]
  /** Undefined: the last page. */
  readonly continuationToken: string | undefined
}

const tokenFields = z.strictObject({ at: z.number(), key: z.string().max(100) }).nullable()

/**
 * The next page of rows, newest first. A row that comes meanwhile shifts nothing: the token names the last row given.
 *
 * @throws {Refusal} 21405 for the size, 21418 for the token.
 */
export function continuePage<Row>(
  call: PublicCall,
  all: readonly Row[],
  pageSizeMax: number,
  positionOf: (row: Row) => Position,
): ContinuedPage<Row> {
  const input = { pageSize: call.query.get('pageSize') }
  const { pageSize = 10 } = readInput(fields({ pageSize: optional(queryNumber(10, pageSizeMax)) }), input)
  const header = call.header('x-continuation-token')
  const after = header === undefined || header === '' ? undefined : readToken(header)
  const placed = all.map((row) => ({ row, ...positionOf(row) })).sort(newestFirst)
  if (after === undefined && call.world.switches.emptyPages && placed.length > 0) {
    return { rows: [], continuationToken: tokenOf(null) } // A page may be empty while a token is present.
  }
  const rest = after === undefined || after === null ? placed : placed.filter((each) => newestFirst(each, after) > 0)
  const page = rest.slice(0, pageSize)
  const last = page.at(-1)
  return {
    rows: page.map(({ row }) => row),
    continuationToken:
      last === undefined || rest.length <= pageSize ? undefined : tokenOf({ at: last.at, key: last.key }),
  }
}

function newestFirst(left: Position, right: Position): number {
  if (left.at !== right.at) return right.at - left.at
  return left.key < right.key ? -1 : left.key > right.key ? 1 : 0
}

function tokenOf(position: Position | null): string {
  return Buffer.from(JSON.stringify(position)).toString('base64')
}

function readToken(token: string): Position | null {
  try {
    return tokenFields.parse(JSON.parse(Buffer.from(token, 'base64').toString('utf8')))
  } catch {
    throw refused(21418)
  }
}
