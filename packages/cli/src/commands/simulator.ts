/**
 * `latchkey simulator`: runs the simulator until it is told to stop.
 *
 * @module
 */
import { startSimulator } from '@latchkey/simulator'
import type { Simulator } from '@latchkey/simulator'
import type { CommonOptions, Io } from '../io.ts'
import { json, pairs } from '../output.ts'
import type { SimulatorFlags } from '../flags.ts'
import { UsageError } from '../usage.ts'

/** Resolves after a polite request to stop; the exit code is then 0. */
export async function simulator(options: CommonOptions & SimulatorFlags, io: Io): Promise<void> {
  const running = await start(options)
  try {
    const { url, control, systems } = running
    const ready = { url, control, systems: { daraja: daraja(systems) } }
    io.out(options.json ? json(ready) : introduction(running, options.data))
    if (!io.signal.aborted) await new Promise((resolve) => io.signal.addEventListener('abort', resolve, { once: true }))
    io.err('Stopping.\n')
  } finally {
    await running.close()
  }
}

async function start({ port, host, seed, data, strictUrls, allowCallbacksTo }: SimulatorFlags): Promise<Simulator> {
  try {
    return await startSimulator({ port, host, seed, data, strictUrls, allowCallbacksTo })
  } catch (cause) {
    const { code } = cause as { code?: unknown } // A system error has one.
    if (code === 'EADDRINUSE') {
      throw new UsageError(
        `Port ${port} is in use. Stop what listens there, or choose another with --port (0 takes any free one).`,
        { cause },
      )
    }
    if (code === 'EACCES')
      throw new UsageError(`Port ${port} needs more rights. Choose one above 1023 with --port.`, { cause })
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new UsageError(`This machine has no address ${host}. Check --host.`, { cause })
    throw cause
  }
}

// What a client needs. The certificate has an address of its own.
function daraja({ daraja: { baseUrl, credentials } }: Simulator['systems']) {
  const { consumerKey, consumerSecret, shortCode, passkey, initiator, securityCredential, msisdn } = credentials
  return {
    baseUrl,
    credentials: { consumerKey, consumerSecret, shortCode, passkey, initiator, securityCredential, msisdn },
  }
}

function introduction({ url, control, systems }: Simulator, data: string | undefined): string {
  const { baseUrl, credentials } = daraja(systems)
  return [
    `The simulator listens on ${url}\n${data === undefined ? '' : `Its state is kept in ${data}\n`}\n`,
    `Safaricom Daraja (M-PESA)\n${pairs({ baseUrl, ...credentials })}\n`,
    `Control, as JSON over HTTP\n`,
    pairs({
      [`GET ${control}/state`]: 'what it holds',
      [`GET ${control}/requests?system=daraja`]: 'what arrived',
      [`GET ${control}/daraja/certificate`]: 'encrypts initiator passwords',
      [`POST ${control}/clock`]: '{"advanceMs": 3600000} moves its clock',
      [`POST ${control}/faults`]: '{"system": "daraja", "operation": "stkPush", "kind": "resetAfter"}',
      [`DELETE ${control}/faults`]: 'takes them back',
      [`POST ${control}/tokens/invalidate`]: 'kills every token',
      [`POST ${control}/reset`]: 'back to the start',
    }),
    `\nFault kinds: latency, status, resetBefore, resetAfter, malformed, drip, throttle, invalidateTokens.\n`,
    `Try: latchkey token daraja --simulator ${url}\nStop it with Ctrl-C.\n`,
  ].join('')
}
