/**
 * A process of a shop: signs sales under numbers that it shares with other processes, and says what came of each.
 *
 * Reads one JSON line of orders from standard input and writes one of results.
 *
 * @module
 */
import { buildSale, EtimsClient } from '@latchkey/etims'
import type { OscuConfig } from '@latchkey/etims'
import { keyRing } from '@latchkey/core/seal'
import { goods } from './etims.ts'

interface Orders {
  readonly config: OscuConfig
  readonly sealingKey: string
  readonly at: number
  readonly documents: readonly string[]
}

let text = ''
for await (const chunk of process.stdin) text += String(chunk)
const { config, sealingKey, at, documents } = JSON.parse(text) as Orders // As the test wrote it.
await using etims = new EtimsClient({ ...config, ring: keyRing({ keys: [sealingKey] }) })
const results = await Promise.all(
  documents.map(async (trdInvcNo) => {
    const sale = buildSale({ items: [goods()], trdInvcNo, at, audit: { id: 'admin', name: 'Admin' }, pmtTyCd: '01' })
    return etims.saveSale(sale).then(
      ({ invcNo, rcptSign }) => ({ trdInvcNo, invcNo, rcptSign }),
      (error: unknown) => ({ trdInvcNo, error: String(error) }),
    )
  }),
)
process.stdout.write(JSON.stringify(results))
