/**
 * What a receipt's QR code says, and the code as an image. The library that draws it is loaded when it is first needed.
 *
 * @see spec/etims.md section 7.10
 * @module
 */
import { invalidArgument } from '@latchkey/core'
import type { SaleAnswer } from '../operations/rows.ts'
import { formatDateTime, parseDateTime } from './nairobi.ts'
import { isPin } from './pin.ts'

const verificationHosts = {
  sandbox: 'https://etims-sbx.kra.go.ke',
  production: 'https://etims.kra.go.ke',
} as const

const verificationPath = '/common/link/etims/receipt/indexEtimsReceiptData'

/** Which receipt, and where it is verified. */
export interface VerificationInput {
  /** Of the trader, not of the buyer. */
  readonly tin: string
  readonly bhfId: string
  /** As KRA sent it, or with the dashes of a printed receipt. */
  readonly rcptSign: string
  readonly environment: 'sandbox' | 'production'
  /** Replaces the scheme and host of the environment; `https`, or `http` of a local server. */
  readonly baseUrl?: string
}

/**
 * The address at which anyone can verify a receipt: the usual content of the QR code.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`: a part has not the form that the page looks up, or `baseUrl` is no URL.
 */
export function verificationUrl(input: VerificationInput): string {
  const { tin, bhfId, environment, baseUrl = verificationHosts[environment] } = input
  const rcptSign = input.rcptSign.replaceAll('-', '')
  if (!isPin(tin)) throw invalidArgument('tin must be a PIN')
  if (!/^[0-9A-Za-z]{2}$/.test(bhfId)) throw invalidArgument('bhfId must have 2 characters')
  if (!/^[A-Z2-7]{16}$/.test(rcptSign)) throw invalidArgument('rcptSign must be 16 characters of base32')
  if (!URL.canParse(baseUrl) || !/^https?:/i.test(baseUrl)) throw invalidArgument('baseUrl must be an http(s) URL')
  const base = new URL(baseUrl)
  return `${base.origin}${base.pathname.replace(/\/+$/, '')}${verificationPath}?Data=${tin}${bhfId}${rcptSign}`
}

/**
 * The text code that KRA's document for invoicing systems describes instead:
 * `ddMMyyyy#HHmmss#cuNumber#cuReceiptNumber#internalData#signature`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`: `sdcDateTime` is no moment.
 */
export function verificationText(sdcId: string, answer: SaleAnswer): string {
  const at = parseDateTime(answer.sdcDateTime)
  if (at === undefined) throw invalidArgument('sdcDateTime must be a moment')
  const [, year = '', month = '', day = '', time = ''] = /^(\d{4})(\d\d)(\d\d)(\d{6})$/.exec(formatDateTime(at)) ?? []
  const { curRcptNo, intrlData, rcptSign } = answer
  return [`${day}${month}${year}`, time, sdcId, curRcptNo, intrlData, rcptSign].join('#')
}

/** How an image is drawn. */
export interface QrOptions {
  /** Pixels of a PNG's side, 64 to 4096. @default 256 */
  readonly sizePx?: number
}

/**
 * A QR code as a PNG image, with the quiet zone that readers need.
 *
 * @param content - At most 2000 characters.
 */
export async function qrPng(content: string, options: QrOptions = {}): Promise<Uint8Array> {
  const { sizePx = 256 } = options
  if (!Number.isInteger(sizePx) || sizePx < 64 || sizePx > 4096) throw invalidArgument('sizePx must be 64 to 4096')
  const { toBuffer } = await qrLibrary(content)
  return toBuffer(content, { type: 'png', width: sizePx, margin: 4, errorCorrectionLevel: 'M' })
}

/**
 * A QR code as an SVG document, of any size because it has a `viewBox` alone.
 *
 * @param content - At most 2000 characters.
 */
export async function qrSvg(content: string): Promise<string> {
  const { toString } = await qrLibrary(content)
  return toString(content, { type: 'svg', margin: 4, errorCorrectionLevel: 'M' })
}

async function qrLibrary(content: string) {
  if (content === '' || content.length > 2000) throw invalidArgument('content must have 1 to 2000 characters')
  const { default: library } = await import('qrcode')
  return library
}
