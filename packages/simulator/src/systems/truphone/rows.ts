/**
 * What an environment holds: its rows, and the maps in which they are found. Instants are epoch milliseconds.
 *
 * @see spec/truphone.md sections 1, 7
 * @module
 */

/** Where an order, a SIM, a subscription or a customer lives. */
export type Environment = 'production' | 'preproduction'

/** The events that a SIM can report. */
export const notificationTypes = ['USAGE_THRESHOLD', 'SUBSCRIPTION_END'] as const

/** One of {@link notificationTypes}. */
export type NotificationType = (typeof notificationTypes)[number]

/** The install states of an eSIM. */
export const simStatuses = ['Released', 'Downloaded', 'Installed', 'Unavailable'] as const

/** One of {@link simStatuses}. */
export type SimStatus = (typeof simStatuses)[number]

interface Owned {
  readonly clientId: string
  /** When it was last read or written through the API. */
  usedAt: number
}

/** An order. */
export interface Order extends Owned {
  readonly id: string
  readonly kind: 'NEW_ESIM' | 'TOPUP'
  status: 'ACCEPTED' | 'FULFILLING' | 'COMPLETED' | 'FAILED'
  /** When it goes on; null: not by itself. */
  dueAt: number | null
  readonly plan: 'complete' | 'fail' | 'slow'
  readonly email: string
  readonly deviceId: string
  /** Only of an iOS device. */
  readonly eid: string | null
  /** `activationAt` null: at once. */
  readonly items: readonly { readonly productId: string; readonly activationAt: number | null }[]
  /** Of a new eSIM once it is there. */
  iccid: string | null
  subscriptionId: string | null
}

/** A SIM. */
export interface Sim extends Owned {
  readonly iccid: string
  readonly matchingId: string
  readonly email: string
  status: SimStatus
  eid: string | null
  modifiedAt: number
  /** When the status goes on by itself, or null. */
  dueAt: number | null
  /** Registered URLs. */
  hooks: Readonly<Record<NotificationType, string | null>>
}

/** A plan on a SIM. Bytes are whole numbers. */
export interface Subscription extends Owned {
  readonly id: string
  readonly iccid: string
  readonly email: string
  readonly deviceId: string
  readonly productId: string
  status: 'PENDING' | 'ACTIVE' | 'DEPLETED' | 'EXPIRED'
  readonly initialBytes: number
  spentBytes: number
  activationAt: number
  expiresAt: number
  /** When the status goes on by itself, or null. */
  dueAt: number | null
  readonly createdAt: number
  hasPassedThreshold: boolean
}

/** A customer. `fields` are as they came. */
export interface Customer extends Owned {
  readonly id: string
  email: string
  fields: Readonly<Record<string, unknown>>
}

/** A payment method. */
export interface PaymentMethod extends Owned {
  readonly id: string
  readonly customerId: string
  readonly fields: Readonly<Record<string, string>>
}

/** A webhook call that is still to be made. `attempt` counts from 0. */
export interface Notification {
  readonly id: string
  readonly type: NotificationType
  readonly url: string
  readonly iccid: string
  readonly subscriptionId: string
  readonly dueAt: number
  readonly attempt: number
}

/** The rows of one environment, each kind in order of creation. */
export interface Rows {
  readonly orders: readonly Order[]
  readonly sims: readonly Sim[]
  readonly subscriptions: readonly Subscription[]
  readonly customers: readonly Customer[]
  readonly paymentMethods: readonly PaymentMethod[]
  readonly notifications: readonly Notification[]
}

/** The memory of one environment. */
export interface Store {
  readonly orders: Map<string, Order>
  readonly sims: Map<string, Sim>
  readonly subscriptions: Map<string, Subscription>
  readonly customers: Map<string, Customer>
  readonly paymentMethods: Map<string, PaymentMethod>
  notifications: readonly Notification[]
}

/** Makes a memory of rows. */
export function createStore(rows: Rows): Store {
  const byId = <Row extends { readonly id: string }>(list: readonly Row[]): Map<string, Row> =>
    new Map(list.map((row) => [row.id, { ...row }]))
  return {
    orders: byId(rows.orders),
    sims: new Map(rows.sims.map((sim) => [sim.iccid, { ...sim }])),
    subscriptions: byId(rows.subscriptions),
    customers: byId(rows.customers),
    paymentMethods: byId(rows.paymentMethods),
    notifications: [...rows.notifications],
  }
}

/** The rows of a memory, as they are now. */
export function rowsOf(store: Store): Rows {
  const copies = <Row extends object>(map: ReadonlyMap<string, Row>): Row[] =>
    [...map.values()].map((row) => ({ ...row }))
  return {
    orders: copies(store.orders),
    sims: copies(store.sims),
    subscriptions: copies(store.subscriptions),
    customers: copies(store.customers),
    paymentMethods: copies(store.paymentMethods),
    notifications: store.notifications.map((notification) => ({ ...notification })),
  }
}

/** What an environment holds at the start: one customer, whose id has every character that needs encoding. */
export function seedRows(now: number): Rows {
  const email = 'ana+esim@example.org'
  const fields = { type: 'PERSONAL', firstName: 'Ana', lastName: 'Fictícia', language: 'EN', countryOfResidence: 'PT' }
  return {
    orders: [],
    sims: [],
    subscriptions: [],
    customers: [{ id: '++++AQID//4=', clientId: 'truphone-am', usedAt: now, email, fields }],
    paymentMethods: [],
    notifications: [],
  }
}
