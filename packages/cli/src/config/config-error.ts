/**
 * A mistake in the configuration file, or in what it refers to, with the place.
 *
 * @module
 */
import { UsageError } from '../usage.ts'
import type { Place } from './placed-json.ts'

/** The configuration cannot be used: exit code 2. Values never enter the message. */
export class ConfigError extends UsageError {
  override readonly code = 'LATCHKEY_CONFIG_INVALID'
  override readonly details: { readonly file: string; readonly line?: number; readonly column?: number }
  override readonly excerpt: string | undefined

  constructor(file: string, place: Place | undefined, text: string, more: { excerpt?: string; cause?: unknown } = {}) {
    super(`${file}${place === undefined ? '' : `, line ${place.line}, column ${place.column}`}: ${text}`, more)
    this.details = { file, ...place }
    this.excerpt = more.excerpt
  }
}
