/**
 * What profiles have in common whose provider gives tokens for a client id and its secret.
 *
 * @module
 */
import type { Secret } from '@latchkey/core'
import { text } from '../config/fields.ts'
import type { Reference } from '../config/fields.ts'
import type { Opening, Services } from './provider.ts'

/** Fields of such a profile, beside its credentials. */
export const placeFields = {
  credentialVersion: text.optional(),
  baseUrl: text.optional(),
  tokenUrl: text.optional(),
  apiBaseUrl: text.optional(),
}

interface Given<Environment> {
  readonly environment: Environment
  readonly credentialVersion?: string | undefined
  readonly baseUrl?: string | undefined
  readonly tokenUrl?: string | undefined
  readonly apiBaseUrl?: string | undefined
}

/** The options of a token manager, beside its credentials: for last, since the store may ask a server. */
export async function managerOptions<Environment>(
  { environment, credentialVersion, baseUrl, tokenUrl, apiBaseUrl }: Given<Environment>,
  opening: Opening,
): Promise<Given<Environment> & { readonly keyLabel: string } & Services> {
  const services = await opening.services()
  return { environment, credentialVersion, baseUrl, tokenUrl, apiBaseUrl, keyLabel: opening.name, ...services }
}

/** The secret; who only looks at a record does without. */
export async function clientSecretOf(opening: Opening, field: string, reference: Reference): Promise<Secret | string> {
  return opening.use === 'record' ? 'not asked for' : opening.secret(field, reference)
}
