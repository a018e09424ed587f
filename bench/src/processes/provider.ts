/**
 * The provider of all runs: a token endpoint and a resource, in a process of its own. Always exclusive: a new token
 * ends the life of the previous one, and the resource accepts the newest alone. Each run has a namespace with its own
 * counters, so that one library never sees the traffic of another.
 *
 * @module
 */
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { answer } from '../harness/processes.ts'
import type { Counts, Habits } from '../harness/provider.ts'

interface Namespace {
  habits: Habits
  tokenRequests: number
  refusals: number
  issued: number
  current: string
}

const namespaces = new Map<string, Namespace>()
const bodyMaxBytes = 65_536
const server = createServer((request, response) => {
  serve(request, response).catch(() => response.destroy())
})
// Nobody's idle connection may be closed in the middle of a round.
server.keepAliveTimeout = 120_000

answer({
  async listen(): Promise<number> {
    await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog: 16_384 }, resolve))
    return (server.address() as AddressInfo).port // Listening on TCP, so it is neither null nor a pipe's name.
  },
  reset({ namespace, habits }: { namespace: string; habits: Habits }): void {
    namespaces.set(namespace, { habits, tokenRequests: 0, refusals: 0, issued: 0, current: '' })
  },
  behave({ namespace, habits }: { namespace: string; habits: Habits }): void {
    const state = known(namespace)
    state.habits = habits
    state.tokenRequests = 0
    state.refusals = 0
  },
  counts({ namespace }: { namespace: string }): Counts {
    const { tokenRequests, refusals, current } = known(namespace)
    return { tokenRequests, refusals, current }
  },
  /** Somebody else asks for a token: the one that the library holds is dead. */
  displace({ namespace }: { namespace: string }): void {
    issue(namespace, known(namespace))
  },
})

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, namespace = '', ...path] = (request.url ?? '').split('/')
  const state = namespaces.get(namespace)
  await drain(request)
  if (state === undefined) return send(response, 404, { error: 'unknown_namespace' })
  if (path[0] === 'resource') return serveResource(request, response, state)
  state.tokenRequests += 1
  if (state.habits.tokenDelayMs > 0) await sleep(state.habits.tokenDelayMs)
  if (state.habits.failing) return send(response, 500, { error: 'server_error' })
  const token = issue(namespace, state)
  const { lifetimeSeconds } = state.habits
  if (path[0] === 'token') {
    return send(response, 200, { access_token: token, token_type: 'Bearer', expires_in: lifetimeSeconds })
  }
  const expiresAt = new Date(Date.now() + lifetimeSeconds * 1000).toISOString()
  send(response, 201, { token, expires_at: expiresAt, permissions: {}, repository_selection: 'all' })
}

// The latency lies before the check, in first call and repeat alike: a token that dies on the way is refused.
async function serveResource(request: IncomingMessage, response: ServerResponse, state: Namespace): Promise<void> {
  if (state.habits.resourceDelayMs > 0) await sleep(state.habits.resourceDelayMs)
  if (request.headers.authorization === `Bearer ${state.current}`) return send(response, 200, { done: true })
  state.refusals += 1
  response.setHeader('www-authenticate', 'Bearer error="invalid_token"')
  send(response, 401, { error: 'invalid_token' })
}

// Shaped like a JWT, because one peer reads the expiry out of its token. Nobody checks the signature.
function issue(namespace: string, state: Namespace): string {
  state.issued += 1
  const exp = Math.floor(Date.now() / 1000) + state.habits.lifetimeSeconds
  const parts = [
    { alg: 'HS256', typ: 'JWT' },
    { sub: namespace, n: state.issued, exp },
  ]
  const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  state.current = `${text}.c2lnbmF0dXJl`
  return state.current
}

function known(namespace: string): Namespace {
  const state = namespaces.get(namespace)
  if (state === undefined) throw new Error(`There is no namespace "${namespace}".`)
  return state
}

async function drain(request: IncomingMessage): Promise<void> {
  let size = 0
  for await (const chunk of request) {
    size += (chunk as Buffer).length // No encoding is set, so chunks are buffers.
    if (size > bodyMaxBytes) throw new Error('The body is too large.')
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
  response.end(text)
}
