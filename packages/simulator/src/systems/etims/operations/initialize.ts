/**
 * The initialization of a device: its key is given once, and never again.
 *
 * Source: spec/etims.md sections 3.2 and 3.3. `POST /selectInitOsdcInfo`, gateway `/initialize`
 * @module
 */
import { type Branch, type Device, key, type Taxpayer } from '../data.ts'
import { always, text, textOf } from '../fields.ts'
import type { Call, Operation } from '../operation.ts'
import { done, type Outcome, refused } from '../outcomes.ts'
import { provision } from '../provision.ts'
import { compactTime } from '../times.ts'

export const initialize: Operation = {
  name: 'selectInitOsdcInfo',
  paths: ['selectInitOsdcInfo', 'initialize'],
  kind: 'init',
  fields: { tin: always(text(11)), bhfId: always(text(2)), dvcSrlNo: always(text(100)) },
  onMissing: () => (name) =>
    name === 'tin'
      ? refused('910', 'Tin cannot be empty', { title: 'Missing Tin' })
      : refused('910', `${name} cannot be Null`),
  run: initializeDevice,
}

function initializeDevice({ world, fields }: Call): Outcome {
  const unit = { tin: textOf(fields, 'tin') ?? '', bhfId: textOf(fields, 'bhfId') ?? '' }
  const dvcSrlNo = textOf(fields, 'dvcSrlNo') ?? ''
  const { data, switches } = world
  const find = (): Device | undefined => data.devices.get(key(unit.tin, unit.bhfId, dvcSrlNo))
  if (find() === undefined && switches.autoProvision) provision(world, { ...unit, dvcSrlNo })
  const device = find()
  if (device === undefined) return refused('901', 'It is not valid device', { hasEnvelope: true })
  if (device.type === 'VSCU') return refused('903', 'Only OSCU device can be verified', { hasEnvelope: true })
  if (device.state === 'initialized') return refused('902', 'This device is installed', { hasEnvelope: true })

  device.state = 'initialized'
  device.cmcKey = world.ids.cmcKey()
  return done({ info: info(device, data.taxpayers.get(unit.tin), data.branches.get(key(unit.tin, unit.bhfId))) })
}

function info(device: Device, taxpayer: Taxpayer | undefined, branch: Branch | undefined): object {
  const { tin, bhfId, dvcId, sdcId, mrcNo, cmcKey } = device
  return {
    tin,
    taxprNm: taxpayer?.taxprNm ?? '',
    bsnsActv: taxpayer?.bsnsActv ?? '',
    bhfId,
    bhfNm: branch?.bhfNm ?? '',
    bhfOpenDt: compactTime(branch?.changedAt ?? 0).slice(0, 8),
    prvncNm: 'Nairobi',
    dstrtNm: 'Nairobi District',
    sctrNm: 'Langata',
    locDesc: null,
    hqYn: branch?.hqYn ?? 'N',
    mgrNm: 'Jina Bandia',
    mgrTelNo: '0700000000',
    mgrEmail: 'meneja@mfano.example',
    dvcId,
    sdcId,
    mrcNo,
    cmcKey,
  }
}
