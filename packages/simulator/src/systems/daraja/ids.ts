/**
 * Identifiers in the shapes that Daraja uses today.
 *
 * @see spec/daraja.md section 1.6
 * @module
 */
import { alphanumeric, hexDigits, type Random, upperAlphanumeric } from '../../random.ts'
import { compactTime, nairobi } from './times.ts'

/** Makes identifiers; none is given twice. Instants are epoch milliseconds. */
export interface Ids {
  /** `requestId`, `MerchantRequestID` and `OriginatorConversationID`: a node's name and a counter. */
  request(): string
  /** `ws_CO_…`, which contains the time and the phone. */
  checkout(at: number, phone: string): string
  /** `AG_…`. */
  conversation(at: number): string
  /** Ten characters, the first three of which are the date. */
  receipt(at: number): string
  /** The receipt of what moved no money. */
  emptyReceipt(at: number): string
  /** 28 characters. */
  token(): string
  snapshot(): SavedIds
}

/** Where the identifiers stand. */
export interface SavedIds {
  readonly node: string
  readonly counter: number
  readonly lastCheckout: string
  readonly lastCheckoutAt: number
  /** Of the random stream. */
  readonly drawn: number
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const dayCharacters = '0123456789ABCDEFGHIJKLMNOPQRSTUV'

/** Makes the identifiers of one simulator, or goes on with those of a stopped one. */
export function createIds(random: Random, saved?: SavedIds): Ids {
  const node = saved?.node ?? [4, 4, 4, 12].map((length) => random.text(hexDigits, length)).join('-')
  let counter = saved?.counter ?? 1_000_000 + random.integer(900_000)
  let lastCheckout = saved?.lastCheckout ?? ''
  let lastCheckoutAt = saved?.lastCheckoutAt ?? 0
  return {
    request() {
      counter += 1
      return `${node}${String(counter)}`
    },
    checkout(at, phone) {
      // Two pushes within a millisecond, or at a time that was there before a reset, still differ.
      for (let time = Math.max(at, at - lastCheckoutAt < 1000 ? lastCheckoutAt : 0); ; time += 1) {
        const compact = compactTime(time)
        const day = `${compact.slice(6, 8)}${compact.slice(4, 6)}${compact.slice(0, 4)}`
        const id = `ws_CO_${day}${compact.slice(8)}${String(nairobi(time).millisecond)}${phone.slice(-9)}`
        if (id === lastCheckout) continue
        lastCheckout = id
        lastCheckoutAt = time
        return id
      }
    },
    conversation: (at) => `AG_${compactTime(at).slice(0, 8)}_${random.text(hexDigits, 20)}`,
    receipt: (at) => `${datePrefix(at)}${random.text(upperAlphanumeric, 7)}`,
    emptyReceipt: (at) => `${datePrefix(at)}0000000`,
    token: () => random.text(alphanumeric, 28),
    snapshot: () => ({ node, counter, lastCheckout, lastCheckoutAt, drawn: random.drawn() }),
  }
}

/** Year letter (A is 2006), month letter, day. */
export function datePrefix(at: number): string {
  const { year, month, day } = nairobi(at)
  return `${letters.charAt((year - 2006) % 26)}${letters.charAt(month - 1)}${dayCharacters.charAt(day)}`
}
