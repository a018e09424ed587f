/**
 * Names one credential at one authorization server: everything that changes the token, and nothing else. Secrets
 * are never part of it; a changed secret is expressed by the credential version label.
 *
 * @see engine.md section 2
 * @module
 */
import { invalidArgument } from './errors.ts'
import type { Key } from './store.ts'

export interface KeyParts {
  readonly provider: string
  readonly environment: string
  /** Normalised before use: case of the host, default port and fragment do not matter. */
  readonly tokenEndpoint: string
  readonly clientId: string
  /** @default the grant's id */
  readonly grantId?: string | undefined
  /** Raise it when the secret changes. */
  readonly credentialVersion?: string | undefined
  /** Only where it changes the token. */
  readonly subject?: string | undefined
  readonly audience?: readonly string[] | undefined
  readonly scopes?: readonly string[] | undefined
}

/** Encodes the parts so that different inputs never give the same text: sets are sorted, every field carries its length. */
export function canonicalKey(parts: KeyParts): string {
  const { provider, environment, tokenEndpoint, clientId, grantId, credentialVersion, subject, audience, scopes } =
    parts
  for (const [name, value] of Object.entries({ provider, environment, clientId, tokenEndpoint })) {
    if (typeof value !== 'string' || value === '') throw invalidArgument(`key.${name} must be a non-empty string`)
  }
  if (!URL.canParse(tokenEndpoint)) throw invalidArgument('key.tokenEndpoint must be an absolute URL')
  const endpoint = new URL(tokenEndpoint)
  endpoint.hash = ''
  const fields = [provider, environment, endpoint.href, clientId, grantId, credentialVersion, subject].map(field)
  return [...fields, ...[audience, scopes].map(set)].join('')
}

/** The stored name: the SHA-256 of the canonical form under a prefix. */
export async function storedKey(canonical: string, prefix: string): Promise<Key> {
  return (prefix + (await sha256(canonical))) as Key // The one place that mints a key.
}

/** SHA-256 as lower-case hexadecimal. */
export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function field(value: string | undefined): string {
  return value === undefined ? '-' : `${value.length}:${JSON.stringify(value)}` // Escapes halves of surrogate pairs, which UTF-8 would merge.
}

function set(values: readonly string[] | undefined): string {
  return values === undefined ? '-' : `[${[...new Set(values)].sort().map(field).join('')}]`
}
