/**
 * Makes taxpayers, branches and devices on first use, for suites that bring their own (switch `autoProvision`).
 *
 * @see spec/etims.md section 10, "Settings"
 * @module
 */
import { type Device, key, type Unit } from './data.ts'
import { branch, newDevice, taxpayer } from './seed.ts'
import type { World } from './world.ts'

/** How many devices there may be; no more are made on first use. */
export const devicesMax = 10_000

/** The longest tin, branch, serial and key, in characters. */
const lengths = { tin: 20, bhfId: 10, dvcSrlNo: 100, cmcKey: 255 }

/** Adds what is missing for a device. False when something is too long, or there are too many already. */
export function provision({ data }: World, device: Unit & Pick<Device, 'dvcSrlNo'> & Partial<Device>): boolean {
  const { tin, bhfId, dvcSrlNo, cmcKey = '' } = device
  const isShort = tin.length <= lengths.tin && bhfId.length <= lengths.bhfId && cmcKey.length <= lengths.cmcKey
  if (!isShort || dvcSrlNo.length > lengths.dvcSrlNo || data.devices.rows.length >= devicesMax) return false
  if (data.taxpayers.get(tin) === undefined) data.taxpayers.add(taxpayer(tin, `TAXPAYER ${tin}`))
  if (data.branches.get(key(tin, bhfId)) === undefined) data.branches.add(branch(tin, bhfId, `Branch ${bhfId}`))
  data.devices.add(newDevice(data.devices.rows.length + 1, device))
  return true
}
