/**
 * The commands that read what was registered or changed since a moment: items, imports, purchases, movements of stock.
 * KRA wants the classes of items read once before it takes items into stock.
 *
 * @see spec/etims.md sections 4.6, 4.8, 4.9, 4.11 and 4.12
 * @module
 */
import { operations, readList } from '@latchkey/etims'
import type { Envelope, EtimsClient } from '@latchkey/etims'
import type { CommonOptions, Io } from '../../io.ts'
import { json, table } from '../../output.ts'
import type { ListFlags } from './flags.ts'
import { etimsTarget } from './target.ts'

export type ListName = 'classes' | 'items' | 'imports' | 'purchases' | 'stock'

type Row = Readonly<Record<string, unknown>>

interface List {
  /** Members of a row that are shown, in KRA's names. With `--json` every member is. */
  readonly columns: readonly string[]
  readonly operation: (typeof operations)['itemClasses' | 'itemList' | 'importList' | 'purchaseFeed' | 'stockMovements']
  readonly ask: (
    etims: EtimsClient,
    since: { readonly lastReqDt: string },
    run: { readonly signal: AbortSignal },
  ) => Promise<Envelope>
}

const lists: Readonly<Record<ListName, List>> = {
  classes: {
    columns: ['itemClsCd', 'itemClsNm', 'itemClsLvl', 'taxTyCd', 'useYn'],
    operation: operations.itemClasses,
    ask: (etims, since, run) => etims.selectItemClasses(since, run),
  },
  items: {
    columns: ['itemCd', 'itemNm', 'itemClsCd', 'itemTyCd', 'taxTyCd', 'dftPrc', 'pkgUnitCd', 'qtyUnitCd', 'useYn'],
    operation: operations.itemList,
    ask: (etims, since, run) => etims.selectItems(since, run),
  },
  imports: {
    columns: ['taskCd', 'dclDe', 'itemSeq', 'hsCd', 'itemNm', 'imptItemsttsCd', 'qty', 'qtyUnitCd', 'orgnNatCd'],
    operation: operations.importList,
    ask: (etims, since, run) => etims.selectImportedItems(since, run),
  },
  purchases: {
    columns: ['spplrTin', 'spplrNm', 'spplrBhfId', 'spplrInvcNo', 'rcptTyCd', 'salesDt', 'totItemCnt', 'totAmt'],
    operation: operations.purchaseFeed,
    ask: (etims, since, run) => etims.selectPurchases(since, run),
  },
  stock: {
    columns: ['custTin', 'custBhfId', 'sarNo', 'ocrnDt', 'totItemCnt', 'totAmt', 'remark'],
    operation: operations.stockMovements,
    ask: (etims, since, run) => etims.selectStockMovement(since, run),
  },
}

/** An empty list is an answer: exit code 0. The server's moment, for the next `--since`, is told with the rows. */
export async function list(name: ListName, options: CommonOptions & ListFlags, io: Io): Promise<void> {
  await using target = await etimsTarget(options, io)
  const { columns, operation, ask } = lists[name]
  const envelope = await ask(target.etims, { lastReqDt: options.since }, { signal: io.signal })
  const rows = readList(operation, envelope) as readonly unknown[] as readonly Row[] // Objects, whichever they are.
  const { resultDt } = envelope
  if (options.json) return io.out(json({ resultDt: resultDt ?? null, rows }))
  io.out(
    table(
      columns,
      rows.map((row) => columns.map((column) => cell(row[column]))),
    ),
  )
  const next = resultDt === undefined ? '' : ` For what changes from now on: --since ${resultDt}`
  io.err(`${rows.length === 0 ? 'There is nothing.' : `${rows.length} in all.`}${next}\n`)
}

function cell(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
