/**
 * E1. If this number falls, a point of sale with long receipts spends its time on checking instead of selling.
 *
 * @module
 */
import { buildSale, checkRequest, operations } from '@latchkey/etims'
import type { Strictness } from '@latchkey/etims'
import type { Benchmark, Context } from '../harness/benchmark.ts'
import { amount, ratio } from '../harness/result.ts'
import type { Outcome } from '../harness/result.ts'
import { rotated, summarize } from '../harness/statistics.ts'
import { encode as encodeByZod } from './zod-sale.ts'

// Among the peers, which are installed apart.
const joiSale = '../../peers/joi-sale.js'
const lines = 100
const rounds = 12
const roundMs = 200
const at = Date.UTC(2026, 0, 5, 7, 15)

export const saleChecks: Benchmark = {
  id: 'E1',
  title: 'Checking and encoding a sale',
  meaning: 'If the number falls, a point of sale with long receipts spends its time on checking.',
  method: `A correct sale of ${lines} lines, checked and turned into the JSON text that is sent, again and again in one process: ${rounds} interleaved rounds of ${roundMs} ms after a warm-up of one. zod and joi have the field rules of the specification's tables alone; \`js-compat\` has the replaced SDK's and takes what they take, \`spec\` adds code lists, calendar dates and sums, \`live\` the tax arithmetic of every line.`,
  run,
}

interface Entry {
  readonly name: string
  readonly encode: (body: unknown) => string
  readonly rates: number[]
}

async function run({ quick, say }: Context): Promise<Outcome> {
  const { encode: encodeByJoi } = (await import(new URL(joiSale, import.meta.url).href)) as {
    encode: Entry['encode']
  } // As the peer's file declares.
  const entries: Entry[] = [
    ...(['js-compat', 'spec', 'live'] as const).map((strictness) => ours(strictness)),
    { name: 'zod alone', encode: encodeByZod, rates: [] },
    { name: 'joi', encode: encodeByJoi, rates: [] },
  ]
  const { salesTyCd: _, ...sale } = {
    salesTyCd: 'N',
    ...buildSale({ items, trdInvcNo: 'INV-1', at, audit, invcNo: 1 }),
  }
  const body = JSON.parse(JSON.stringify(sale)) as object // As it arrives from a program.
  for (const entry of entries) measure(entry, body)
  for (let round = 1; round <= (quick ? 2 : rounds); round += 1) {
    say(`E1 round ${round}`)
    for (const entry of rotated(entries, round)) entry.rates.push(measure(entry, body))
  }
  const own = summarize(entries[0]?.rates ?? []).median
  return {
    table: {
      columns: ['sales per second', 'spread', 'of js-compat'],
      rows: entries.map(({ name, rates }) => {
        const { median, low, high } = summarize(rates)
        return {
          name,
          cells: [
            { text: amount(Math.round(median)), raw: rates },
            { text: `${amount(Math.round(low))} – ${amount(Math.round(high))}` },
            ratio(median, own),
          ],
        }
      }),
    },
    bars: [],
    notes: ['Stated, without a bar. The three of ours report every problem at once with its path, as the SDK does.'],
  }
}

const audit = { id: 'admin', name: 'Admin' }
const items = Array.from({ length: lines }, (_, index) => ({
  ...{ itemCd: `KE2NTNO${String(index + 1).padStart(7, '0')}`, itemNm: `Bidhaa ${index + 1}`, itemClsCd: '5059690800' },
  ...{ pkgUnitCd: 'NT', qtyUnitCd: 'NO', taxTyCd: (['A', 'B', 'E'] as const)[index % 3] ?? 'B', pkg: 1 },
  ...{ qty: 1 + (index % 5), prc: 99.95 + index },
}))

function ours(strictness: Strictness): Entry {
  return {
    name: `@latchkey/etims, ${strictness}`,
    encode(body) {
      const { data, issues } = checkRequest(operations.saveSale, body, strictness)
      if (issues.length > 0)
        throw new Error(`The sale is refused: ${issues[0]?.path ?? ''} ${issues[0]?.message ?? ''}`)
      return JSON.stringify(data)
    },
    rates: [],
  }
}

let sink = 0

/** Sales per second. */
function measure({ encode }: Entry, body: object): number {
  const start = performance.now()
  let done = 0
  let now = start
  for (; now - start < roundMs; now = performance.now()) {
    sink += encode(body).length
    done += 1
  }
  if (sink === 0) throw new Error('Nothing was encoded.')
  return (done * 1_000) / (now - start)
}
