/**
 * `latchkey etims stock io` and `stock master`: what came in or went out, and then what is left.
 *
 * @see spec/etims.md sections 4.12 and 7.6
 * @module
 */
import type { CommonOptions, Io } from '../../io.ts'
import { readJsonFile } from '../../json-file.ts'
import { json, pairs } from '../../output.ts'
import { UsageError } from '../../usage.ts'
import type { StockIoFlags, StockMasterFlags } from './flags.ts'
import { etimsTarget } from './target.ts'
import { readStock, sendFrom } from './terms.ts'

export async function stockIo(options: CommonOptions & StockIoFlags, io: Io): Promise<void> {
  const file = await readJsonFile(options.file, io)
  const movement = readStock(file)
  await using target = await etimsTarget(options, io)
  const { document } = options
  const run = { signal: io.signal, ...(document !== undefined && { document }) }
  const { resultCd, resultMsg } = await sendFrom(file, () => target.etims.saveStockIO(movement, run))
  const { sarTyCd, ocrnDt, totItemCnt, totAmt } = movement
  const saved = { sarTyCd, ocrnDt, totItemCnt, totAmt, resultCd, resultMsg }
  io.out(options.json ? json(saved) : pairs(saved))
}

export async function stockMaster(
  itemCd: string,
  quantity: string,
  options: CommonOptions & StockMasterFlags,
  io: Io,
): Promise<void> {
  if (!/^\d{1,13}(\.\d{1,2})?$/.test(quantity)) {
    throw new UsageError('QUANTITY is what is left of the item: 0 or more, with at most two decimals.')
  }
  const rsdQty = Number(quantity)
  const { by } = options
  await using target = await etimsTarget(options, io)
  const { resultCd, resultMsg } = await target.etims.saveStockMaster(
    { itemCd, rsdQty, regrId: by, regrNm: by, modrId: by, modrNm: by },
    { signal: io.signal },
  )
  const saved = { itemCd, rsdQty, resultCd, resultMsg }
  io.out(options.json ? json(saved) : pairs(saved))
}
