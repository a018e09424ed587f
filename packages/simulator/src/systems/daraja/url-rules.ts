/**
 * Which callback URLs a request may name: any http or https URL, or only what Daraja's own rules allow.
 *
 * @see spec/daraja.md section 4.3
 * @module
 */
import { isPrivateHost } from '../../addresses.ts'

const forbiddenWords = /m-?pesa|safaricom|exe|cmd|sql|query/i
const publicTunnels = /(^|\.)(ngrok(-free)?\.(io|app|dev)|mockbin\.(org|io)|requestbin\.(com|net)|webhook\.site)$/i

/** True when the URL is acceptable. `strict` applies the rules of production. */
export function isCallbackUrl(text: string, strict: boolean): boolean {
  if (/\s/.test(text) || !/^https?:\/\//i.test(text) || !URL.canParse(text)) return false
  if (!strict) return true
  const url = new URL(text)
  return (
    url.protocol === 'https:' &&
    !isPrivateHost(url.hostname) &&
    !publicTunnels.test(url.hostname) &&
    !forbiddenWords.test(text)
  )
}
