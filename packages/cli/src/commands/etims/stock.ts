/**
 * `latchkey etims stock io`, `settle` and `master`: what came in or went out, what became of it where the answer was lost,
 * and then what is left.
 *
 * @see spec/etims.md sections 4.12, 7.5 and 7.6; docs/decisions/0015-one-number-at-a-time.md
 * @module
 */
import { isLatchkeyError } from '@latchkey/core'
import type { CommonOptions, Io } from '../../io.ts'
import { readJsonFile } from '../../json-file.ts'
import { json, pairs } from '../../output.ts'
import { UsageError } from '../../usage.ts'
import type { StockIoFlags, StockMasterFlags, StockSettleFlags } from './flags.ts'
import { etimsTarget } from './target.ts'
import { readStock, sendFrom } from './terms.ts'

export async function stockIo(options: CommonOptions & StockIoFlags, io: Io): Promise<void> {
  const file = await readJsonFile(options.file, io)
  const movement = readStock(file)
  await using target = await etimsTarget(options, io)
  const { document } = options
  const run = { signal: io.signal, ...(document !== undefined && { document }) }
  const { resultCd, resultMsg } = await sendFrom(file, () => target.etims.saveStockIO(movement, run)).catch(
    (error: unknown) => {
      const number = movement.sarNo === undefined ? heldNumber(error) : undefined
      if (number !== undefined) {
        io.err(
          `Look in KRA's portal for movement ${number}, and then say what it shows: latchkey etims stock settle ${number} --accepted ${target.flags} (or --missing). Do not report it again before.\n`,
        )
      }
      throw error
    },
  )
  const { sarTyCd, ocrnDt, totItemCnt, totAmt } = movement
  const saved = { sarTyCd, ocrnDt, totItemCnt, totAmt, resultCd, resultMsg }
  io.out(options.json ? json(saved) : pairs(saved))
}

/** Decides about a number that is held. @throws {LatchkeyError} `ETIMS_NUMBER_HELD`: it is not, or is being sent. */
export async function stockSettle(number: number, options: CommonOptions & StockSettleFlags, io: Io): Promise<void> {
  const { accepted = false, missing = false } = options
  if (!accepted && !missing) throw new UsageError("Say what KRA's portal shows: --accepted or --missing.")
  await using target = await etimsTarget(options, io)
  await target.etims.settleNumber('stock', number, accepted)
  io.out(options.json ? json({ sarNo: number, accepted }) : `Settled: ${number}\n`)
  if (missing) io.err('The number is free. Report the movement again, with the same file.\n')
}

/** The number that is in doubt after a lost answer, the command's own or an earlier one's. */
function heldNumber(error: unknown): number | undefined {
  if (!isLatchkeyError(error)) return undefined
  const { sarNo, number } = error.details
  const found = error.code === 'ETIMS_OUTCOME_UNKNOWN' ? sarNo : error.code === 'ETIMS_NUMBER_HELD' ? number : undefined
  return typeof found === 'number' ? found : undefined
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
