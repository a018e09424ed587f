/**
 * The payments that pushes have started: which prompt is open on which phone, how each ended, and the two rules
 * against doubles.
 *
 * @see spec/daraja.md section 3.1, notes
 * @module
 */
import type { ResultCode } from './results.ts'

/** How many payments are remembered. */
export const paymentsMax = 10_000

/** The same amount from the same customer is refused within this time, in milliseconds. */
export const repeatWindowMs = 120_000

/** A payment that a push has started. Instants are epoch milliseconds. */
export interface Payment {
  readonly checkoutRequestId: string
  readonly merchantRequestId: string
  readonly shortCode: string
  readonly phone: string
  readonly amount: number
  readonly startedAt: number
  readonly promptEndsAt: number
  readonly plan: Plan
  readonly outcome: Outcome | null
}

/** How a payment will end, which is decided when it starts. */
export interface Plan {
  readonly at: number
  readonly code: ResultCode
  readonly callbackUrl: string
  /** No callback tells of the end. */
  readonly isSilent: boolean
}

/** How a payment ended. */
export interface Outcome {
  readonly at: number
  readonly code: ResultCode
  /** Only when it was paid. */
  readonly receipt: string | null
}

/** The payments of the shortcode. */
export interface Payments {
  start(payment: Omit<Payment, 'outcome'>): void
  /** @returns The payment as it is now, or undefined when it is unknown or has ended before. */
  finish(checkoutRequestId: string, outcome: Outcome): Payment | undefined
  get(checkoutRequestId: string): Payment | undefined
  /** True while a prompt is open on the phone. */
  isPrompted(phone: string, now: number): boolean
  /** True when the phone paid the same amount less than two minutes ago. */
  isRepeat(phone: string, amount: number, now: number): boolean
  list(): readonly Payment[]
  clear(): void
}

/** Makes a memory, empty or of payments in the order in which they started. */
export function createPayments(saved: readonly Payment[] = []): Payments {
  const payments = new Map<string, Payment>()
  const promptOf = new Map<string, string>() // By phone, the payment whose prompt is on it.
  const paidAt = new Map<string, number>() // By phone and amount.

  const notePaid = ({ phone, amount }: Payment, { at }: Outcome): void => {
    const key = `${phone}/${String(amount)}`
    paidAt.delete(key) // So that the order of the map is the order of time.
    paidAt.set(key, at)
    const oldest = paidAt.size > paymentsMax ? paidAt.keys().next().value : undefined
    if (oldest !== undefined) paidAt.delete(oldest)
  }

  for (const payment of saved) {
    payments.set(payment.checkoutRequestId, payment)
    if (payment.outcome === null) promptOf.set(payment.phone, payment.checkoutRequestId)
  }
  for (const payment of [...saved].sort((a, b) => (a.outcome?.at ?? 0) - (b.outcome?.at ?? 0))) {
    if (payment.outcome !== null && payment.outcome.receipt !== null) notePaid(payment, payment.outcome)
  }

  return {
    start(payment) {
      payments.set(payment.checkoutRequestId, { ...payment, outcome: null })
      promptOf.set(payment.phone, payment.checkoutRequestId)
      const oldest = payments.size > paymentsMax ? payments.values().next().value : undefined
      if (oldest === undefined) return
      payments.delete(oldest.checkoutRequestId)
      if (promptOf.get(oldest.phone) === oldest.checkoutRequestId) promptOf.delete(oldest.phone)
    },
    finish(checkoutRequestId, outcome) {
      const payment = payments.get(checkoutRequestId)
      if (payment === undefined || payment.outcome !== null) return undefined
      const finished = { ...payment, outcome }
      payments.set(checkoutRequestId, finished)
      if (promptOf.get(payment.phone) === checkoutRequestId) promptOf.delete(payment.phone)
      if (outcome.receipt !== null) notePaid(payment, outcome)
      return finished
    },
    get: (checkoutRequestId) => payments.get(checkoutRequestId),
    isPrompted(phone, now) {
      const open = payments.get(promptOf.get(phone) ?? '')
      return open !== undefined && open.outcome === null && now < open.promptEndsAt
    },
    isRepeat(phone, amount, now) {
      const at = paidAt.get(`${phone}/${String(amount)}`)
      return at !== undefined && now - at < repeatWindowMs
    },
    list: () => [...payments.values()],
    clear() {
      payments.clear()
      promptOf.clear()
      paidAt.clear()
    },
  }
}
