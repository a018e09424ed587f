/**
 * Where a worker can be caught: wraps the network and the store of its engine, and knows how far the present attempt
 * has come.
 *
 * @see engine.md section 15 ("Fleet")
 * @module
 */
import { request } from 'node:http'
import type { Store } from '@latchkey/core'
import type { Step, SwapReport } from './messages.ts'
import { say, waitAt } from './saying.ts'

const slowMinMs = 100 // Said only from there on, so that the report stays short.

export interface Steps {
  /** From now on the worker stops at this step, and asks. */
  arm(step: Step | null): void
  readonly fetch: typeof globalThis.fetch
  wrap(store: Store): Store
  /** Told by the driver's own door (a command, a link): what it asked for has been done, and it does not know yet. */
  applied(): void
}

export function createSteps(workerId: number): Steps {
  let armed: Step | null = null
  /** The token answer has been read, so the next swap commits it. */
  let answered = false
  let committing = false

  const reach = (step: Step): boolean => {
    if (armed !== step) return false
    waitAt(step)
    return true
  }

  return {
    arm: (step) => {
      armed = step
    },
    async fetch(input, init = {}) {
      const { signal, ...rest } = init
      const headers = new Headers(init.headers)
      headers.set('x-worker', String(workerId))
      if (!(input instanceof URL) || input.pathname !== '/token') return fetch(input, { ...init, headers })
      const stalled = reach('beforeSend')
      const how = { ...rest, headers, ...(signal && { signal }) }
      const response = await (stalled ? sendAlone(input, how) : fetch(input, how))
      reach('afterSend')
      const text = await response.text()
      const wanted = signal?.aborted !== true
      if (wanted) say({ said: 'answered', status: response.status })
      answered = wanted && response.status === 200
      return new Response(text, { status: response.status, headers: response.headers })
    },
    wrap: (store) => ({
      scope: store.scope,
      read: (key, signal) => timed(() => store.read(key, signal)),
      ...(store.watch && { watch: store.watch.bind(store) }),
      async compareAndSet(key, etag, value, how, signal) {
        if (answered) {
          committing = true
          reach('afterAnswer')
        }
        answered = false
        const swap = await timed(() => store.compareAndSet(key, etag, value, how, signal))
        committing = false
        if (swap.kind === 'done') say({ said: 'swap', at: swap.now, ...stamps(value) })
        return swap
      },
    }),
    applied() {
      if (!committing) return
      committing = false
      reach('duringCommit')
    },
  }
}

/** Says how long the store took, where that counts. */
async function timed<T>(work: () => Promise<T>): Promise<T> {
  const from = performance.now()
  try {
    return await work()
  } finally {
    const ms = Math.round(performance.now() - from)
    if (ms >= slowMinMs) say({ said: 'storeSlow', ms })
  }
}

/**
 * Sends a request that has stalled between check and wire: it goes out all the same, like one that the network holds up.
 * It cannot be called back, so it has no signal, and it has a connection of its own, since the server may have closed
 * the others meanwhile.
 */
function sendAlone(url: URL, { method = 'GET', headers, body }: RequestInit): Promise<Response> {
  return new Promise((resolve, reject) => {
    const fields = Object.fromEntries(new Headers(headers))
    const outgoing = request(url, { method, headers: fields, agent: false }, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('end', () => resolve(new Response(Buffer.concat(chunks), { status: incoming.statusCode ?? 0 })))
    })
    outgoing.on('error', reject)
    outgoing.end(typeof body === 'string' ? body : undefined)
  })
}

function stamps(value: string): Pick<SwapReport, 'gen' | 'fence' | 'epoch'> {
  const { gen, fence, epoch } = JSON.parse(value) as Pick<SwapReport, 'gen' | 'fence' | 'epoch'> // The engine's record.
  return { gen, fence, epoch }
}
