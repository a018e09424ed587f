/**
 * `latchkey etims receipt INVOICE`: the receipt of a signed invoice, from what KRA has of it.
 *
 * @see spec/etims.md sections 4.10 and 7.10
 * @module
 */
import { qrPng, qrSvg, receiptText } from '@latchkey/etims'
import type { EtimsClient, SaleRow, StoredDevice } from '@latchkey/etims'
import type { CommonOptions, Io } from '../../io.ts'
import { json, printable } from '../../output.ts'
import { outputFile } from '../../output-file.ts'
import type { Drawers } from '../../output-file.ts'
import { ReportedFailure } from '../../failure.ts'
import type { ReceiptFlags } from './flags.ts'
import { receiptUrl } from './sale.ts'
import { etimsTarget } from './target.ts'

const notKnown = '-'

/** @throws {ReportedFailure} KRA has no such invoice: exit code 5. */
export async function receipt(invcNo: number, options: CommonOptions & ReceiptFlags, io: Io): Promise<void> {
  const write = options.out === undefined ? undefined : await outputFile('--out', options.out, kinds, io)
  await using target = await etimsTarget(options, io)
  const { etims, tin } = target
  const sale = await invoiceOf(etims, invcNo, io)
  if (sale === undefined) {
    const message = `KRA has no invoice ${invcNo} of this branch.`
    if (options.json) io.out(json({ error: { code: 'ETIMS_NOT_FOUND', message } }))
    else io.err(`ETIMS_NOT_FOUND: ${message}\n`)
    throw new ReportedFailure(5)
  }
  const { curRcptNo, totRcptNo, intrlData, rcptSign, sdcDateTime } = sale.receipt
  const device = await deviceOf(etims)
  if (device === undefined) {
    io.err('The numbers of the control unit are not stored here, so their places are marked with a dash.\n')
  }
  const original = sale.rcptTyCd === 'R' ? await invoiceOf(etims, sale.orgInvcNo, io) : undefined
  const text = receiptText({
    sale: sale,
    answer: { curRcptNo, totRcptNo, intrlData, rcptSign, sdcDateTime },
    device: {
      tin,
      taxprNm: device?.taxprNm ?? '',
      sdcId: device?.sdcId ?? notKnown,
      mrcNo: device?.mrcNo ?? notKnown,
    },
    transaction: options.copy ? 'C' : 'N',
    ...(original && { originalCurRcptNo: original.receipt.curRcptNo }),
  })
  const url = receiptUrl(target, rcptSign)
  const file = await write?.({ text: `${text}${url}\n`, url })
  if (options.json) {
    const facts = { invcNo, curRcptNo, totRcptNo, intrlData, rcptSign, sdcDateTime, verificationUrl: url }
    return io.out(json({ ...facts, text, ...(file !== undefined && { file }) }))
  }
  io.out(`${text.split('\n').map(printable).join('\n')}${url}\n`)
  if (file !== undefined) io.err(`Wrote ${file}\n`)
}

async function invoiceOf(etims: EtimsClient, invcNo: number, { signal }: Io): Promise<SaleRow | undefined> {
  const { data } = await etims.selectInvoiceDetails({ invcNo }, { signal })
  return data?.salesList?.find((sale) => sale.invcNo === invcNo)
}

/** The block that KRA issued with the key, where it was kept. */
async function deviceOf(etims: EtimsClient): Promise<StoredDevice | undefined> {
  try {
    return await etims.device()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ETIMS_DEVICE_UNKNOWN') return undefined
    throw error
  }
}

interface Printed {
  readonly text: string
  readonly url: string
}

const kinds: Drawers<Printed> = {
  '.png': ({ url }) => qrPng(url),
  '.svg': ({ url }) => qrSvg(url),
  '.txt': ({ text }) => Promise.resolve(text),
}
