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
import type { SimulatedSystem } from '../providers/provider.ts'
import { providerTitles } from '../providers/names.ts'
import { allProviders } from '../providers/registry.ts'
import { UsageError } from '../usage.ts'

/** Resolves after a polite request to stop; the exit code is then 0. */
export async function simulator(options: CommonOptions & SimulatorFlags, io: Io): Promise<void> {
  const running = await start(options)
  try {
    const { url, control } = running
    const ready = { url, control, systems: systemsOf(running) }
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

// What a client needs, and no more: certificates, for one, have an address of their own.
function systemsOf({ systems }: Simulator): Readonly<Record<string, SimulatedSystem>> {
  const running: Readonly<Record<string, unknown>> = systems
  return Object.fromEntries(allProviders.map(({ name, simulated }) => [name, simulated.parse(running[name])]))
}

function introduction(running: Simulator, data: string | undefined): string {
  const { url, control } = running
  const systems = systemsOf(running)
  return [
    `The simulator listens on ${url}\n${data === undefined ? '' : `Its state is kept in ${data}\n`}\n`,
    ...allProviders.map(({ name }) => {
      const { baseUrl, credentials } = systems[name] ?? { baseUrl: '', credentials: {} }
      return `${providerTitles[name]}\n${pairs({ baseUrl, ...flat(credentials) })}\n`
    }),
    `Control, as JSON over HTTP\n`,
    pairs({
      [`GET ${control}/state`]: 'what it holds',
      [`GET ${control}/requests?system=daraja`]: 'what arrived',
      [`GET ${control}/daraja/certificate`]: 'encrypts initiator passwords',
      [`GET ${control}/etims/certification`]: 'which certification cases have passed',
      [`POST ${control}/clock`]: '{"advanceMs": 3600000} moves its clock',
      [`POST ${control}/faults`]: '{"system": "daraja", "operation": "stkPush", "kind": "resetAfter"}',
      [`DELETE ${control}/faults`]: 'takes them back',
      [`POST ${control}/switches/truphone`]: '{"actions": [{"do": "endSessions"}]} ends its logins',
      [`POST ${control}/switches/ksef`]: '{"outcome": {"status": 415}} is how its sign-ins end',
      [`POST ${control}/tokens/invalidate`]: 'kills every token',
      [`POST ${control}/reset`]: 'back to the start',
    }),
    `\nFault kinds: latency, status, resetBefore, resetAfter, malformed, drip, throttle, invalidateTokens.\n`,
    ...allProviders.map(({ name }) => `Try: latchkey token ${name} --simulator ${url}\n`),
    `Stop it with Ctrl-C.\n`,
  ].join('')
}

/** Members of members by their path, lists as one text. */
function flat(value: object, before = ''): Record<string, string> {
  return Object.assign(
    {},
    ...Object.entries(value).map(([name, found]: [string, unknown]) =>
      typeof found === 'object' && found !== null && !Array.isArray(found)
        ? flat(found, `${before}${name}.`)
        : { [`${before}${name}`]: Array.isArray(found) ? found.join(', ') : oneLine(String(found)) },
    ),
  ) as Record<string, string> // Of such pieces alone.
}

function oneLine(text: string): string {
  return text.includes('\n') ? 'several lines: with --json' : text
}
