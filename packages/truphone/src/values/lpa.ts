/**
 * The LPA string: what the QR code of an eSIM says.
 *
 * @see spec/truphone.md sections 7.2 and 18
 * @module
 */
import { invalidArgument } from '@latchkey/core'

/** Where an LPA string can be made from: a SIM, or a completed order's output. */
export interface LpaParts {
  readonly lpaUrl?: string | undefined
  readonly smdpHost?: string | undefined
  readonly matchingId?: string | undefined
}

const smdpDefault = 'rsp.truphone.com'

/**
 * `LPA:1$host$matching-id`. Taken as Truphone sent it where that is well formed, otherwise made from its parts.
 * `undefined` without a matching id, which top-ups and physical SIMs do not have.
 */
export function lpaString(parts: LpaParts): string | undefined {
  const { lpaUrl = '', smdpHost = smdpDefault, matchingId = '' } = parts
  if (isLpaString(lpaUrl)) return lpaUrl
  const made = `LPA:1$${hostOf(smdpHost)}$${matchingId}`
  return isLpaString(made) ? made : undefined
}

/** A host that may have come with a scheme and a slash. */
export function hostOf(smdpUrl: string): string {
  return smdpUrl
    .trim()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/\/+$/, '')
}

function isLpaString(text: string): boolean {
  return text.length <= 300 && /^LPA:1\$[^$%\s]+\$[^$%\s]+$/.test(text)
}

/** The activation code as an image. The library that draws it is loaded when it is first needed. */
export interface ActivationQrOptions {
  /** Pixels of a PNG's side, 64 to 4096. @default 256 */
  readonly sizePx?: number | undefined
}

/**
 * A QR code for a handset's camera, as a PNG image.
 *
 * @param parts - A SIM or an order's output.
 * @throws {TypeError} `ERR_INVALID_ARG`: there is no matching id to show, or the size is out of range.
 */
export async function activationQrPng(parts: LpaParts, options: ActivationQrOptions = {}): Promise<Uint8Array> {
  const { sizePx = 256 } = options
  if (!Number.isInteger(sizePx) || sizePx < 64 || sizePx > 4096) throw invalidArgument('sizePx: must be 64 to 4096')
  const text = textOf(parts)
  const { default: library } = await import('qrcode')
  return library.toBuffer(text, { type: 'png', width: sizePx, margin: 4, errorCorrectionLevel: 'M' })
}

/**
 * The same as an SVG document, of any size because it has a `viewBox` alone.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`: there is no matching id to show.
 */
export async function activationQrSvg(parts: LpaParts): Promise<string> {
  const text = textOf(parts)
  const { default: library } = await import('qrcode')
  return library.toString(text, { type: 'svg', margin: 4, errorCorrectionLevel: 'M' })
}

function textOf(parts: LpaParts): string {
  const text = lpaString(parts)
  if (text !== undefined) return text
  throw invalidArgument('There is no matching id, so there is nothing to install. Read it from the SIM.')
}
