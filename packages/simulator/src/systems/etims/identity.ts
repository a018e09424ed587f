/**
 * Whose device speaks: `tin`, `bhfId` and `cmcKey`, from the headers first, else from the body.
 *
 * @see spec/etims.md section 3.1
 * @module
 */
import type { SystemRequest } from '../../system.ts'
import { type Fields, isOf, type Unit } from './data.ts'
import type { Operation } from './operation.ts'
import { type Refusal, refused } from './outcomes.ts'
import { provision } from './provision.ts'
import type { Checks } from './presets.ts'
import type { Face } from './switches.ts'
import type { World } from './world.ts'

const names = ['tin', 'bhfId', 'cmcKey'] as const

/** Where header and body name different devices. The header wins, as with the real server. */
export function identityNotes(request: SystemRequest, body: Fields): readonly string[] {
  return names
    .filter((name) => {
      const [header, inBody] = [headerOf(request, name), bodyOf(body, name)]
      return header !== '' && inBody !== '' && header !== inBody
    })
    .map((name) => `The header ${name} differs from the body's; the header was used.`)
}

/** Finds the device's branch, or says why the call is refused. */
export function identify(
  world: World,
  face: Face,
  checks: Checks,
  operation: Operation,
  request: SystemRequest,
  body: Fields,
): Unit | Refusal {
  const [tin, bhfId, cmcKey] = names.map((name) => headerOf(request, name) || bodyOf(body, name))
  const missing = names.find((_, index) => [tin, bhfId, cmcKey][index] === '')
  if (tin === undefined || bhfId === undefined || missing !== undefined) {
    if (face === 'gateway') return refused('900', `${String(missing)} cannot be Null`)
    return refused('900', 'There is no header information')
  }
  const isLiveGateway = face === 'gateway' && checks.preset === 'live'
  const absent = names.slice(0, 2).find((name) => bodyOf(body, name) === '')
  if (isLiveGateway && operation.wantsBodyIdentity === true && absent !== undefined) {
    return refused('910', `${absent} cannot be Null`)
  }

  const unit = { tin, bhfId }
  const { data, switches } = world
  const devices = data.devices.rows.filter(isOf(unit))
  if (devices.some((device) => device.state === 'initialized' && device.cmcKey === cmcKey)) return unit
  const dvcSrlNo = `AUTO-${String(data.devices.rows.length + 1)}`
  const made = { ...unit, dvcSrlNo, state: 'initialized', cmcKey: String(cmcKey) } as const
  if (switches.autoProvision && provision(world, made)) return unit
  const isStockCall = operation.name === 'insertStockIO' || operation.name === 'saveStockMaster'
  if (
    switches.wrongBranch === 'taxTypeText' &&
    isStockCall &&
    devices.length === 0 &&
    data.taxpayers.get(tin) !== undefined
  ) {
    return refused('910', 'Error occurred while validating item tax type: Please try again later')
  }
  return refused('901', 'It is not valid device', { hasEnvelope: true })
}

function headerOf(request: SystemRequest, name: string): string {
  const value = request.headers[name.toLowerCase()]
  return typeof value === 'string' ? value.trim() : ''
}

function bodyOf(body: Fields, name: string): string {
  const value = Object.hasOwn(body, name) ? body[name] : undefined
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
