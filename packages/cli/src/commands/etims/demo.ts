/**
 * The part of KRA eTIMS in `latchkey demo`: from a new device to a signed sale, in the order that KRA asks for, with the
 * token killed in between. Spoken on the gateway, where every call needs a token and the rules are strict.
 *
 * @see spec/etims.md section 7.6
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildItem, buildSale, buildStockIO, EtimsClient } from '@latchkey/etims'
import { fileStore } from '@latchkey/stores/file'
import { askTogether, callers } from '../../demo-scene.ts'
import type { Stage } from '../../demo-scene.ts'

const audit = { id: 'demo', name: 'Demo' }
const since = { lastReqDt: '20180101000000' }

export async function demo(stage: Stage): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'latchkey-demo-'))
  try {
    await play(stage, directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

async function play({ simulator, observer, signal, note }: Stage, directory: string): Promise<void> {
  const { baseUrl, credentials } = simulator.systems.etims
  const { consumerKey, consumerSecret, tin, bhfId, appId, deviceSerial } = credentials
  await using etims = new EtimsClient({
    env: 'sandbox',
    auth: { sandbox: { consumer_key: consumerKey, consumer_secret: consumerSecret } },
    oscu: { tin, bhf_id: bhfId, apigee_app_id: appId },
    ...{ face: 'gateway', baseUrl, observer, store: fileStore({ directory }), plaintext: true },
  })
  const run = { signal }
  const together = await askTogether(() => etims.tokenSource.get(run))
  note(`${callers} callers ask for a token at once`, together, 1)
  const device = await etims.initializeDevice({ dvcSrlNo: deviceSerial }, run)
  note('a new device is initialized, once', `control unit ${String(device.sdcId)}`, 1)
  const { classes } = await etims.refreshCodeLists(run)
  note('the code lists are read', `${Object.keys(classes).length} classes`, 1)

  simulator.invalidateTokens('etims')
  const { data } = await etims.selectItemClasses(since, run)
  const itemClsCd = data?.itemClsList.find(({ itemClsLvl }) => itemClsLvl === 5)?.itemClsCd ?? ''
  const item = buildItem({
    ...{ itemNm: 'Kikombe cha udongo', itemClsCd, itemTyCd: '2', orgnNatCd: 'KE', pkgUnitCd: 'NT', qtyUnitCd: 'NO' },
    ...{ taxTyCd: 'B', dftPrc: 1160, seq: 1, audit },
  })
  const { itemCd = '' } = item
  await etims.saveItem({ ...item, itemCd }, run)
  const goods = { ...item, itemCd, prc: 1160 }
  const at = simulator.clock.now()
  await etims.saveStockIO(buildStockIO({ sarTyCd: '06', items: [{ ...goods, qty: 10 }], at, audit }), run)
  await etims.saveStockMaster(
    { itemCd, rsdQty: 10, regrId: audit.id, regrNm: audit.name, modrId: audit.id, modrNm: audit.name },
    run,
  )
  note('the token is killed; an item is registered and stocked', `${itemCd}, 10 pieces`, 2)

  const sale = buildSale({ items: [{ ...goods, qty: 1 }], trdInvcNo: 'DEMO-1', at, audit })
  const signed = await etims.saveSale(sale, run)
  note('a sale is signed', `invoice ${signed.invcNo}, receipt ${signed.curRcptNo}/${signed.totRcptNo}`, 2)
  const again = await etims.saveSale(sale, run)
  if (again.rcptSign !== signed.rcptSign) throw new Error('The same sale was signed twice.')
  note('the same sale again is not sent', `invoice ${again.invcNo}, receipt ${again.curRcptNo}/${again.totRcptNo}`, 2)
}
