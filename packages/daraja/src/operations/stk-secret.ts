/**
 * What authorizes an STK call besides the token: the passkey, or a password that was made from it elsewhere.
 * Password and timestamp always come from one value.
 *
 * @see spec/daraja.md sections 3.1 and 7.2
 * @module
 */
import type { Secret } from '@latchkey/core'
import { member } from '@latchkey/http'
import type { Issue } from '@latchkey/http'
import { formatEatTimestamp } from '../values/eat.ts'
import { createStkPassword } from '../values/stk-password.ts'

/** The passkey, which is never sent; or a ready-made password with the timestamp that is inside it. */
export type StkSecret =
  | { readonly passkey: string | Secret; readonly password?: never; readonly timestamp?: never }
  | { readonly password: string | Secret; readonly timestamp: string; readonly passkey?: never }

/** The same, parsed. */
export interface ParsedStkSecret {
  readonly passkey?: Secret | undefined
  readonly password?: Secret | undefined
  readonly timestamp?: string | undefined
}

/** Says where a request has neither kind of secret, or both. */
export function stkSecretIssues(input: unknown): readonly Issue[] {
  const [passkey, password, timestamp] = ['passkey', 'password', 'timestamp'].map(
    (name) => member(input, name) !== undefined,
  )
  if (passkey) {
    const extra = password ? 'password' : timestamp ? 'timestamp' : undefined
    return extra === undefined ? [] : [{ path: extra, message: 'must not be given together with passkey' }]
  }
  if (!password && !timestamp) return [{ path: 'passkey', message: 'is missing (or password and timestamp)' }]
  if (!password) return [{ path: 'password', message: 'is missing beside timestamp' }]
  return timestamp ? [] : [{ path: 'timestamp', message: 'is missing beside password' }]
}

/** The two wire fields, from one value. */
export function stkPassword(
  businessShortCode: string,
  secret: ParsedStkSecret,
  now: number,
): { readonly Password: string; readonly Timestamp: string } {
  const { passkey, password } = secret
  const timestamp = secret.timestamp ?? formatEatTimestamp(now)
  const Password =
    password?.reveal() ?? createStkPassword({ businessShortCode, passkey: passkey?.reveal() ?? '', timestamp })
  return { Password, Timestamp: timestamp }
}
