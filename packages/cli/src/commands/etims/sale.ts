/**
 * `latchkey etims sale`: has a sale or a credit note signed, and never the same one twice.
 *
 * @see spec/etims.md sections 4.10, 5.3 and 7.5
 * @module
 */
import { verificationUrl } from '@latchkey/etims'
import type { EtimsClient, Sale, SavedSale } from '@latchkey/etims'
import type { CommonOptions, Io } from '../../io.ts'
import { readJsonFile } from '../../json-file.ts'
import type { JsonFile } from '../../json-file.ts'
import { json, pairs } from '../../output.ts'
import type { FileFlags } from './flags.ts'
import { etimsTarget } from './target.ts'
import type { EtimsTarget } from './target.ts'
import { readSale, sendFrom } from './terms.ts'
import type { GivenSale } from './terms.ts'

export async function sale(options: CommonOptions & FileFlags, io: Io): Promise<void> {
  const file = await readJsonFile(options.file, io)
  const given = readSale(file)
  await using target = await etimsTarget(options, io)
  const saved = await save(target, file, given, io)
  const isKept = saved.envelope === undefined
  if (isKept && target.startAnew && !(await isKnown(target.etims, saved, io))) {
    await target.startAnew() // Signed by a simulator that is no more.
    return await sale(options, io)
  }
  const { trdInvcNo, invcNo, curRcptNo, totRcptNo, rcptSign, intrlData, sdcDateTime } = saved
  const url = receiptUrl(target, rcptSign)
  const facts = { trdInvcNo, invcNo }
  const signature = { rcptSign, intrlData, sdcDateTime, verificationUrl: url }
  if (options.json) return io.out(json({ ...facts, curRcptNo, totRcptNo, ...signature, signedBefore: isKept }))
  io.out(pairs({ ...facts, receipt: `${curRcptNo}/${totRcptNo}`, ...signature }))
  if (isKept) io.err(`${trdInvcNo} was signed before, as this invoice. It was not signed again.\n`)
}

/** The address at which anyone can verify a receipt of this device. */
export function receiptUrl({ etims, tin, bhfId }: EtimsTarget, rcptSign: string): string {
  const { environment, addresses } = etims
  return verificationUrl({ tin, bhfId, rcptSign, environment, baseUrl: addresses.portal })
}

async function save(target: EtimsTarget, file: JsonFile, given: GivenSale, io: Io): Promise<SavedSale> {
  const { etims, flags } = target
  const { document, dated } = given
  const { signal } = io
  try {
    // What would be another document to the client is the same one to the user: his number says so.
    if (!dated || document.invcNo !== undefined) {
      const known = await etims.recoverSale(document.trdInvcNo, { signal })
      if (known.state === 'settled') return known.result
    }
    return await sendFrom(file, () => etims.saveSale(document, { signal }))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ETIMS_OUTCOME_UNKNOWN' && document.invcNo === undefined) {
      io.err(
        'Run the same command with the same file again: KRA is asked first, and the sale is sent only if KRA does not have ' +
          'it, under the same number. Do not sign it in another way meanwhile.\n',
      )
    } else if (code === 'ETIMS_OUTCOME_UNKNOWN') {
      io.err(`Ask whether KRA has it before anything else: latchkey etims receipt ${document.invcNo} ${flags}\n`)
    } else if (code === 'ETIMS_NUMBER_HELD') {
      io.err('Run the command of that earlier document with its own file again: it finds out, and frees the number.\n')
    }
    throw error
  }
}

async function isKnown(etims: EtimsClient, { invcNo, rcptSign }: Sale, { signal }: Io): Promise<boolean> {
  const { data } = await etims.selectInvoiceDetails({ invcNo }, { signal })
  return data?.salesList?.some(({ receipt }) => receipt.rcptSign === rcptSign) ?? false
}
