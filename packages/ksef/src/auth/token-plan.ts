/**
 * The plan of signing in with a KSeF token.
 *
 * @see spec/ksef.md section 2.7
 * @module
 */
import { createHash } from 'node:crypto'
import { credentialSecret } from '@latchkey/http'
import { invalidArgument } from '@latchkey/core'
import type { PublicKeys } from '../encryption/public-keys.ts'
import { ksefTokenMaxLength } from '../values/ksef-token.ts'
import { referenceNumberPattern } from '../values/reference-number.ts'
import { parseContext, parseTerms } from './plan.ts'
import type { PlanSettings, SignInPlan } from './plan.ts'
import type { TokenSignIn } from './sign-in-options.ts'
import { tokenMethod } from './token-method.ts'

/** @param settings - `keys`: shared by everything that the client encrypts. */
export function tokenPlan(options: TokenSignIn, settings: PlanSettings & { readonly keys: PublicKeys }): SignInPlan {
  const terms = parseTerms('withToken', options, ['nip', 'contextIdentifier', 'ksefToken'], settings)
  const context = parseContext(options)
  const ksefToken = credentialSecret('ksefToken', options.ksefToken)
  const text = ksefToken.reveal()
  if (text.length > ksefTokenMaxLength) throw invalidArgument(`ksefToken: is longer than ${ksefTokenMaxLength}`)
  const { authorizationPolicy } = terms
  const method = tokenMethod(settings.keys, { ksefToken, context, authorizationPolicy })
  return { ...terms, context, identity: `token ${identityOf(text)}`, method }
}

/** The reference number with which a KSeF token begins; of one that looks otherwise, a digest. */
function identityOf(ksefToken: string): string {
  const [first = ''] = ksefToken.split('|', 1)
  return referenceNumberPattern.test(first) ? first : createHash('sha256').update(ksefToken).digest('hex')
}
