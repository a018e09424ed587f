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
const stateMaxBytes = 16_777_216
const timeoutMs = 5000

/**
 * Asks the simulator at `url` for the system of a provider. Every failure says what to do.
 *
 * @throws {UsageError}
 */
export async function simulatedSystem<P extends { readonly name: string; readonly simulated: z.ZodType }>(
  provider: P,
  url: URL,
  signal: AbortSignal,
): Promise<z.output<P['simulated']>> {
  const answered = await control('credentials', url, answerMaxBytes, signal)
  const found = z.object({ [provider.name]: provider.simulated }).safeParse(answered)
  if (found.success) return found.data[provider.name] as z.output<P['simulated']> // As just checked.
  throw new UsageError(
    `What answers at ${url.origin} is not a simulator of this version. Start one with: latchkey simulator`,
  )
}

/** What the simulator tells of its state; undefined for an answer that is none. */
export function simulatorState(url: URL, signal: AbortSignal): Promise<unknown> {
  return control('state', url, stateMaxBytes, signal)
}

async function control(path: string, url: URL, maxBytes: number, signal: AbortSignal): Promise<unknown> {
  const address = new URL(`_simulator/${path}`, url.href.endsWith('/') ? url : `${url.href}/`)
  const text = await ask(address, maxBytes, signal).catch((cause: unknown) => {
    if (signal.aborted) throw signal.reason
    throw new UsageError(`No simulator answers at ${url.origin}. Start one with: latchkey simulator`, { cause })
  })
  return parsed(text)
}

// The timer is held here: a composite of signals could be collected together with it, and the limit would never come.
async function ask(address: URL, maxBytes: number, signal: AbortSignal): Promise<string> {
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
      if (text.length > maxBytes) return '' // Too long for what is asked: not a simulator. Leaving the loop cancels it.
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
