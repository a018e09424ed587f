/**
 * A receiver of webhook deliveries for any server: one core that takes a request's parts and answers with a status, and
 * thin doors for node:http and Express, Fastify, and everything that speaks `Request` and `Response`, Hono for one.
 *
 * @see spec/truphone.md section 7.5
 * @module
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { assertKnown, invalidArgument, Secret, systemClock } from '@latchkey/core'
import type { Clock } from '@latchkey/core'
import { readNodeStream, readWebStream } from './read-body.ts'
import type { BodyRead, NodeStream } from './read-body.ts'
import { deliveryKey, parseWebhookDelivery } from './webhook-delivery.ts'
import type { WebhookDelivery } from './webhook-delivery.ts'

/** What a receiver needs. */
export interface WebhookReceiverOptions {
  /** The last segment of the registered URL's path: at least 16 characters, see {@link createWebhookToken}. */
  readonly token: string | Secret
  /** Called after the answer, once for each notice as far as this process remembers. */
  readonly onDelivery: (delivery: WebhookDelivery) => unknown
  /** Hears what `onDelivery` threw: Truphone was answered already and does not deliver again. */
  readonly onError: (error: unknown, delivery: WebhookDelivery) => void
  /** Longest body that is read. @default 65 536 */
  readonly bodyMaxBytes?: number | undefined
  /** Time for the body to arrive, milliseconds. @default 10 000 */
  readonly timeoutMs?: number | undefined
  /** How many notices are remembered, so that a repeated one is not handed on. @default 1 000 */
  readonly remembered?: number | undefined
  readonly clock?: Clock | undefined
}

/** A request's parts. `body`: text, bytes or parsed JSON. */
export interface IncomingDelivery {
  readonly method: string
  /** With or without a host. */
  readonly url: string
  readonly contentType?: string | null | undefined
  readonly body: unknown
}

/** Requests and answers of node:http and Express, as far as they are used. */
export interface NodeRequest extends NodeStream {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly originalUrl?: string | undefined
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** Where a parser was there before. */
  readonly body?: unknown
}

export interface NodeResponse {
  writeHead(status: number, headers: Readonly<Record<string, string>>): { end(): unknown }
}

/** Fastify's, as far as they are used. */
export interface FastifyRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body?: unknown
}

export interface FastifyReply {
  code(status: number): { send(payload?: unknown): unknown }
}

/** Takes deliveries. Answers 204 at once; 404 for a wrong token, 405, 408, 413, 415, 400 and 503 for the rest. */
export interface WebhookReceiver {
  /** The core: judges a request, hands the delivery on, and says what to answer. */
  receive(incoming: IncomingDelivery): { readonly status: number }
  /** For `http.createServer` and Express, with or without a body parser before it. */
  node(request: NodeRequest, response: NodeResponse): Promise<void>
  /** For Fastify. Let it parse JSON as text (`parseAs: 'string'`), because of ICCIDs that come as numbers. */
  fastify(request: FastifyRequest, reply: FastifyReply): unknown
  /** For Hono (`(c) => receiver.fetch(c.req.raw)`) and everything else that speaks `Request` and `Response`. */
  fetch(request: Request): Promise<Response>
}

const names = ['token', 'onDelivery', 'onError', 'bodyMaxBytes', 'timeoutMs', 'remembered', 'clock']
const tokenMinLength = 16
const pendingMax = 1_000 // Handlers at work; more than that means that they do not keep up.

/** An unguessable last segment for a webhook's URL. It is a secret: deliveries carry no other proof of their sender. */
export function createWebhookToken(): string {
  return randomBytes(24).toString('base64url')
}

/**
 * Makes a receiver.
 *
 * @example
 * ```ts
 * const receiver = createWebhookReceiver({ token, onDelivery: (delivery) => queue.add(delivery), onError: console.error })
 * createServer((request, response) => void receiver.node(request, response)).listen(8080)
 * ```
 * @throws {TypeError} `ERR_INVALID_ARG`: an option is missing, of the wrong type or unknown. Never shows its value.
 */
export function createWebhookReceiver(options: WebhookReceiverOptions): WebhookReceiver {
  const settings = parseOptions(options)
  const { expected, onDelivery, onError, bodyMaxBytes, remembered, clock, timeoutMs } = settings
  const seen = new Set<string>()
  let pending = 0

  function judge({ method, url, contentType }: Omit<IncomingDelivery, 'body'>): number | undefined {
    if (!timingSafeEqual(digest(lastSegment(url)), expected)) return 404
    if (method !== 'POST') return 405
    if (typeof contentType === 'string' && contentType !== '' && !/json/i.test(contentType)) return 415
    return pending >= pendingMax ? 503 : undefined
  }

  function take(body: unknown): number {
    let delivery: WebhookDelivery
    try {
      delivery = parseWebhookDelivery(body)
    } catch {
      return 400
    }
    const key = deliveryKey(delivery)
    if (seen.has(key)) return 204
    seen.add(key)
    for (const oldest of seen) {
      if (seen.size <= remembered) break
      seen.delete(oldest)
    }
    pending += 1
    setImmediate(() => void handOn(delivery)) // After the answer: Truphone waits for it.
    return 204
  }

  async function handOn(delivery: WebhookDelivery): Promise<void> {
    try {
      await onDelivery(delivery)
    } catch (error) {
      onError(error, delivery)
    } finally {
      pending -= 1
    }
  }

  function receive(incoming: IncomingDelivery): { readonly status: number } {
    const { body } = incoming
    const refused = judge(incoming)
    if (refused !== undefined) return { status: refused }
    const size = typeof body === 'string' ? Buffer.byteLength(body) : body instanceof Uint8Array ? body.byteLength : 0
    return { status: size > bodyMaxBytes ? 413 : take(body) }
  }

  async function read(work: Promise<BodyRead>): Promise<number> {
    const enough = new AbortController()
    const late = clock.sleep(timeoutMs, enough.signal).then(
      () => 'late' as const,
      () => 'late' as const, // Cancelled below.
    )
    const came = await Promise.race([work, late])
    enough.abort(new Error('over'))
    if (came === 'late') return 408
    if ('body' in came) return take(came.body)
    return came.failed === 'tooLarge' ? 413 : 400
  }

  return Object.freeze({
    receive,
    async node(request: NodeRequest, response: NodeResponse) {
      const { method = '', headers } = request
      const url = request.originalUrl ?? request.url ?? ''
      const incoming = { method, url, contentType: one(headers['content-type']) }
      const refused = judge(incoming) ?? (declared(one(headers['content-length'])) > bodyMaxBytes ? 413 : undefined)
      const parsed = request.body !== undefined
      const status = refused ?? (parsed ? take(request.body) : await read(readNodeStream(request, bodyMaxBytes)))
      // A body that was not read to its end would be taken for the next request.
      const unread = !parsed && status !== 204 && status !== 400
      response.writeHead(status, unread ? { connection: 'close' } : {}).end()
    },
    fastify({ method, url, headers, body }: FastifyRequest, reply: FastifyReply) {
      const { status } = receive({ method, url, contentType: one(headers['content-type']), body })
      return reply.code(status).send()
    },
    async fetch(request: Request) {
      const { method, url, headers } = request
      const refused = judge({ method, url, contentType: headers.get('content-type') })
      const long = declared(headers.get('content-length') ?? undefined) > bodyMaxBytes ? 413 : undefined
      const status = refused ?? long ?? (await read(readWebStream(request.body, bodyMaxBytes)))
      return new Response(null, { status })
    },
  })
}

function parseOptions(options: WebhookReceiverOptions) {
  assertKnown(options, names, 'createWebhookReceiver')
  const { token, onDelivery, onError, bodyMaxBytes = 65_536, timeoutMs = 10_000, remembered = 1_000 } = options
  const text = token instanceof Secret ? token.reveal() : token
  if (typeof text !== 'string' || !/^[A-Za-z0-9_.~-]+$/.test(text) || text.length < tokenMinLength) {
    throw invalidArgument(`token: must be at least ${tokenMinLength} letters, digits or -_.~`)
  }
  for (const [name, value] of Object.entries({ onDelivery, onError })) {
    if (typeof value !== 'function') throw invalidArgument(`${name}: must be a function`)
  }
  for (const [name, value] of Object.entries({ bodyMaxBytes, timeoutMs, remembered })) {
    if (!(Number.isInteger(value) && value > 0)) throw invalidArgument(`${name}: must be a whole number above 0`)
  }
  const { clock = systemClock } = options
  return { expected: digest(text), onDelivery, onError, bodyMaxBytes, timeoutMs, remembered, clock }
}

// Digests are of one length, so that comparing them takes one time.
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function lastSegment(url: string): string {
  return /([^/?#]*)(?:[?#].*)?$/.exec(url)?.[1] ?? ''
}

function one(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.[0]
}

function declared(length: string | undefined): number {
  return length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : 0
}
