/**
 * What the control plane tells about Daraja. No secret is in it, and phones are masked.
 *
 * @module
 */
import { initiatorAttemptsMax } from './initiator.ts'
import type { DarajaSwitches } from './switches.ts'
import type { World } from './world.ts'

/** A snapshot of the imitation. */
export interface DarajaState {
  readonly switches: DarajaSwitches
  /** Requests that arrived at the token endpoint, whatever became of them. */
  readonly tokenRequests: number
  /** `tokenRequests` here: those that named the app's consumer key and reached the service. */
  readonly apps: readonly { readonly name: string; readonly tokenRequests: number; readonly tokensIssued: number }[]
  readonly tokens: { readonly live: number; readonly issued: number }
  /** Refused calls by cause, for example `tokenReplaced` or `invalid Amount`. */
  readonly rejected: Readonly<Record<string, number>>
  readonly payments: readonly PaymentState[]
  /** Balances by account, in shillings with two decimals. */
  readonly ledger: Readonly<Record<string, string>>
  readonly initiator: { readonly failedAttempts: number; readonly locked: boolean }
}

/** A payment as the control plane shows it. */
export interface PaymentState {
  /** The `CheckoutRequestID`, which ends in the payer's number, as the real one does. */
  readonly id: string
  readonly merchantRequestId: string
  readonly phone: string
  /** Shillings. */
  readonly amount: number
  readonly state: 'pending' | 'paid' | 'failed'
  readonly resultCode: string | null
  readonly receipt: string | null
}

/** Takes the snapshot. */
export function describe(world: World): DarajaState {
  const { counters, tokens, initiator } = world
  return {
    switches: world.switches,
    tokenRequests: counters.tokenRequests,
    apps: [{ name: 'default', tokenRequests: counters.appTokenRequests, tokensIssued: tokens.issued() }],
    tokens: { live: tokens.live(world.clock.now()), issued: tokens.issued() },
    rejected: { ...counters.rejected },
    payments: world.payments.list().map((payment) => ({
      id: payment.checkoutRequestId,
      merchantRequestId: payment.merchantRequestId,
      phone: `${payment.phone.slice(0, 4)}*****${payment.phone.slice(-3)}`,
      amount: payment.amount,
      state: payment.outcome === null ? 'pending' : payment.outcome.receipt === null ? 'failed' : 'paid',
      resultCode: payment.outcome === null ? null : String(payment.outcome.code),
      receipt: payment.outcome?.receipt ?? null,
    })),
    ledger: world.ledger.balances(),
    initiator: {
      failedAttempts: initiator.failedAttempts(),
      locked: initiator.failedAttempts() >= initiatorAttemptsMax,
    },
  }
}
