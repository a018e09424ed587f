/**
 * The register of Peppol service providers. Open to everybody.
 *
 * @see spec/ksef.md section 3.14
 * @module
 */
import type { OffsetPage, OffsetPageQuery } from '../values/page.ts'
import type { PeppolProvider } from '../values/peppol-provider.ts'
import type { CallOptions, Context } from './context.ts'
import { offsetPages } from './pages.ts'
import type { PageOptions, Pages } from './pages.ts'
import { readOffsetPage } from './read-page.ts'
import { operations } from './table.ts'

/** `client.peppol` */
export interface Peppol {
  /**
   * Reads one page of the register, newest first; 10 to 100 on a page.
   *
   * Source: spec/ksef.md section 3.14. `GET /peppol/query`
   */
  query(query?: OffsetPageQuery, run?: CallOptions): Promise<OffsetPage<PeppolProvider>>
  /** All of it, page by page. */
  all(query?: OffsetPageQuery, run?: PageOptions): Pages<OffsetPage<PeppolProvider>>
}

export function peppolOf(context: Context): Peppol {
  const peppol: Peppol = {
    query: async (query = {}, run) => readOffsetPage(context, operations['peppol.query'], query, run),
    all: (query = {}, run = {}) => offsetPages(context, operations['peppol.query'], query, run),
  }
  return Object.freeze(peppol)
}
