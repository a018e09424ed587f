/**
 * `latchkey ksef peppol`: the register of Peppol service providers, for which nobody has to sign in.
 *
 * @see spec/ksef.md section 3.14
 * @module
 */
import type { PeppolProvider } from '@latchkey/ksef'
import type { CommonOptions, Io } from '../../io.ts'
import { showPages } from '../../listing.ts'
import type { Listing } from '../../listing.ts'
import type { ListFlags } from './flags.ts'
import { pageSizeFor } from './page-size.ts'
import { ksefTarget } from './target.ts'
import { moment } from './words.ts'

const listing: Listing<PeppolProvider> = {
  name: 'providers',
  heading: ['id', 'name', 'registered'],
  cells: ({ id, name, dateCreated }) => [id, name, moment(dateCreated)],
}

export async function peppolList(options: CommonOptions & ListFlags, io: Io): Promise<void> {
  await using target = await ksefTarget(options, io)
  const pages = target.ksef.peppol.all({ pageSize: pageSizeFor(options.limit, 100) }, { signal: io.signal })
  await showPages(target.pages(pages), listing, options, io)
}
