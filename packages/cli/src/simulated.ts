/**
 * Finds the ready-made credentials of a running simulator, so that any command can be pointed at it without a
 * configuration file.
 *
 * @see DESIGN section 4
 * @module
 */
import { z } from 'zod'
import { UsageError } from './usage.ts'

const answerMaxBytes = 65_536
const timeoutMs = 5000

const systems = z.object({
  daraja: z.object({
    baseUrl: z.url(),
    credentials: z.object({
      consumerKey: z.string(),
      consumerSecret: z.string(),
      shortCode: z.string(),
      passkey: z.string(),
      initiator: z.string(),
      securityCredential: z.string(),
      msisdn: z.string(),
    }),
  }),
})

export type SimulatedSystems = z.infer<typeof systems>

/** Asks the simulator at `url` for its systems. Every failure says what to do. */
export async function simulatedSystems(url: URL, signal: AbortSignal): Promise<SimulatedSystems> {
  const address = new URL('_simulator/credentials', url.href.endsWith('/') ? url : `${url.href}/`)
  const text = await ask(address, signal).catch((cause: unknown) => {
    if (signal.aborted) throw signal.reason
    throw new UsageError(`No simulator answers at ${url.origin}. Start one with: latchkey simulator`, { cause })
  })
  const found = systems.safeParse(parsed(text))
  if (found.success) return found.data
  throw new UsageError(
    `What answers at ${url.origin} is not a simulator of this version. Start one with: latchkey simulator`,
  )
}

// The timer is held here: a composite of signals could be collected together with it, and the limit would never come.
async function ask(address: URL, signal: AbortSignal): Promise<string> {
  const limit = new AbortController()
  const stop = (): void => limit.abort()
  const timer = setTimeout(stop, timeoutMs)
  signal.addEventListener('abort', stop, { once: true })
  try {
    const response = await fetch(address, { signal: limit.signal, redirect: 'manual' })
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true }) // Bodies are bytes.
      if (text.length > answerMaxBytes) return '' // Too long for what is asked: not a simulator. Leaving the loop cancels it.
    }
    return text
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    limit.abort()
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
