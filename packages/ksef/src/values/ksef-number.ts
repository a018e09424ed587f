/**
 * KSeF numbers, the identity of an accepted invoice, and the collective identifiers for payments.
 *
 * @see spec/ksef.md sections 1.8 and 5.2
 * @module
 */
import { invalidArgument } from '@latchkey/core'
import { crc8 } from './crc8.ts'

/** The shape of a KSeF number, with or without the inner hyphen of KSeF 1.0. */
export const ksefNumberPattern =
  /^([1-9](?:\d[1-9]|[1-9]\d)\d{7})-((?:20[2-9]\d|2[1-9]\d{2}|[3-9]\d{3})(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))-([0-9A-F]{6})-?([0-9A-F]{6})-([0-9A-F]{2})$/

/** The parts of a KSeF number. */
export interface KsefNumber {
  readonly text: string
  readonly sellerNip: string
  /** The day on which KSeF accepted the invoice, `YYYY-MM-DD`. */
  readonly acceptedOn: string
  /** 1 for the 36 characters of KSeF 1.0, whose check characters follow no known rule. */
  readonly generation: 1 | 2
}

/**
 * True for a well-formed KSeF number. Check characters are looked at in 35-character numbers alone: those of KSeF
 * 1.0, which may have 36, need not satisfy them.
 */
export function isKsefNumber(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > 36 || !ksefNumberPattern.test(value)) return false
  return value.length === 36 || crc8(value.slice(0, 32)) === value.slice(33)
}

/**
 * Takes a KSeF number apart.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`: not a KSeF number, or its check characters are wrong.
 */
export function parseKsefNumber(value: string): KsefNumber {
  const [, sellerNip = '', day = ''] = isKsefNumber(value) ? (ksefNumberPattern.exec(value) ?? []) : []
  if (sellerNip === '') throw invalidArgument('ksefNumber: must be a KSeF number with right check characters')
  const acceptedOn = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`
  return Object.freeze({ text: value, sellerNip, acceptedOn, generation: value.length === 36 ? 1 : 2 })
}

/** True for `{NIP}-IZ{YYYYMM}-{12 hex}-{CC}` with right check characters. */
export function isCollectiveIdentifier(value: unknown): value is string {
  if (typeof value !== 'string') return false
  const shape = /^[1-9](?:\d[1-9]|[1-9]\d)\d{7}-IZ\d{4}(?:0[1-9]|1[0-2])-[0-9A-F]{12}-[0-9A-F]{2}$/
  return shape.test(value) && crc8(value.slice(0, 32)) === value.slice(33)
}
