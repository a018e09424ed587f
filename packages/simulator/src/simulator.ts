/**
 * Starts the simulator: one port, the providers below their prefixes, the control plane below `/_simulator/`.
 *
 * @module
 */
import { setMaxListeners } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { z } from 'zod'
import type { Simulator, SimulatorOptions, State } from './api.ts'
import { createCallbacks } from './callbacks.ts'
import { createClock } from './clock.ts'
import { createControl } from './control/app.ts'
import { createDataFile, type DataFile, readDataFile } from './data-file.ts'
import { createFaults } from './faults.ts'
import { InputError, parseInput } from './input-error.ts'
import { handleProviderRequest } from './provider-side.ts'
import { createRandom } from './random.ts'
import { createRequestLog } from './request-log.ts'
import type { System, SystemDefinition } from './system.ts'
import { type SystemName, systems } from './systems/index.ts'

const ownOptions = z.looseObject({
  host: z.string().min(1).default('127.0.0.1'),
  port: z.int().min(0).max(65_535).default(0),
  seed: z.int().optional(),
  strictUrls: z.boolean().default(false),
  allowCallbacksTo: z.array(z.string().min(1)).max(1000).default([]),
  data: z.string().min(1).optional(),
})

/**
 * Starts a simulator.
 *
 * @throws {InputError} An option is unknown or out of range, or `data` cannot be used; nothing was started.
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

  const data = settings.data === undefined ? undefined : resolve(settings.data)
  const saved = data === undefined ? undefined : await readDataFile(data, Object.keys(systems))
  if (saved !== undefined && settings.seed !== undefined && settings.seed !== saved.seed) {
    const text = `What ${data ?? ''} holds began with seed ${String(saved.seed)}. Leave the seed out, or start with another file.`
    throw new InputError(text)
  }
  const seed = settings.seed ?? saved?.seed ?? 1

  let file: DataFile | undefined
  const clock = createClock(saved?.advancedMs, () => file?.changed())
  const callbacks = createCallbacks(settings.allowCallbacksTo)
  const log = createRequestLog()
  const faults = createFaults(new Map(Object.entries(systems).map(([name, system]) => [name, system.operations])))
  const closing = new AbortController()
  setMaxListeners(0, closing.signal) // One per delayed request; the default warns at eleven.
  // Each system is handed the switches that it read itself.
  const definitions = Object.entries<SystemDefinition<object, object, object>>(systems)
  const running = new Map<string, System<object, object>>(
    await Promise.all(
      definitions.map(async ([name, system]): Promise<[string, System<object, object>]> => {
        const switches = system.readSwitches(options[name as SystemName] ?? {}) // A key of `systems`.
        const random = (label: string, drawn?: number) => createRandom(seed, `${name}/${label}`, drawn)
        const context = { clock, callbacks, random, strictUrls: settings.strictUrls }
        const before = saved?.systems[name]
        if (before === undefined) return [name, await system.start(context, switches)]
        const restored = await system.restore(context, switches, before).catch((error: unknown) => {
          throw error instanceof InputError ? new InputError(`${data ?? ''} cannot be used. ${error.message}`) : error
        })
        restored.set(options[name as SystemName] ?? {}) // As above. What was asked for now wins over what was saved.
        return [name, restored]
      }),
    ),
  )

  const side = { systems: running, clock, faults, log, signal: closing.signal }
  const server = createServer()
  const url = await listen(server, settings.host, settings.port)
  let closed: Promise<void> | undefined
  if (data !== undefined) {
    file = createDataFile(data, () => ({
      seed,
      advancedMs: clock.advancedMs(),
      systems: Object.fromEntries([...running].map(([name, system]) => [name, system.snapshot()])),
    }))
  }

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
        file?.changed()
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
      file?.changed()
      return chosen.reduce((sum, system) => sum + system.invalidateTokens(), 0)
    },
    state: () => ({
      url,
      seed,
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
      file?.changed()
    },
    set(changes) {
      // All names first, so that a misspelled one changes nothing.
      const chosen = Object.entries(changes).map(([name, change]) => ({ system: systemNamed(name), change }))
      for (const { system, change } of chosen) system.set(change ?? {})
      file?.changed()
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
    const isControl = /^\/+(_simulator)?\/*($|\?)|^\/+_simulator\//.test(request.url ?? '')
    const handled = isControl ? control(request, response) : handleProviderRequest(side, request, response)
    void handled
      .catch(() => {
        response.destroy() // A defect of the simulator: the client sees a broken connection, the server goes on.
      })
      .finally(() => file?.changed())
  })

  clock.start()
  const end = async (): Promise<void> => {
    closing.abort()
    const written = file?.close() // Takes the state before anything is forgotten.
    clock.reset()
    const stopped = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeAllConnections()
    const settled = callbacks.settled()
    callbacks.clear()
    const [last] = await Promise.allSettled([written, stopped, settled])
    if (last.status === 'rejected') throw last.reason
  }
  try {
    await file?.write() // A file that cannot be written is found now, not when there is something to lose.
  } catch (error) {
    await simulator.close().catch(() => undefined) // The same again.
    throw error
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
