/**
 * Initializes a device: the one call whose answer exists once. KRA issues the key a single time, never says it again, and
 * has been seen to corrupt its own records when it is asked repeatedly, so everything here serves two ends: the answer
 * is safe before anybody hears of it, and nobody asks twice.
 *
 * @see spec/etims.md sections 3.2 and 3.3
 * @module
 */
import { isLatchkeyError } from '@latchkey/core'
import type { LatchkeyError } from '@latchkey/core'
import type { Cell } from '@latchkey/core/cell'
import { isObject, member } from '@latchkey/http'
import type { RunOptions } from '@latchkey/http'
import { graceMs } from '../counters/pursue.ts'
import { patienceOf } from '../counters/patience.ts'
import type { Patience } from '../counters/patience.ts'
import { infoOf, parseDeviceInfo } from '../device/device-record.ts'
import type { StoredDevice, DeviceRecord } from '../device/device-record.ts'
import { alreadyInitialized, notDurable, writeRecord } from '../device/device.ts'
import type { Device, DeviceContext } from '../device/device.ts'
import { etimsError } from '../errors.ts'
import type { Context } from './context.ts'
import { operations } from './table.ts'

export interface InitializeOptions extends RunOptions {
  /**
   * The caller keeps the key himself: nothing is stored, and no store is needed. If he loses it, only KRA can help.
   *
   * @default false
   */
  readonly take?: boolean | undefined
  /**
   * Asks KRA again although a key is stored, or although an earlier request was not answered. For the operator who has
   * made sure, in KRA's portal, that the serial is free.
   *
   * @default false
   */
  readonly force?: boolean | undefined
}

type InitializeContext = Context & DeviceContext

/**
 * Initializes this client's device and stores what KRA issues, before it resolves.
 *
 * KRA is asked once, by one process: the intent is written down first, so a program that ends in between leaves a trace
 * and the next call does not ask again unasked. Concurrent calls of one client share the request.
 *
 * @returns The whole `info` block.
 * @throws {LatchkeyError} `ETIMS_DEVICE_ALREADY_INITIALIZED`: a key is stored, or KRA says `902`; the message says what
 *   to do. `ETIMS_DEVICE_INIT_UNRESOLVED`: KRA was asked before and the answer is not known. `ETIMS_STORE_NOT_DURABLE`:
 *   there is no store that outlives this process and makes writes safe, so KRA was not asked; or (reason `unconfirmed`)
 *   the key came and the store has not confirmed it: {@link deviceOf} has it in this process, and calling again stores
 *   it.
 * @throws {ApiException} KRA refused it (`901`: the serial is not approved for this PIN and branch); nothing was issued.
 * @throws {OutcomeUnknownError} `ETIMS_OUTCOME_UNKNOWN`: the answer was lost. Nothing repeats it.
 * @throws {StoreError} The store does not answer.
 *
 * Source: spec/etims.md section 3.2. `POST /selectInitOsdcInfo`
 */
export async function initializeDevice(
  context: InitializeContext,
  { dvcSrlNo }: { readonly dvcSrlNo: string },
  { take = false, force = false, ...run }: InitializeOptions = {},
): Promise<StoredDevice> {
  const { device } = context
  const patience = patienceOf(device.clock, run)
  return device.once('initialize', async () => {
    if (take) return device.learn(await ask(context, dvcSrlNo, patience), true)
    const { cell } = device
    if (!cell || cell.scope === 'process') {
      throw notDurable(
        'KRA issues a key once, and this client has no store that outlives the process, so KRA was not asked. Give it a ' +
          'file, Redis or PostgreSQL store, or state `take: true` and keep the key yourself.',
      )
    }
    const unsaved = device.unsaved()
    const info = unsaved ?? (await initialize(context, cell, dvcSrlNo, force, patience))
    return save(device, cell, info)
  })
}

async function initialize(
  context: InitializeContext,
  cell: Cell<DeviceRecord>,
  dvcSrlNo: string,
  force: boolean,
  patience: Patience,
): Promise<StoredDevice> {
  const { device } = context
  const ticket = crypto.randomUUID()
  const lifeMs = Math.ceil(patience.left()) + graceMs
  const durable = await writeRecord(device, cell, ({ value, now }) => {
    if (value?.state === 'issued' && !force) throw alreadyInitialized()
    const mine = value?.state === 'requested' && value.ticket === ticket // By a write of which nobody knew.
    if (value?.state === 'requested' && !mine && (!force || now < value.until)) throw unresolved(value, now)
    const info = infoOf(value)
    return { state: 'requested', ticket, until: now + lifeMs, ...(info && { info }) }
  })
  // What came after is left as it is.
  const end = (change: (record: Requested) => DeviceRecord): Promise<unknown> =>
    writeRecord(device, cell, ({ value }) =>
      value?.state === 'requested' && value.ticket === ticket ? change(value) : value,
    ).catch(() => undefined) // The intent stays, and the next call says so.
  const asBefore = ({ info }: Requested): DeviceRecord => (info ? { state: 'issued', info } : { state: 'idle' })
  if (!durable) {
    await end(asBefore)
    throw notDurable(
      'KRA issues a key once, and the store does not promise to keep what is written, so KRA was not asked. Make the ' +
        'store durable, or state `take: true` and keep the key yourself.',
    )
  }
  try {
    return await ask(context, dvcSrlNo, patience)
  } catch (error) {
    const sent = patience.signal?.aborted || !isLatchkeyError(error) || mayHaveIssued.includes(error.code)
    if (sent && !isInvalidArgument(error)) throw error
    const installed = isLatchkeyError(error) && error.providerCode === '902'
    await end((record) => (installed && !record.info ? { ...record, installed } : asBefore(record)))
    throw installed ? keyElsewhere(error) : error
  }
}

type Requested = Extract<DeviceRecord, { state: 'requested' }>

const mayHaveIssued = ['ETIMS_OUTCOME_UNKNOWN', 'ETIMS_DEVICE_INIT_UNRESOLVED']

async function ask(context: InitializeContext, dvcSrlNo: string, patience: Patience): Promise<StoredDevice> {
  const { tin, bhfId } = context.device.place
  const run = { signal: patience.signal, deadlineMs: Math.max(1, Math.ceil(patience.left())) }
  const unknown = { advice: `Nothing asks KRA again by itself. ${wayOut}` }
  const envelope = await context.call(operations.initializeDevice, { tin, bhfId, dvcSrlNo }, { ...run, unknown })
  const info = member(envelope.data, 'info')
  const parsed = isObject(info) ? parseDeviceInfo({ tin, bhfId, ...info }) : undefined
  if (parsed) return parsed
  throw etimsError(
    'ETIMS_DEVICE_INIT_UNRESOLVED',
    `KRA says that the device is initialized, but not with which key. ${wayOut}`,
  )
}

async function save(device: Device, cell: Cell<DeviceRecord>, info: StoredDevice): Promise<StoredDevice> {
  device.learn(info, false)
  let cause: unknown
  try {
    if (await writeRecord(device, cell, () => ({ state: 'issued', info }))) return device.learn(info, true)
  } catch (error) {
    cause = error
  }
  throw notDurable(
    'KRA issued the key, and the store has not confirmed that it keeps it. deviceOf() has it in this process: make it ' +
      'safe before the process ends, by calling initializeDevice() again, which stores it without asking KRA.',
    { reason: 'unconfirmed', retryable: true, ...(cause !== undefined && { cause }) },
  )
}

const wayOut =
  "Look up in KRA's portal whether the device is initialized. If it is, and no program of yours has the key, ask KRA to " +
  'release the serial; a key that you have goes to storeDevice(). Then initialize with `force: true`.'

function unresolved({ until, installed }: Requested, now: number): LatchkeyError {
  const what = installed
    ? 'KRA said before that this device is initialized (902), and its key is not stored here.'
    : now < until
      ? 'Another call is asking KRA for the key of this device, or ended while it did.'
      : 'KRA was asked for the key of this device before, and its answer is not known.'
  return etimsError('ETIMS_DEVICE_INIT_UNRESOLVED', `${what} It was not asked again. ${wayOut}`, {
    reason: installed ? 'installed' : now < until ? 'asking' : 'unanswered',
  })
}

function keyElsewhere(cause: unknown): LatchkeyError {
  return etimsError(
    'ETIMS_DEVICE_ALREADY_INITIALIZED',
    'KRA says that this device is initialized (902), and it does not give the key again. If a program of yours has it, ' +
      'give it to storeDevice(); if not, ask KRA to release the serial, and then initialize with `force: true`.',
    { providerCode: '902', cause },
  )
}

function isInvalidArgument(error: unknown): boolean {
  return error instanceof TypeError && 'code' in error && error.code === 'ERR_INVALID_ARG'
}
