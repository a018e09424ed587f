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
  let text: string
  try {
    const response = await fetch(address, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      redirect: 'error',
    })
    if (Number(response.headers.get('content-length') ?? 0) > answerMaxBytes) throw new Error('too large')
    text = await response.text()
  } catch (cause) {
    if (signal.aborted) throw signal.reason
    throw new UsageError(`No simulator answers at ${url.origin}. Start one with: latchkey simulator`, { cause })
  }
  const found = systems.safeParse(parsed(text))
  if (found.success) return found.data
  throw new UsageError(
    `What answers at ${url.origin} is not a simulator of this version. Start one with: latchkey simulator`,
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
