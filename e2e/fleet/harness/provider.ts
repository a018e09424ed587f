/**
 * The provider double behind a door of its own that writes down who asked for which token, and who used it. Apart from
 * the double's own door, which counts and does not tell processes from one another.
 *
 * @see engine.md section 16.4
 * @module
 */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Traits } from '@latchkey/core'
import { providerDouble } from '@latchkey/testkit'
import type { ProviderDouble, ProviderDoubleOptions } from '@latchkey/testkit'

/** What came of a token request. Instants are milliseconds of this process' monotonic clock. */
export interface Exchange {
  readonly worker: number
  readonly grant: 'obtain' | 'renew'
  readonly arrivedAt: number
  /** Unset while the provider works on it, or where it ended without an answer. */
  answeredAt?: number
  status?: number
  /** As the answer stated it. */
  lifetimeMs?: number
  /** When the test ended the token, behind everybody's back. */
  endedAt?: number
  /** When each worker's first call with the token was served. */
  readonly servedTo: Map<number, number>
}

export interface Provider extends AsyncDisposable {
  readonly double: ProviderDouble
  readonly origin: string
  readonly clientId: string
  readonly clientSecret: string
  readonly traits: Traits
  /** Every token request, in order of arrival. */
  readonly exchanges: readonly Exchange[]
  /** States another lifetime in the answers to come; without an argument the true one again. */
  stateLifetime(ms?: number): void
  /** From now on calls with these access tokens are refused, @default all. Refresh tokens stay good. */
  endTokens(these?: readonly Exchange[]): void
}

interface Answer {
  readonly access_token?: string
  readonly expires_in?: number
}

export type Habits = Pick<ProviderDoubleOptions, 'exclusive' | 'renewal' | 'replay' | 'resourceLatencyMs'> & {
  readonly lifetimeMs: number
  /** How long a token request takes. @default 30 */
  readonly latencyMs?: number
}

/** Time enough for one attempt on a busy machine; a lease lasts 2 s longer. */
export const longestMs = 2_000
const latencyDefaultMs = 30
const bodyMaxBytes = 16_384

export async function startProvider(habits: Habits): Promise<Provider> {
  const [clientId, clientSecret] = ['fleet-client', `secret-${randomUUID()}`]
  const double = providerDouble({ latencyMs: latencyDefaultMs, ...habits, clientId, clientSecret, longestMs })
  const exchanges: Exchange[] = []
  const issued = new Map<string, Exchange>()

  async function exchange(request: Request, worker: number, form: string): Promise<Response> {
    const grant = form.includes('grant_type=refresh_token') ? 'renew' : 'obtain'
    const entry: Exchange = { worker, grant, arrivedAt: performance.now(), servedTo: new Map() }
    exchanges.push(entry)
    const response = await double.fetch(request)
    entry.answeredAt = performance.now()
    entry.status = response.status
    const { access_token: access, expires_in: seconds = 0 } = (await response.clone().json()) as Answer // The double's own.
    if (access === undefined) return response
    entry.lifetimeMs = seconds * 1_000
    issued.set(access, entry)
    return response
  }

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const form = await textOf(incoming)
    const { method = 'GET', url = '/', headers } = incoming
    const worker = Number(headers['x-worker'] ?? 0)
    const { authorization = '', 'content-type': type = '' } = headers
    const used = issued.get(authorization.replace('Bearer ', ''))
    if (url === '/resource' && used?.endedAt !== undefined) {
      outgoing.writeHead(401).end()
      return
    }
    const request = new Request(new URL(url, double.origin), {
      method,
      headers: { authorization, 'content-type': type },
      ...(method === 'POST' && { body: form }),
    })
    const response = url === '/token' ? await exchange(request, worker, form) : await double.fetch(request)
    if (url === '/resource' && response.status === 200 && used?.servedTo.has(worker) === false) {
      used.servedTo.set(worker, performance.now())
    }
    outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text())
  }

  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch(() => outgoing.destroy()) // The client hears of it as a reset.
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // Listening on a port, so it is no pipe.
  return {
    double,
    origin,
    clientId,
    clientSecret,
    traits: double.grant(origin).traits,
    exchanges,
    stateLifetime(ms) {
      double.heal()
      if (ms !== undefined) double.fail({ kind: 'fields', fields: { expires_in: ms / 1_000 }, count: 1_000 })
    },
    endTokens(these = exchanges) {
      for (const each of these) if (each.answeredAt !== undefined) each.endedAt ??= performance.now()
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of incoming.setEncoding('utf8')) {
    text += String(chunk)
    if (text.length > bodyMaxBytes) throw new Error('too large')
  }
  return text
}
