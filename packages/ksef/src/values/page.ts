/**
 * Pages of a list.
 *
 * @see spec/ksef.md section 1.6
 * @module
 */

export interface Page<Item> {
  /** May be empty although further pages follow. */
  readonly items: readonly Item[]
}

/** A page of a list that goes on by a token. */
export interface TokenPage<Item> extends Page<Item> {
  /** Asks for the next page, with the same filter. Absent on the last one. */
  readonly continuationToken?: string
}

/** A page of a list that goes on by counting pages. */
export interface OffsetPage<Item> extends Page<Item> {
  readonly hasMore: boolean
}

/** Which page of a list that goes on by a token. */
export interface TokenPageQuery {
  /** Items of a page; 10 or more. @default 10, set by KSeF */
  readonly pageSize?: number | undefined
  /** From the page before. Absent: the first page. */
  readonly continuationToken?: string | undefined
}

/** Which page of a list that goes on by counting. */
export interface OffsetPageQuery {
  /** Items of a page; 10 or more. @default 10, set by KSeF */
  readonly pageSize?: number | undefined
  /** Counts pages, not items. @default 0 */
  readonly pageOffset?: number | undefined
}
