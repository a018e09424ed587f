/**
 * Finds an authorization server's endpoints by its issuer's name. Apart from the grant, which never asks: where tokens
 * come from is decided once, at construction.
 *
 * @see RFC 8414, OpenID Connect Discovery 1.0, spec/truphone.md section 12.9
 * @module
 */
import { assertKnown, assertTypes, engineRules, systemClock, TokenError } from '@latchkey/core'
import type { Clock } from '@latchkey/core'
import { isNotSent } from '@latchkey/core'
import { member, parseAddress } from '@latchkey/http'
import { allowInsecureRequests, customFetch, discoveryRequest, processDiscoveryResponse } from 'oauth4webapi'

/** What the metadata says, checked: every address is the issuer's own origin. */
export interface DiscoveredServer {
  readonly issuer: string
  readonly tokenUrl: URL
  readonly revocationUrl?: URL
  /** OpenID's `end_session_endpoint`. */
  readonly logoutUrl?: URL
}

/** How the metadata is fetched. */
export interface DiscoveryOptions {
  /** @default the global `fetch` */
  readonly fetch?: typeof globalThis.fetch | undefined
  readonly clock?: Clock | undefined
  readonly signal?: AbortSignal | undefined
  /** Milliseconds. @default 10 000 */
  readonly timeoutMs?: number | undefined
}

const timeoutDefaultMs = 10_000
const metadataMaxBytes = 262_144

/**
 * Reads `{issuer}/.well-known/openid-configuration`. Follows no redirect.
 *
 * @param issuer - `https`, or `http` on loopback.
 * @throws {TypeError} `ERR_INVALID_ARG`: the issuer is no such address.
 * @throws {TokenError} `LATCHKEY_ENDPOINT_UNREACHABLE`, `LATCHKEY_TIMEOUT`, `LATCHKEY_ENDPOINT_FAILED`: no answer.
 *   `LATCHKEY_NOT_JSON`, `LATCHKEY_TOO_LARGE`: no metadata. `LATCHKEY_INSECURE_URL`: it names an address elsewhere.
 */
export async function discoverServer(issuer: string | URL, options: DiscoveryOptions = {}): Promise<DiscoveredServer> {
  assertKnown(options, ['fetch', 'clock', 'signal', 'timeoutMs'], 'discoverServer')
  assertTypes(options, engineRules)
  const { fetch = globalThis.fetch, clock = systemClock, signal, timeoutMs = timeoutDefaultMs } = options
  const address = parseAddress('issuer', issuer)
  const stop = new AbortController()
  const late = clock.sleep(timeoutMs, stop.signal).then(() => {
    throw failed('LATCHKEY_TIMEOUT', `did not answer within ${timeoutMs} ms`)
  })
  const leave = (): void => stop.abort(signal?.reason)
  signal?.throwIfAborted()
  signal?.addEventListener('abort', leave, { once: true })
  try {
    const work = ask(address, fetch, stop.signal)
    work.catch(() => undefined) // Raced, or given up.
    return parse(address, await Promise.race([work, late]))
  } finally {
    late.catch(() => undefined) // Raced, or cancelled by the next line.
    signal?.removeEventListener('abort', leave)
    stop.abort(new Error('over'))
  }
}

async function ask(issuer: URL, fetch: typeof globalThis.fetch, signal: AbortSignal): Promise<unknown> {
  let answer: Response
  try {
    answer = await discoveryRequest(issuer, {
      [allowInsecureRequests]: true, // `parseAddress` let only loopback through.
      [customFetch]: (url, { body: _, ...init }) => fetch(url, { ...init, signal }),
    })
  } catch (error) {
    signal.throwIfAborted()
    if (isNotSent(error)) throw failed('LATCHKEY_ENDPOINT_UNREACHABLE', 'could not be reached', error)
    throw failed('LATCHKEY_ENDPOINT_FAILED', 'broke the connection', error)
  }
  if (answer.status !== 200) {
    void answer.body?.cancel().catch(() => undefined) // The connection is given up either way.
    throw failed('LATCHKEY_ENDPOINT_FAILED', `answered HTTP ${answer.status} instead of its metadata`)
  }
  const text = await limitedText(answer)
  try {
    return await processDiscoveryResponse(
      issuer,
      new Response(text, { headers: { 'content-type': 'application/json' } }),
    )
  } catch {
    // The library's error holds the body.
    throw failed('LATCHKEY_NOT_JSON', 'answered with something else than metadata of this issuer')
  }
}

function parse(issuer: URL, metadata: unknown): DiscoveredServer {
  const tokenUrl = endpoint(issuer, metadata, 'token_endpoint')
  if (tokenUrl === undefined) throw failed('LATCHKEY_NOT_JSON', 'names no token endpoint')
  const revocationUrl = endpoint(issuer, metadata, 'revocation_endpoint')
  const logoutUrl = endpoint(issuer, metadata, 'end_session_endpoint')
  return {
    issuer: issuer.href,
    tokenUrl,
    ...(revocationUrl !== undefined && { revocationUrl }),
    ...(logoutUrl !== undefined && { logoutUrl }),
  }
}

// A document must not send the secret to another host.
function endpoint(issuer: URL, metadata: unknown, name: string): URL | undefined {
  const value = member(metadata, name)
  if (value === undefined) return undefined
  if (typeof value === 'string' && URL.canParse(value) && new URL(value).origin === issuer.origin) return new URL(value)
  throw failed('LATCHKEY_INSECURE_URL', `names a ${name} that is not on its own origin`)
}

async function limitedText(answer: Response): Promise<string> {
  const decoder = new TextDecoder()
  const reader = answer.body?.getReader() as ReadableStreamDefaultReader<Uint8Array> | undefined // Bodies are bytes.
  let text = ''
  for (let size = 0; reader;) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.byteLength
    if (size > metadataMaxBytes) {
      reader.cancel().catch(() => undefined) // The connection is given up either way.
      throw failed('LATCHKEY_TOO_LARGE', `answered with more than ${metadataMaxBytes} bytes`)
    }
    text += decoder.decode(value, { stream: true })
  }
  return text + decoder.decode()
}

function failed(code: string, what: string, cause?: unknown): TokenError {
  const text = `The authorization server ${what}. Check the issuer's address, or try again later.`
  return new TokenError(code, text, { reason: 'discovery', ...(cause !== undefined && { cause }) })
}
