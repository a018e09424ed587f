/**
 * The password recipe that push and query share.
 *
 * @see spec/daraja.md section 3.1
 * @module
 */
import type { Answer } from '../../answers.ts'
import { sameText } from './credentials.ts'
import { refuse } from './errors.ts'
import type { World } from './world.ts'

/** Refuses when `Password` is not base64 of shortcode, passkey and timestamp in one piece. */
export function checkPassword(
  world: World,
  fields: { readonly BusinessShortCode: string; readonly Password: string; readonly Timestamp: string },
): Answer | undefined {
  const { shortCode, passkey } = world.credentials
  const expected = Buffer.from(`${shortCode}${passkey}${fields.Timestamp}`).toString('base64')
  // Wherever the shortcode differs from ours, the recipe differs too; said apart for clarity.
  if (fields.BusinessShortCode === shortCode && sameText(fields.Password, expected)) return undefined
  return refuse(world, 'wrong password', '500.001.1001', 'Wrong credentials')
}
