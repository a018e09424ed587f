/**
 * Starts the simulator: one port, the providers below their prefixes, the control plane below `/_simulator/`.
 *
 * @module
 */
import { setMaxListeners } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'
import type { Simulator, SimulatorOptions, State } from './api.ts'
import { createCallbacks } from './callbacks.ts'
import { createClock } from './clock.ts'
import { createControl } from './control/app.ts'
import { createFaults } from './faults.ts'
import { InputError, parseInput } from './input-error.ts'
import { handleProviderRequest } from './provider-side.ts'
import { createRandom } from './random.ts'
import { createRequestLog } from './request-log.ts'
import type { System } from './system.ts'
import { type SystemName, systems } from './systems/index.ts'

const ownOptions = z.looseObject({
  host: z.string().min(1).default('127.0.0.1'),
  port: z.int().min(0).max(65_535).default(0),
  seed: z.int().default(1),
  strictUrls: z.boolean().default(false),
  allowCallbacksTo: z.array(z.string().min(1)).max(1000).default([]),
})

/**
 * Starts a simulator.
 *
 * @throws {InputError} An option is unknown or out of range; nothing was started.
 * @example
 * ```ts
 * await using simulator = await startSimulator()
 * const { baseUrl, credentials } = simulator.systems.daraja
 * ```
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  if (typeof options !== 'object' || options === null)
    throw new InputError('startSimulator takes an object of options.') // Callers in JavaScript.
  const known = [...Object.keys(ownOptions.shape), ...Object.keys(systems)]
  const unknown = Object.keys(options).find((name) => !known.includes(name))
  if (unknown !== undefined) throw new InputError(`There is no option "${unknown}"; use ${known.join(', ')}.`)
  const settings = parseInput(ownOptions, options, 'the options', `Known options: ${known.join(', ')}.`)

  const clock = createClock()
  const callbacks = createCallbacks(settings.allowCallbacksTo)
  const log = createRequestLog()
  const faults = createFaults(new Map(Object.entries(systems).map(([name, system]) => [name, system.operations])))
  const closing = new AbortController()
  setMaxListeners(0, closing.signal) // One per delayed request; the default warns at eleven.
  const running = new Map<string, System<object, object>>(
    await Promise.all(
      Object.entries(systems).map(async ([name, system]): Promise<[string, System<object, object>]> => {
        const switches = system.readSwitches(options[name as SystemName] ?? {}) // A key of `systems`.
        const random = (label: string) => createRandom(settings.seed, `${name}/${label}`)
        return [name, await system.start({ clock, callbacks, random, strictUrls: settings.strictUrls }, switches)]
      }),
    ),
  )

  const side = { systems: running, clock, faults, log, signal: closing.signal }
  const server = createServer()
  const url = await listen(server, settings.host, settings.port)
  let closed: Promise<void> | undefined

  const systemNamed = (name: string): System<object, object> => {
    const system = running.get(name)
    if (system === undefined)
      throw new InputError(`There is no system "${name}"; use ${[...running.keys()].join(', ')}.`)
    return system
  }
  const simulator: Simulator = {
    url,
    control: `${url}/_simulator`,
    // The map was filled from the same list as the type.
    systems: Object.fromEntries(
      [...running].map(([name, { credentials }]) => [name, { baseUrl: `${url}/${name}`, credentials }]),
    ) as unknown as Simulator['systems'],
    clock: {
      now: () => clock.now(),
      async advance(ms) {
        clock.step(ms)
        await callbacks.settled()
      },
    },
    requests: (filter) => log.list(filter),
    faults: {
      add(input) {
        faults.add(input)
      },
      clear() {
        faults.clear()
      },
      list: () => faults.list(),
    },
    invalidateTokens(name) {
      const chosen = name === undefined ? [...running.values()] : [systemNamed(name)]
      return chosen.reduce((sum, system) => sum + system.invalidateTokens(), 0)
    },
    state: () => ({
      url,
      seed: settings.seed,
      clock: {
        now: new Date(clock.now()).toISOString(),
        epochMs: clock.now(),
        advancedMs: Math.round(clock.advancedMs()),
      },
      requests: { total: log.total(), kept: log.kept() },
      faults: faults.list(),
      callbacks: callbacks.counts(),
      // As above.
      systems: Object.fromEntries([...running].map(([name, system]) => [name, system.state()])) as State['systems'],
    }),
    reset() {
      clock.reset()
      callbacks.clear()
      faults.clear()
      log.clear()
      for (const system of running.values()) system.reset()
    },
    set(changes) {
      // All names first, so that a misspelled one changes nothing.
      const chosen = Object.entries(changes).map(([name, change]) => ({ system: systemNamed(name), change }))
      for (const { system, change } of chosen) system.set(change ?? {})
    },
    callbacks: () => callbacks.list(),
    close() {
      closed ??= end()
      return closed
    },
    [Symbol.asyncDispose]: () => simulator.close(),
  }

  const control = createControl({ simulator, systems: running, host: settings.host })
  server.on('request', (request, response) => {
    if (/^\/+(_simulator)?\/*($|\?)|^\/+_simulator\//.test(request.url ?? '')) void control(request, response)
    else {
      handleProviderRequest(side, request, response).catch(() => {
        response.destroy() // A defect of the simulator: the client sees a broken connection, the server goes on.
      })
    }
  })

  const end = async (): Promise<void> => {
    closing.abort()
    clock.reset()
    const stopped = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeAllConnections()
    const settled = callbacks.settled()
    callbacks.clear()
    await Promise.all([stopped, settled])
  }
  return simulator
}

const connectionsMax = 4096

async function listen(server: Server, host: string, port: number): Promise<string> {
  server.maxConnections = connectionsMax
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const address = server.address() as AddressInfo // It listens on TCP.
  return `http://${host.includes(':') ? `[${host}]` : host}:${String(address.port)}`
}
