/**
 * The device of one client: its credential, read once and kept in memory, and the cell in which all processes share it.
 *
 * @see spec/etims.md section 3.3
 * @module
 */
import { invalidArgument, isLatchkeyError, StoreError } from '@latchkey/core'
import type { Clock, ErrorFacts, LatchkeyError } from '@latchkey/core'
import type { Cell, CellPage } from '@latchkey/core/cell'
import { openCell } from '../counters/cells.ts'
import type { Place } from '../counters/cells.ts'
import type { Keeping } from '../counters/keeping.ts'
import { etimsError } from '../errors.ts'
import { infoOf, parseDeviceInfo, parseDeviceRecord } from './device-record.ts'
import type { StoredDevice, DeviceRecord } from './device-record.ts'

export interface DeviceOptions {
  readonly place: Place
  readonly clock: Clock
  /** Without it, the device is known to this object alone. */
  readonly keeping: Keeping | undefined
}

/** What it knows is in closures, where printing it shows no key. */
export interface Device {
  readonly place: Place
  readonly clock: Clock
  /** Absent without a store. */
  readonly cell: Cell<DeviceRecord> | undefined
  /** The credential as this process knows it. */
  known(): StoredDevice | undefined
  /** What KRA issued and the store has not confirmed. */
  unsaved(): StoredDevice | undefined
  learn(info: StoredDevice, saved: boolean): StoredDevice
  /** Runs `work`, or joins the one of the same name that is under way. */
  once(name: 'read' | 'initialize', work: () => Promise<StoredDevice>): Promise<StoredDevice>
}

/** What operations need of a context to know their device. */
export interface DeviceContext {
  readonly device: Device
}

/** Made once for each client. */
export function createDevice({ place, clock, keeping }: DeviceOptions): Device {
  const cell = keeping && openCell(keeping, clock, { what: 'device', place, scope: 'branch' }, parseDeviceRecord)
  const flights = new Map<string, Promise<StoredDevice>>()
  let known: StoredDevice | undefined
  let unsaved: StoredDevice | undefined
  return {
    place,
    clock,
    cell,
    known: () => known,
    unsaved: () => unsaved,
    learn(info, saved) {
      known = info
      unsaved = saved ? undefined : info
      return info
    },
    once(name, work) {
      const flight = flights.get(name) ?? work().finally(() => flights.delete(name))
      flights.set(name, flight)
      return flight
    },
  }
}

/**
 * The credential of this client's device. Read from the store once; concurrent callers share the read.
 *
 * @throws {LatchkeyError} `ETIMS_DEVICE_UNKNOWN`: none was initialized or stored here.
 * @throws {StoreError} The store does not answer, or keeps something that cannot be read.
 */
export async function deviceOf({ device }: DeviceContext): Promise<StoredDevice> {
  return device.known() ?? device.once('read', () => readDevice(device))
}

async function readDevice(device: Device): Promise<StoredDevice> {
  const record = (await device.cell?.read())?.value
  const known = device.known() // Learned while the store was asked.
  if (known) return known
  const info = infoOf(record)
  if (info) return device.learn(info, true)
  const state = record?.state === 'requested' ? ' It was asked for, and the answer is not known.' : ''
  throw etimsError(
    'ETIMS_DEVICE_UNKNOWN',
    `No key of the device of branch ${device.place.bhfId} is known here.${state} Initialize the device once, or give the ` +
      'key that you have to storeDevice(), or set it as cmc_key in the configuration.',
    record?.state === 'requested' ? { reason: 'requested' } : {},
  )
}

/**
 * Stores a credential that the caller has already, from another program or from KRA.
 *
 * @param info - The whole `info` block, or as much of it as there is: at least `cmcKey`. A PIN or branch must be this
 *   client's own.
 * @param options.replace - Overwrites another key, which is lost then. @default false
 * @throws {TypeError} `ERR_INVALID_ARG`: there is no key in it, or it is another device's.
 * @throws {LatchkeyError} `ETIMS_DEVICE_ALREADY_INITIALIZED`: another key is stored. `ETIMS_STORE_NOT_DURABLE`: there is
 *   no store.
 * @throws {StoreError} The store did not take it.
 */
export async function storeDevice(
  { device }: DeviceContext,
  info: Readonly<Record<string, unknown>>,
  options: { readonly replace?: boolean | undefined } = {},
): Promise<StoredDevice> {
  const { tin, bhfId } = device.place
  const own = parseDeviceInfo({ tin, bhfId, ...info })
  if (!own)
    throw invalidArgument('storeDevice: info has no usable cmcKey, which is visible ASCII of up to 255 characters')
  if (own.tin !== tin || own.bhfId !== bhfId) {
    throw invalidArgument('storeDevice: info belongs to another PIN or branch than this client')
  }
  const { cell } = device
  if (!cell) throw notDurable('There is no store to put a device in. Give this client a store.')
  await writeRecord(device, cell, ({ value }) => {
    const stored = infoOf(value)
    if (stored && stored.cmcKey !== own.cmcKey && !options.replace) throw alreadyInitialized()
    return { state: 'issued', info: own }
  })
  return device.learn(own, true)
}

/**
 * Writes what `next` makes of the record, unless it throws or answers what there is. Answers whether the store made it
 * safe.
 *
 * @throws {StoreError} `LATCHKEY_STORE_UNAVAILABLE`: the store did not take it in several tries; it may have nevertheless.
 */
export async function writeRecord(
  { clock }: Device,
  cell: Cell<DeviceRecord>,
  next: (page: CellPage<DeviceRecord>) => DeviceRecord | undefined,
): Promise<boolean> {
  let trouble: unknown
  for (let tries = 1; tries <= triesMax; tries += 1) {
    try {
      const page = await cell.read()
      const record = next(page)
      if (record === undefined || record === page.value) return true
      const swap = await cell.swap(page, record, true)
      if (swap.kind === 'done') return swap.durable
    } catch (error) {
      if (!isLatchkeyError(error) || error.code !== 'LATCHKEY_STORE_UNAVAILABLE') throw error
      trouble = error
    }
    if (tries < triesMax) await clock.sleep(pauseMs * tries)
  }
  throw (
    trouble ?? new StoreError('LATCHKEY_STORE_UNAVAILABLE', 'The store did not confirm what was written. Try again.')
  )
}

const triesMax = 6
const pauseMs = 200

/** A key is stored. */
export function alreadyInitialized(): LatchkeyError {
  return etimsError(
    'ETIMS_DEVICE_ALREADY_INITIALIZED',
    'A key is stored for this device, and KRA issues it once, so nothing was done. deviceOf() reads the stored one.',
  )
}

/** The store is none in which a key that is issued once may be put. */
export function notDurable(message: string, facts: ErrorFacts = {}): LatchkeyError {
  return etimsError('ETIMS_STORE_NOT_DURABLE', message, facts)
}
