/**
 * What is kept of a device: the credential that KRA issues once, or the fact that it was asked for.
 *
 * @see spec/etims.md sections 3.2 and 3.3
 * @module
 */
import { isObject, member, textMember } from '@latchkey/http'
import type { DeviceInfo } from '../operations/rows.ts'

/**
 * The `info` block of one device, as KRA spells it, and members beyond those that are known too. One that a user brought
 * along may be as short as its key.
 */
export type StoredDevice = Pick<DeviceInfo, 'tin' | 'bhfId' | 'cmcKey'> & Partial<DeviceInfo>

/** `idle`: KRA was asked and issued nothing. */
export type DeviceRecord =
  | { readonly state: 'idle' }
  | {
      readonly state: 'requested'
      /** Names the request, once and for ever. */
      readonly ticket: string
      /** By the store's clock, when whoever asks has certainly ended. */
      readonly until: number
      /** KRA answered `902`: it issued the key before, and does not say it again. */
      readonly installed?: boolean | undefined
      /** A key that was known before. */
      readonly info?: StoredDevice | undefined
    }
  | { readonly state: 'issued'; readonly info: StoredDevice }

/** The key that a record holds, if it holds one. */
export function infoOf(record: DeviceRecord | undefined): StoredDevice | undefined {
  return record && 'info' in record ? record.info : undefined
}

const membersMax = 100
const textMax = 2_000

/**
 * Reads an `info` block. `undefined` without PIN, branch and key: a block without its key is none.
 */
export function parseDeviceInfo(input: unknown): StoredDevice | undefined {
  if (!isObject(input)) return undefined
  const [tin, bhfId] = [textMember(input, 'tin'), textMember(input, 'bhfId')]
  const cmcKey = textMember(input, 'cmcKey')?.trim() ?? ''
  if (tin === undefined || bhfId === undefined || !/^[\x21-\x7e]{1,255}$/.test(cmcKey)) return undefined
  const members = Object.entries(input)
    .slice(0, membersMax)
    .filter(([, value]) => isFlat(value))
  const info: StoredDevice = { ...Object.fromEntries(members), tin, bhfId, cmcKey }
  // Printing shows no key. JSON does: whoever keeps the block himself writes it that way.
  const shown = (): object => ({ ...info, cmcKey: '[secret]' })
  return Object.freeze(Object.defineProperty(info, Symbol.for('nodejs.util.inspect.custom'), { value: shown }))
}

/** From parsed JSON; `undefined` for anything that is no record. */
export function parseDeviceRecord(input: unknown): DeviceRecord | undefined {
  const state = member(input, 'state')
  const found = member(input, 'info')
  const info = found === undefined ? undefined : parseDeviceInfo(found)
  if (found !== undefined && info === undefined) return undefined
  if (state === 'idle') return { state }
  if (state === 'issued') return info && { state, info }
  const [ticket, until, installed] = [member(input, 'ticket'), member(input, 'until'), member(input, 'installed')]
  if (state !== 'requested' || typeof ticket !== 'string' || typeof until !== 'number') return undefined
  return { state, ticket, until, ...(info && { info }), ...(installed === true && { installed }) }
}

function isFlat(value: unknown): boolean {
  return value === null || typeof value === 'number' || (typeof value === 'string' && value.length <= textMax)
}
