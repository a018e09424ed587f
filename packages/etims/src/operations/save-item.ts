/**
 * An item of the catalogue. A new one gets the next number of the taxpayer's catalogue in its code; a known one is
 * updated under the code that it has.
 *
 * @see spec/etims.md sections 4.8, 7.5 and 7.7
 * @module
 */
import type { RunOptions } from '@latchkey/http'
import { digestOf } from '../counters/digest.ts'
import type { Found } from '../counters/deliver.ts'
import type { LooseCode } from '../values/code-lists/code-list.ts'
import type { ProductType } from '../values/code-lists/goods.ts'
import { expectedItemSequence } from '../values/expected-number.ts'
import { buildItemCode, parseItemCode } from '../values/item-code.ts'
import { readList } from './answers.ts'
import { assertAccepted } from './assert-accepted.ts'
import type { Envelope } from './envelope.ts'
import { withNumber } from './numbered.ts'
import type { SaleContext } from './resolve-sale.ts'
import type { ItemRow } from './rows.ts'
import { operations } from './table.ts'

/** What a code is built from, and what tells a new item from another. */
export interface NewItem {
  readonly itemNm: string
  readonly itemClsCd: string
  readonly orgnNatCd: string
  readonly itemTyCd: LooseCode<ProductType>
  readonly pkgUnitCd: string
  readonly qtyUnitCd: string
}

export interface SavedItem {
  readonly itemCd: string
  /** Absent where the item was found in the catalogue after a lost answer. */
  readonly envelope?: Envelope | undefined
}

const beginning = '20180101000000'

/**
 * Registers a new item under the next number of the catalogue, which all branches and processes share.
 *
 * @param body - Checked already, without its code.
 * @throws {TypeError} `ERR_INVALID_ARG`: a part of the code is none, a unit of three characters for one; nothing was sent.
 * @throws {ApiException} KRA refused it; the number is free.
 * @throws {OutcomeUnknownError} The answer was lost, or is neither a refusal nor a success. Save the identical item again: it is looked up first.
 * @throws {LatchkeyError} `ETIMS_NUMBER_HELD`: another item holds the number.
 */
export async function saveNewItem(context: SaleContext, body: NewItem, run?: RunOptions): Promise<SavedItem> {
  const { orgnNatCd, itemTyCd, pkgUnitCd, qtyUnitCd, itemNm, itemClsCd } = body
  const codeOf = (seq: number): string => buildItemCode({ orgnNatCd, itemTyCd, pkgUnitCd, qtyUnitCd, seq })
  codeOf(1) // Its mistakes are known before a number is taken.
  const content = [itemNm, itemClsCd, orgnNatCd, itemTyCd, pkgUnitCd, qtyUnitCd]
  const paper = { document: itemNm.slice(0, 100), digest: await digestOf(content) }
  const items = async (how: RunOptions): Promise<readonly ItemRow[]> =>
    readList(operations.itemList, await context.call(operations.itemList, { lastReqDt: beginning }, how))
  let envelope: Envelope | undefined
  const { number } = await withNumber(
    context,
    'item',
    paper,
    {
      async send(seq, how) {
        envelope = undefined
        const unknown = {
          correlationId: codeOf(seq),
          advice:
            'Save the identical item again: it is looked up in the catalogue first, and sent only if it is not there.',
        }
        const answer = await context.call(operations.saveItem, { ...body, itemCd: codeOf(seq) }, { ...how, unknown })
        assertAccepted(operations.saveItem.name, answer, unknown)
        envelope = answer
        return {}
      },
      async lookUp(seq, _, how): Promise<Found> {
        const found = (await items(how)).find(({ itemCd }) => parseItemCode(itemCd)?.seq === seq)
        if (!found) return { kind: 'absent' }
        const same = found.itemNm === itemNm && found.itemClsCd === itemClsCd && found.itemCd === codeOf(seq)
        return same ? { kind: 'same', receipt: {} } : { kind: 'other' }
      },
      highest: async (how) =>
        (await items(how)).reduce((most, { itemCd }) => Math.max(most, parseItemCode(itemCd)?.seq ?? 0), 0),
      expected: expectedItemSequence,
    },
    run,
  )
  return { itemCd: codeOf(number), ...(envelope && { envelope }) }
}
