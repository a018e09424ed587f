/**
 * What is ordered: what a file says, or what the flags say. The client checks it; what it finds wrong in a file is told
 * with the line and the field.
 *
 * @see spec/truphone.md sections 7.2.1 and 7.2.2
 * @module
 */
import { randomUUID } from 'node:crypto'
import { isObject } from '@latchkey/http'
import type { Issue, NewEsimOrder, OrderItem, TopUpOrder } from '@latchkey/truphone'
import type { Io } from '../../io.ts'
import { readJsonFile } from '../../json-file.ts'
import type { JsonFile } from '../../json-file.ts'
import { UsageError } from '../../usage.ts'
import type { OrderNewFlags, OrderTopUpFlags } from './flags.ts'

/** An order as it is to be sent, unchecked. */
export interface GivenOrder<Order> {
  readonly order: Order
  /** Runs what sends it. @throws {UsageError} The file is malformed; nothing was sent. */
  readonly send: <T>(work: () => Promise<T>) => Promise<T>
}

/** @throws {UsageError} Neither a file nor all flags that are needed are given, or the file cannot be read. */
export async function newEsimOrder(flags: OrderNewFlags, io: Io): Promise<GivenOrder<NewEsimOrder>> {
  const { file, email, country, deviceType, deviceId, eid } = flags
  if (file !== undefined) {
    refuseBeside(file, {
      ...named(flags),
      '--email': email,
      '--country': country,
      '--device-type': deviceType,
      '--eid': eid,
    })
    return fromFile<NewEsimOrder>(file, io)
  }
  return fromFlags({
    countryCode: needed('--country', country, 'the country of the sale, such as PT'),
    customer: { email: needed('--email', email, "the customer's e-mail address, or any identifier") },
    device: {
      type: needed('--device-type', deviceType, 'ios, android or iot'),
      id: deviceId ?? randomUUID(),
      ...(eid !== undefined && { eid }),
    },
    subscriptions: items(flags),
  })
}

/** @throws {UsageError} As {@link newEsimOrder}. */
export async function topUpOrder(flags: OrderTopUpFlags, io: Io): Promise<GivenOrder<TopUpOrder>> {
  const { file, iccid, deviceId } = flags
  if (file !== undefined) {
    refuseBeside(file, { ...named(flags), '--iccid': iccid })
    return fromFile<TopUpOrder>(file, io)
  }
  return fromFlags({
    esim: { iccid: needed('--iccid', iccid, 'the SIM that gets the plan') },
    device: { id: deviceId ?? randomUUID() },
    subscriptions: items(flags),
  })
}

type CommonFlags = Pick<OrderNewFlags, 'product' | 'deviceId'>

function named({ product, deviceId }: CommonFlags): Readonly<Record<string, string | undefined>> {
  return { '--product': product[0], '--device-id': deviceId }
}

function refuseBeside(file: string, others: Readonly<Record<string, string | undefined>>): void {
  const both = Object.keys(others).find((name) => others[name] !== undefined)
  if (both !== undefined) throw new UsageError(`${both} does not go together with --file, which says all of the order.`)
  if (file === '') throw new UsageError('--file takes the name of a file.')
}

function items({ product }: CommonFlags): readonly [OrderItem, ...OrderItem[]] {
  const [first, ...more] = product.map((productId): OrderItem => ({ productId }))
  if (first === undefined) {
    throw new UsageError('--product is missing: an id that `latchkey truphone products` shows. Or pass --file.')
  }
  return [first, ...more]
}

function needed<T>(name: string, value: T | undefined, what: string): T {
  if (value === undefined) throw new UsageError(`${name} is missing: ${what}. Or pass --file.`)
  return value
}

function fromFlags<Order>(order: Order): GivenOrder<Order> {
  return { order, send: (work) => work() }
}

async function fromFile<Order>(name: string, io: Io): Promise<GivenOrder<Order>> {
  const file = await readJsonFile(name, io)
  if (!isObject(file.value)) throw file.mistake([], 'The file must hold an object')
  return {
    order: file.value as Order, // The client checks it before it sends anything.
    async send(work) {
      try {
        return await work()
      } catch (error) {
        throw inFile(file, error)
      }
    },
  }
}

/** The client's complaint about an order, as one about the file. Everything else stays what it is. */
function inFile(file: JsonFile, error: unknown): unknown {
  if (!(error instanceof TypeError) || !('issues' in error)) return error
  const complaints = (error.issues as readonly Issue[]).map(({ path, message }) => ({
    path: path === '' ? [] : path.split('.'),
    message,
  })) // Its own.
  const first = complaints.find(({ path }) => file.holds(path)) ?? complaints[0]
  if (!first) return error
  return file.mistake(first.path, first.message, error)
}
