/**
 * Takes secrets out of what the request log keeps: by the name of the field or header, and by value where a system
 * knows its own secrets.
 *
 * @module
 */

/** Replaces the secrets that it knows inside a text. */
export type MaskText = (text: string) => string

/** What stands in for a secret. */
export const masked = '***'

/** The deepest JSON that is kept. */
export const depthMax = 32

const secretFields = new Set([
  ...['password', 'securitycredential', 'passkey', 'initiatorpassword', 'accesstoken', 'refreshtoken'],
  ...['consumerkey', 'consumersecret', 'clientsecret', 'authorization', 'appkey', 'apikey'],
  ...['clientassertion', 'token', 'cmckey', 'pwd'],
])
const secretHeaders = new Set(['cookie', 'set-cookie', 'x-api-key', 'appkey', 'api-key', 'x-auth-token', 'cmckey'])

/** Masks parsed JSON. Anything under the name of a secret goes, whatever its type. */
export function maskJson(value: unknown, maskText: MaskText, depth = 0): unknown {
  if (typeof value === 'string') return maskUserInfo(maskText(value))
  if (typeof value !== 'object' || value === null) return value
  if (depth >= depthMax) return '[nested too deeply to keep]'
  if (Array.isArray(value)) return value.map((item) => maskJson(item, maskText, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      maskText(name),
      secretFields.has(name.toLowerCase().replaceAll(/[^a-z]/g, '')) ? masked : maskJson(member, maskText, depth + 1),
    ]),
  )
}

/** Masks headers. The scheme of an authorization stays, since it is often what was wrong. */
export function maskHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  maskText: MaskText,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      const text = Array.isArray(value) ? value.join(', ') : (value ?? '')
      if (name === 'authorization' || name === 'proxy-authorization') return [name, maskAuthorization(text)]
      return [name, secretHeaders.has(name) ? masked : maskText(text)]
    }),
  )
}

/** Masks the user and password of a URL inside a text. */
export function maskUserInfo(text: string): string {
  return text.replaceAll(/:\/\/[^/?#@\s]*@/g, `://${masked}@`)
}

function maskAuthorization(text: string): string {
  const scheme = /^(Basic|Bearer|Digest)(?= )/i.exec(text)?.[0]
  return scheme === undefined ? masked : `${scheme} ${masked}`
}
