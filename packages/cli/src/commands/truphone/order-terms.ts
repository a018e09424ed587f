/**
 * What is ordered: what a file says, or what the flags say. The client checks it; what it finds wrong in a file is told
 * with the line and the field.
 *
 * @see spec/truphone.md sections 7.2.1 and 7.2.2
 * @module
 */
import { randomUUID } from 'node:crypto'
import type { NewEsimOrder, OrderItem, TopUpOrder } from '@latchkey/truphone'
import type { Io } from '../../io.ts'
import { refuseBesideFile, requestFromFile, requestFromFlags } from '../../request-file.ts'
import type { GivenRequest } from '../../request-file.ts'
import { UsageError } from '../../usage.ts'
import type { OrderNewFlags, OrderTopUpFlags } from './flags.ts'

/** @throws {UsageError} Neither a file nor all flags that are needed are given, or the file cannot be read. */
export async function newEsimOrder(flags: OrderNewFlags, io: Io): Promise<GivenRequest<NewEsimOrder>> {
  const { file, email, country, deviceType, deviceId, eid } = flags
  if (file !== undefined) {
    refuseBesideFile(file, 'the order', {
      ...named(flags),
      '--email': email,
      '--country': country,
      '--device-type': deviceType,
      '--eid': eid,
    })
    return requestFromFile<NewEsimOrder>(file, io)
  }
  return requestFromFlags({
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
export async function topUpOrder(flags: OrderTopUpFlags, io: Io): Promise<GivenRequest<TopUpOrder>> {
  const { file, iccid, deviceId } = flags
  if (file !== undefined) {
    refuseBesideFile(file, 'the order', { ...named(flags), '--iccid': iccid })
    return requestFromFile<TopUpOrder>(file, io)
  }
  return requestFromFlags({
    esim: { iccid: needed('--iccid', iccid, 'the SIM that gets the plan') },
    device: { id: deviceId ?? randomUUID() },
    subscriptions: items(flags),
  })
}

type CommonFlags = Pick<OrderNewFlags, 'product' | 'deviceId'>

function named({ product, deviceId }: CommonFlags): Readonly<Record<string, string | undefined>> {
  return { '--product': product[0], '--device-id': deviceId }
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
