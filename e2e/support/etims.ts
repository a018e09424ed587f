/**
 * A simulated device, ready to sell: what most tests of eTIMS begin with.
 *
 * @module
 */
import { buildItem, buildSale, buildStockIO } from '@latchkey/etims'
import type { Face, OscuConfig, EtimsClient } from '@latchkey/etims'
import type { Simulator } from '@latchkey/simulator'

export const audit = { id: 'admin', name: 'Admin' }
export const since = { lastReqDt: '20180101000000' }

export const cup = {
  itemNm: 'Kikombe cha udongo',
  itemClsCd: '5059690800',
  itemTyCd: '2',
  orgnNatCd: 'KE',
  pkgUnitCd: 'NT',
  qtyUnitCd: 'NO',
  taxTyCd: 'B',
  dftPrc: 1160,
  audit,
} as const
export const cupCode = 'KE2NTNO0000001'

/** A configuration for the device that has its key already. */
export function configOf(simulator: Simulator, face: Face, change: Partial<OscuConfig> = {}): OscuConfig {
  const { baseUrl, credentials } = simulator.systems.etims
  const { consumerKey, consumerSecret, appId, initializedDevice } = credentials
  return {
    env: 'sandbox',
    auth: { sandbox: { consumer_key: consumerKey, consumer_secret: consumerSecret, app_id: appId } },
    oscu: {
      tin: initializedDevice.tin,
      bhf_id: initializedDevice.bhfId,
      cmc_key: initializedDevice.cmcKey,
    },
    ...{ baseUrl, face },
    ...change,
  }
}

/** One item in the catalogue and in stock, as the live rules want it (section 7.6). */
export async function openShop(simulator: Simulator, etims: EtimsClient, quantity = 1000): Promise<void> {
  const at = simulator.clock.now()
  await etims.selectItemClasses(since)
  await etims.saveItem({ ...buildItem({ ...cup, seq: 1 }), itemCd: cupCode })
  await etims.saveStockIO(
    buildStockIO({ sarTyCd: '06', items: [goods(quantity)], at, audit, regTyCd: 'M', remark: 'Opening stock' }),
  )
  await etims.saveStockMaster({
    ...{ itemCd: cupCode, rsdQty: quantity },
    ...{ regrId: audit.id, regrNm: audit.name, modrId: audit.id, modrNm: audit.name },
  })
}

export function goods(qty = 1) {
  const { itemNm, itemClsCd, pkgUnitCd, qtyUnitCd, taxTyCd } = cup
  return { ...{ itemCd: cupCode, itemNm, itemClsCd, pkgUnitCd, qtyUnitCd, taxTyCd }, qty, prc: 1160 }
}

/** A sale of cups to somebody who walked in. */
export function cups(simulator: Simulator, trdInvcNo: string, qty = 1) {
  return buildSale({ items: [goods(qty)], trdInvcNo, at: simulator.clock.now(), audit, pmtTyCd: '01' })
}
