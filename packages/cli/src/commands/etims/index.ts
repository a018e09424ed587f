/**
 * `latchkey etims …`: the operations of KRA eTIMS.
 *
 * @module
 */
import { Option } from 'commander'
import type { Command } from 'commander'
import { targeted } from '../../command-group.ts'
import type { CommandGroup } from '../../command-group.ts'
import type { CommonOptions, Io } from '../../io.ts'
import { UsageError, wholeNumber } from '../../usage.ts'
import type {
  CodesFlags,
  FileFlags,
  InitDeviceFlags,
  ListFlags,
  ReceiptFlags,
  StockIoFlags,
  StockMasterFlags,
  StockSettleFlags,
} from './flags.ts'
import type { ListName } from './lists.ts'

const saleHelp = `
The file holds a complete request of KRA (with "itemList") or a sale in plain terms, from which the amounts and dates are
calculated:

  {"trdInvcNo": "INV-1", "at": "2026-01-05T10:15:00+03:00", "items": [{"itemCd": "KE2NTNO0000001",
   "itemNm": "Kikombe cha udongo", "pkgUnitCd": "NT", "qtyUnitCd": "NO", "taxTyCd": "B", "qty": 1, "prc": "1160.00"}]}

The fiscal number is the next one of the counter in the store. Running the same file again never signs twice: a sale that
was signed is printed as it was, and one whose answer was lost is looked up first.`

const itemHelp = `
The file holds a complete request of KRA (with "regrId") or an item in plain terms. Without
"itemCd" it is a new one, under the next number of the catalogue:

  {"itemNm": "Kikombe cha udongo", "itemClsCd": "5059690800", "itemTyCd": "2", "orgnNatCd": "KE",
   "pkgUnitCd": "NT", "qtyUnitCd": "NO", "taxTyCd": "B", "dftPrc": "1160.00"}`

const stockHelp = `
The file holds a complete request of KRA (with "itemList") or a movement in plain terms:

  {"sarTyCd": "06", "items": [{"itemCd": "KE2NTNO0000001", "itemClsCd": "5059690800", "itemNm": "Kikombe cha udongo",
   "pkgUnitCd": "NT", "qtyUnitCd": "NO", "taxTyCd": "B", "qty": 10, "prc": "1160.00"}]}`

const settleHelp = `
KRA gives no movement back by its number, so somebody has to look: some minutes after the answer was lost, for a movement
of this number in KRA's portal. Only a number that is held can be settled, and never while its movement is being sent.

A wrong --accepted loses a movement of goods, and a wrong --missing reports one twice.`

export const etims: CommandGroup = {
  demo: async () => (await import('./demo.ts')).demo,
  add(group, io) {
    command(group, 'init-device', 'initialize the device, once, and keep its key in the store')
      .option('--serial <serial>', "the serial that KRA approved; by default the profile's deviceSerial")
      .option('--take', 'print the key, which is not stored then: if it is lost, only KRA can help', false)
      .option('--force', "ask KRA again; for whoever has made sure in KRA's portal that the serial is free", false)
      .action(async (options: CommonOptions & InitDeviceFlags) =>
        (await import('./init-device.ts')).initDevice(options, io),
      )

    command(group, 'codes', "the classes of KRA's code lists, or the codes of one")
      .argument('[class]', 'number of a class, such as 04 for tax types')
      .option('--refresh', 'ask KRA for what has changed, and keep it', false)
      .action(async (cdCls: string | undefined, options: CommonOptions & CodesFlags) =>
        (await import('./codes.ts')).codes(cdCls, options, io),
      )

    const item = group.command('item').description('the items of the catalogue').showSuggestionAfterError()
    command(item, 'save', 'register an item, or change it')
      .requiredOption('--file <file>', 'the item, as JSON')
      .addHelpText('after', itemHelp)
      .action(async (options: CommonOptions & FileFlags) => (await import('./item-save.ts')).itemSave(options, io))
    list(
      item,
      'classes',
      'the classes that items belong to; KRA wants them read before stock is reported',
      'classes',
      io,
    )
    list(item, 'list', 'the items that were registered or changed', 'items', io)

    command(group, 'sale', 'have a sale or a credit note signed')
      .requiredOption('--file <file>', 'the sale, as JSON')
      .addHelpText('after', saleHelp)
      .action(async (options: CommonOptions & FileFlags) => (await import('./sale.ts')).sale(options, io))

    command(group, 'receipt', 'print the receipt of a signed invoice, from what KRA has of it')
      .argument('<invoice>', 'the fiscal number that sale printed', (text: string) =>
        wholeNumber('INVOICE', text, 1, Number.MAX_SAFE_INTEGER),
      )
      .option('--out <file>', 'also write the QR code (.png or .svg) or the text (.txt)')
      .option('--copy', 'a reprint, which has to say so', false)
      .action(async (invoice: number, options: CommonOptions & ReceiptFlags) =>
        (await import('./receipt.ts')).receipt(invoice, options, io),
      )

    list(group, 'purchases', 'the sales that suppliers addressed to this taxpayer', 'purchases', io)
    list(group, 'imports', 'the items of import declarations', 'imports', io)
    const stock = list(group, 'stock', 'the movements between branches; or report stock', 'stock', io)
    stock.showSuggestionAfterError()
    command(stock, 'io', 'report goods that came in or went out')
      .requiredOption('--file <file>', 'the movement, as JSON')
      .option('--document <id>', 'your own id of the movement: with it, the same one is never saved twice')
      .addHelpText('after', stockHelp)
      .action(async (_: unknown, action: Command) =>
        (await import('./stock.ts')).stockIo(action.optsWithGlobals<CommonOptions & StockIoFlags>(), io),
      )
    command(stock, 'settle', 'say what became of a movement whose answer was lost, so that others can follow')
      .argument('<number>', 'the number that is held, as the failed command told it', (text: string) =>
        wholeNumber('NUMBER', text, 1, Number.MAX_SAFE_INTEGER),
      )
      .addOption(new Option('--accepted', "KRA's portal shows the movement").conflicts('missing'))
      .option('--missing', 'it does not: the number is free, and the movement is to be reported again')
      .addHelpText('after', settleHelp)
      .action(async (number: number, _: unknown, action: Command) =>
        (await import('./stock.ts')).stockSettle(
          number,
          action.optsWithGlobals<CommonOptions & StockSettleFlags>(),
          io,
        ),
      )
    command(stock, 'master', 'report what is left of an item, after the movement that led to it')
      .argument('<item>', 'the code of the item')
      .argument('<quantity>', 'the balance, and not the change')
      .option('--by <id>', 'who reports it, up to 20 characters', 'latchkey')
      .action(async (itemCd: string, quantity: string, _: unknown, action: Command) =>
        (await import('./stock.ts')).stockMaster(
          itemCd,
          quantity,
          action.optsWithGlobals<CommonOptions & StockMasterFlags>(),
          io,
        ),
      )
  },
}

function command(parent: Command, spec: string, summary: string): Command {
  return targeted(parent, 'etims', spec, summary)
}

/** A command that reads what was registered or changed since a moment. */
function list(parent: Command, spec: string, summary: string, name: ListName, io: Io): Command {
  return command(parent, spec, summary)
    .addOption(
      new Option('--since <moment>', 'yyyyMMddHHmmss in Nairobi; from the beginning by default')
        .argParser(moment)
        .default('20180101000000', 'all'),
    )
    .action(async (options: CommonOptions & ListFlags) => (await import('./lists.ts')).list(name, options, io))
}

function moment(text: string): string {
  if (/^\d{14}$/.test(text)) return text
  throw new UsageError('--since takes a moment as yyyyMMddHHmmss, such as 20260105101500.')
}
