/**
 * A home folder whose one profile leads to the eTIMS of a simulator, and the files of a small shop.
 *
 * @module
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Simulator } from '@latchkey/simulator'
import { openHome } from '../../terminal.ts'
import type { Home, Transcript } from '../../terminal.ts'

export const goods = {
  itemCd: 'KE2NTNO0000001',
  itemClsCd: '5059690800',
  itemNm: 'Kikombe cha udongo',
  pkgUnitCd: 'NT',
  qtyUnitCd: 'NO',
  taxTyCd: 'B',
}
export const item = {
  ...{ seq: 1, itemNm: goods.itemNm, itemClsCd: goods.itemClsCd, itemTyCd: '2', orgnNatCd: 'KE' },
  ...{ pkgUnitCd: 'NT', qtyUnitCd: 'NO', taxTyCd: 'B', dftPrc: '1160.00' },
}
export const opening = { sarTyCd: '06', items: [{ ...goods, qty: 10, prc: 1160 }] }
export const sale = { trdInvcNo: 'INV-1', items: [{ ...goods, qty: 1, prc: '1160.00' }] }

export interface Scene extends AsyncDisposable {
  readonly home: Home
  /** Runs a command line with the credentials in its environment. */
  type(line: string, env?: Readonly<Record<string, string>>): Promise<Transcript>
  /** Writes `item.json`, `opening.json` and `sale.json`, and registers the item through `flags`. */
  openShop(flags: string): Promise<void>
}

/** `change` replaces members of the configuration, `profile` those of the profile `etims`. */
export async function prepared(simulator: Simulator, change: object = {}, profile: object = {}): Promise<Scene> {
  const home = await openHome()
  await mkdir(join(home.folder, 'tmp'))
  await home.type('init --provider etims')
  const { baseUrl, credentials } = simulator.systems.etims
  const { consumerKey, consumerSecret, tin, bhfId, appId, deviceSerial } = credentials
  const fields = { consumerKey: 'env:ETIMS_CONSUMER_KEY', consumerSecret: 'env:ETIMS_CONSUMER_SECRET', tin, bhfId }
  const etims = {
    ...{ provider: 'etims', environment: 'sandbox', ...fields, appId, deviceSerial, baseUrl },
    ...profile,
  }
  const key = 'file:~/.latchkey/key'
  await home.write('latchkey.config.json', { profiles: { etims }, store: { file: 'tokens' }, key, ...change })
  const env = {
    ETIMS_CONSUMER_KEY: consumerKey,
    ETIMS_CONSUMER_SECRET: consumerSecret,
    TMPDIR: join(home.folder, 'tmp'),
  }
  const type: Scene['type'] = (line, more = {}) => home.type(line, { ...env, ...more })
  return {
    home,
    type,
    async openShop(flags) {
      await home.write('item.json', item)
      await home.write('opening.json', opening)
      await home.write('sale.json', sale)
      const { exit, err } = await type(`etims item save --file item.json${flags}`)
      if (exit !== 0) throw new Error(err)
    },
    [Symbol.asyncDispose]: () => home[Symbol.asyncDispose](),
  }
}

/** The one JSON document of a command. */
export function document({ out }: Transcript): Record<string, unknown> {
  return JSON.parse(out) as Record<string, unknown> // One object.
}
