/**
 * `latchkey etims item save`: registers an item of the catalogue, or changes it.
 *
 * @see spec/etims.md section 4.8
 * @module
 */
import type { EtimsClient } from '@latchkey/etims'
import type { CommonOptions, Io } from '../../io.ts'
import { readJsonFile } from '../../json-file.ts'
import { json, pairs } from '../../output.ts'
import type { FileFlags } from './flags.ts'
import { etimsTarget } from './target.ts'
import { readItem, sendFrom } from './terms.ts'

type Item = ReturnType<typeof readItem>

export async function itemSave(options: CommonOptions & FileFlags, io: Io): Promise<void> {
  const file = await readJsonFile(options.file, io)
  const item = readItem(file)
  await using target = await etimsTarget(options, io)
  const { itemCd = '' } = await sendFrom(file, () => save(target.etims, item, { signal: io.signal }))
  const saved = { itemCd, itemNm: item.itemNm }
  io.out(options.json ? json(saved) : pairs(saved))
}

/** A new item gets the next number of the catalogue, and the identical one is not registered twice. */
async function save(
  etims: EtimsClient,
  item: Item,
  run: { readonly signal: AbortSignal },
): Promise<Pick<Item, 'itemCd'>> {
  if (item.itemCd === undefined) return etims.saveNewItem(item, run)
  await etims.saveItem(item, run)
  return item
}
