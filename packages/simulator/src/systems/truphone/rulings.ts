/**
 * The answers to situations that the vendor does not document. Each can be replaced by the switch `rulings`.
 *
 * @see spec/truphone.md section 3.3
 * @module
 */

/** What is answered by default. */
export const rulings = {
  unknownSim: { status: 404, type: 'SIM_NOT_FOUND' },
  unknownProduct: { status: 404, type: 'PRODUCT_NOT_FOUND' },
  unknownSubscription: { status: 404, type: 'SUBSCRIPTION_NOT_FOUND' },
  unknownCustomer: { status: 404, type: 'CUSTOMER_NOT_FOUND' },
  unknownSimInOrder: { status: 422, type: 'SIM_NOT_FOUND' },
  tooManySubscriptions: { status: 400, type: 'INVALID_REQUEST_PARAMS' },
  simInUse: { status: 400, type: 'INVALID_REQUEST_PARAMS' },
  notPending: { status: 400, type: 'INVALID_REQUEST_PARAMS' },
  roleNotEntitled: { status: 403, type: 'ACCESS_DENIED' },
  unknownPath: { status: 404, type: 'NOT_FOUND' },
  wrongMethod: { status: 405, type: 'METHOD_NOT_ALLOWED' },
  rateLimited: { status: 429, type: 'TOO_MANY_REQUESTS' },
} as const satisfies Record<string, Ruling>

/** A status and an error type. */
export interface Ruling {
  readonly status: number
  readonly type: string
}

/** The situations. */
export type Situation = keyof typeof rulings

/** The situations, as a list. */
export const situations = Object.keys(rulings) as readonly Situation[] // The keys are all there are.
