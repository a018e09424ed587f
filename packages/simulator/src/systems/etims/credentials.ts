/**
 * The ready-made app, taxpayers and devices. All fictional.
 *
 * @see spec/etims.md section 10, "Seed data"
 * @module
 */
import { hexDigits, type Random } from '../../random.ts'

/** A device that has its key already, so that a program can begin without initializing. */
export interface InitializedDevice {
  readonly tin: string
  readonly bhfId: string
  readonly deviceSerial: string
  readonly cmcKey: string
}

/** What a program needs to use the imitation. */
export interface EtimsCredentials {
  readonly consumerKey: string
  readonly consumerSecret: string
  /** The value of the header `apigee_app_id`. */
  readonly appId: string
  /** The taxpayer, and the branch whose device `deviceSerial` is approved and waits for its initialization. */
  readonly tin: string
  readonly bhfId: string
  readonly deviceSerial: string
  /** A device of the taxpayer's branch `01`. */
  readonly initializedDevice: InitializedDevice
  /** A device of the first buyer, whose purchase feed shows what was sold to it. */
  readonly buyerDevice: InitializedDevice
  /** PINs that sales can be addressed to: a company and a person. */
  readonly buyerTins: readonly string[]
}

/** Makes the credentials of a seed: all is fixed but the keys of the devices. */
export function createCredentials(random: Random): EtimsCredentials {
  const cmcKey = (): string => random.text(hexDigits, 52).toUpperCase()
  const [tin, buyer, person] = ['P000000001A', 'P000000002B', 'A000000003C']
  return Object.freeze({
    consumerKey: 'sim-key',
    consumerSecret: 'sim-secret',
    appId: '00000000-0000-4000-8000-000000000001',
    tin,
    bhfId: '00',
    deviceSerial: 'dvcv1130',
    initializedDevice: Object.freeze({ tin, bhfId: '01', deviceSerial: 'DEV-USED-1', cmcKey: cmcKey() }),
    buyerDevice: Object.freeze({ tin: buyer, bhfId: '00', deviceSerial: 'DEV-BUYER-1', cmcKey: cmcKey() }),
    buyerTins: Object.freeze([buyer, person]),
  })
}
