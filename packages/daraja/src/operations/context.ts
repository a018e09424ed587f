/**
 * What every operation function is handed.
 *
 * @module
 */
import type { Clock } from '@latchkey/core'
import { member } from '@latchkey/http'
import type { Issue, Pipeline } from '@latchkey/http'
import { checkCallbackUrl } from '../values/callback-url.ts'
import type { Addresses } from '../environments.ts'

export interface Context {
  readonly http: Pipeline
  readonly clock: Clock
  readonly addresses: Pick<Addresses, 'environment' | 'localApi'>
}

/** The errors among a request's callback URLs. Warnings are for `checkCallbackUrl`, which callers may ask. */
export function callbackUrlIssues(context: Context, input: unknown, names: readonly string[]): readonly Issue[] {
  return names.flatMap((path) =>
    checkCallbackUrl(member(input, path), context.addresses)
      .filter(({ severity }) => severity === 'error')
      .map(({ message }) => ({ path, message })),
  )
}
