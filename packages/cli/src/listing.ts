/**
 * Lists that come in pages: shown as they come, as far as `--limit`; with `--json` kept until the last, for one document.
 *
 * @module
 */
import type { Io } from './io.ts'
import { json, tableInParts } from './output.ts'

/** How the items of a list look. */
export interface Listing<Item> {
  /** What they are called in the document. */
  readonly name: string
  readonly heading: readonly string[]
  readonly cells: (item: Item) => readonly string[]
  /** In the document; the item itself by default. */
  readonly document?: (item: Item) => object
}

/** An empty list is an answer: exit code 0. The page after the last one that is needed is not asked for. */
export async function showPages<Item extends object>(
  pages: AsyncIterable<readonly Item[]>,
  listing: Listing<Item>,
  options: { readonly json: boolean; readonly limit: number },
  io: Io,
): Promise<void> {
  const { name, heading, cells, document } = listing
  const { limit } = options
  const rows = tableInParts(heading)
  const kept: object[] = []
  let count = 0
  let isCut = false
  for await (const page of pages) {
    const shown = page.slice(0, limit - count)
    isCut = shown.length < page.length
    if (options.json) kept.push(...(document ? shown.map(document) : shown))
    else if (shown.length > 0 || count === 0) io.out(rows(shown.map(cells)))
    count += shown.length
    if (isCut) break
  }
  if (options.json) return io.out(json({ [name]: kept, more: isCut }))
  io.err(isCut ? `The first ${limit}; there are more. Raise --limit, or narrow the filter.\n` : `${count} in all.\n`)
}
