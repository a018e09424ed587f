/**
 * KRA as far as documents go: it accepts the exact next number of each counter and nothing else, gives sales back as the
 * live system does, and can lose what it was sent, or what it answers.
 *
 * @see spec/etims.md sections 4.10, 5.1 and 7.5
 * @module
 */
import type { Clock } from '@latchkey/core'
import { OutcomeUnknownError } from '@latchkey/http'
import type { UnknownFacts } from '@latchkey/http'
import { ApiException, asApiFailure } from '../../../src/errors.ts'
import type { CallOptions, Context } from '../../../src/operations/context.ts'
import type { Envelope } from '../../../src/operations/envelope.ts'

/** What befalls the next save. */
export type Mishap =
  | 'lostBefore' // Nothing arrives, and the sender hears nothing.
  | 'lostAfter' // It is processed, and the sender hears nothing.
  | 'late' // The sender hears nothing; it is processed when `arrive` is called, or after `lateMs`.
  | 'refused' // KRA refuses it by a rule of its own.
  | 'later' // It was certainly not processed, and may be later.
  | 'noReceipt' // It is processed, and the answer lacks the receipt.

export interface Accepted {
  readonly number: number
  readonly body: Readonly<Record<string, unknown>>
}

export interface KraOptions {
  readonly clock: Clock
  /** How long a save takes, milliseconds. @default 0 */
  readonly latencyMs?: number
  /** How long a late save is on its way at most. @default until `arrive` */
  readonly lateMs?: number
  /** The direct face answers `994` to a number that is taken; the gateway names the number it expects. @default 'gateway' */
  readonly face?: 'direct' | 'gateway'
}

export function createKra({ clock, latencyMs = 0, lateMs, face = 'gateway' }: KraOptions) {
  const accepted: Record<string, Accepted[]> = { saveSale: [], savePurchase: [], saveStockIO: [] }
  const calls: { readonly operation: string; readonly body: Readonly<Record<string, unknown>> }[] = []
  const mishaps: Mishap[] = []
  const underway = new Set<() => void>()
  const offset: Record<string, number> = {}
  let deaf = false

  const listOf = (operation: string): Accepted[] => (accepted[operation] ??= [])
  const nextOf = (operation: string): number => listOf(operation).length + 1 + (offset[operation] ?? 0)

  function process(operation: string, body: Readonly<Record<string, unknown>>): Envelope {
    const number = Number(body['invcNo'] ?? body['sarNo'])
    const next = nextOf(operation)
    if (number !== next && number < next && face === 'direct') throw refusal('994', 'Overlapped data')
    if (number !== next && operation === 'saveStockIO') {
      throw refusal('910', `Invalid sarNo: Expected: ${next} but found: ${number}`)
    }
    if (number !== next) throw refusal('910', `Invalid invcNo sequence, expected: ${next} but found: ${number}`)
    listOf(operation).push({ number, body })
    const data = operation === 'saveSale' ? receiptOf(number) : null
    return { resultCd: '000', resultMsg: 'Successful', resultDt: '20260115150000', data }
  }

  function read(operation: string, body: Readonly<Record<string, unknown>>): Envelope {
    const sales = listOf('saveSale').filter(({ number }) => operation === 'salesList' || number === body['invcNo'])
    if (sales.length === 0) return { resultCd: '001', resultMsg: 'No search result', data: null }
    return { resultCd: '000', resultMsg: 'Successful', data: { salesList: sales.map(givenBack) } }
  }

  const call: Context['call'] = async ({ name, effect }, input, { unknown, signal }: CallOptions = {}) => {
    const body = structuredClone(input) as Readonly<Record<string, unknown>> // An object of JSON.
    calls.push({ operation: name, body })
    if (deaf) throw unreachable()
    if (effect === 'read') return read(name, body)
    const mishap = mishaps.shift()
    if (latencyMs > 0) await clock.sleep(latencyMs, signal)
    switch (mishap) {
      case undefined:
        return process(name, body)
      case 'lostBefore':
        throw lost(name, unknown)
      case 'lostAfter':
        process(name, body)
        throw lost(name, unknown)
      case 'late': {
        const arrival = (): void => {
          if (!underway.delete(arrival)) return
          try {
            process(name, body)
          } catch {
            // Nobody hears of it.
          }
        }
        underway.add(arrival)
        if (lateMs !== undefined) void clock.sleep(lateMs).then(arrival)
        throw lost(name, unknown)
      }
      case 'refused':
        throw refusal('910', 'Request parameter error')
      case 'later':
        throw unreachable()
      case 'noReceipt':
        process(name, body)
        return { resultCd: '000', resultMsg: 'Successful', data: null }
      default:
        return mishap satisfies never
    }
  }

  return {
    call,
    calls,
    /** These befall the next saves, one each. */
    next: (...more: readonly Mishap[]) => void mishaps.push(...more),
    /** What is still on its way arrives. */
    arrive: () => [...underway].forEach((each) => each()),
    /** While deaf, nothing reaches it, and its callers know that. */
    setDeaf: (isDeaf: boolean) => {
      deaf = isDeaf
    },
    /** Another system uses the same PIN: the counter moves by so many. */
    moveOn: (by: number, operation = 'saveSale') => {
      offset[operation] = (offset[operation] ?? 0) + by
    },
    /** What was accepted, in order. */
    accepted: (operation = 'saveSale'): readonly Accepted[] => [...listOf(operation)],
    saves: (operation = 'saveSale') => calls.filter((each) => each.operation === operation).length,
  }
}

export type Kra = ReturnType<typeof createKra>

export function receiptOf(number: number) {
  return {
    'curRcptNo ': String(number),
    'totRcptNo ': String(number),
    intrlData: 'MZXW6YTBOIFA2TESTDATA22222',
    rcptSign: 'KRSXG5BAKRSXG5BA',
    sdcDateTime: '20260115150000',
  }
}

// As `selectInvoiceDetails` does: without the trader's number, times with separators, numbers as they like.
function givenBack({ number, body }: Accepted) {
  const { trdInvcNo: _own, salesTyCd: _type, cfmDt, receipt, ...rest } = body
  const time = String(cfmDt).replace(/(....)(..)(..)(..)(..)(..)/, '$1-$2-$3 $4:$5:$6')
  const { 'curRcptNo ': curRcptNo, 'totRcptNo ': totRcptNo, ...signed } = receiptOf(number)
  const sdcDateTime = '2026-01-15 15:00:00.0'
  return { ...rest, cfmDt: time, receipt: { ...(receipt as object), ...signed, curRcptNo, totRcptNo, sdcDateTime } } // An object of JSON.
}

function refusal(resultCd: string, resultMsg: string): ApiException {
  return new ApiException(`Server Error (${resultCd}): ${resultMsg}`, 500, resultCd, undefined, {
    code: resultCd === '994' ? 'ETIMS_DUPLICATE' : 'ETIMS_REQUEST_REFUSED',
    kind: resultCd === '994' ? 'duplicate' : 'request',
  })
}

function unreachable(): ApiException {
  return new ApiException('Request failed: no connection', 500, undefined, undefined, {
    code: 'ETIMS_UNREACHABLE',
    kind: 'transport',
  })
}

function lost(operation: string, { resolve, correlationId, more, advice }: UnknownFacts = {}): OutcomeUnknownError {
  const facts = {
    provider: 'etims',
    operation,
    ...(correlationId !== undefined && { correlationId }),
    ...(more && { more }),
  }
  return asApiFailure(
    new OutcomeUnknownError('ETIMS_OUTCOME_UNKNOWN', `${operation} was sent. ${advice ?? ''}`, facts, resolve),
  )
}
