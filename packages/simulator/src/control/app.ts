/**
 * The control plane over HTTP. Each route reads its input, calls the simulator, and gives JSON.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import type { Simulator } from '../api.ts'
import { bodyMaxBytes, readBody } from '../answers.ts'
import { InputError } from '../input-error.ts'
import type { System } from '../system.ts'
import type { SystemName } from '../systems/index.ts'
import { refusalOf } from './guard.ts'
import { readAdvance, readFilter, readInvalidate, readJson, readNothing } from './inputs.ts'
import { endpoints, startPage } from './start-page.ts'

/** What the control plane controls. */
export interface ControlParts {
  readonly simulator: Simulator
  readonly systems: ReadonlyMap<string, System<object, object>>
  readonly host: string
}

/** Makes the listener for `/` and everything below `/_simulator`. */
export function createControl(
  parts: ControlParts,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { simulator, systems } = parts
  const app = new Hono<{ Bindings: HttpBindings }>({ getPath })
  const systemNamed = (name: string): System<object, object> => {
    const system = systems.get(name)
    if (system === undefined)
      throw new InputError(`There is no system "${name}"; use ${[...systems.keys()].join(', ')}.`)
    return system
  }

  app.use(async (context, next) => {
    const refusal = refusalOf(context.env.incoming, parts.host)
    return refusal === null ? next() : context.json({ error: refusal }, 403)
  })
  for (const path of ['/', '/_simulator']) app.get(path, (context) => context.json(startPage(simulator.url, systems)))
  app.get('/_simulator/state', (context) => context.json(simulator.state()))
  app.get('/_simulator/requests', (context) => {
    const filter = readFilter(context.req.query())
    if (filter.system !== undefined) systemNamed(filter.system)
    return context.json(simulator.requests(filter))
  })
  app.get('/_simulator/callbacks', (context) => context.json(simulator.callbacks()))
  app.get('/_simulator/credentials', (context) => context.json(simulator.systems))
  app.post('/_simulator/clock', async (context) => {
    await simulator.clock.advance(readAdvance(await readJsonBody(context.env.incoming)))
    return context.json(simulator.state().clock)
  })
  app.get('/_simulator/faults', (context) => context.json(simulator.faults.list()))
  app.post('/_simulator/faults', async (context) => {
    // The simulator checks it: the same rules hold in process.
    simulator.faults.add((await readJsonBody(context.env.incoming)) as Parameters<Simulator['faults']['add']>[0])
    return context.json(simulator.faults.list())
  })
  app.delete('/_simulator/faults', (context) => {
    simulator.faults.clear()
    return context.json([])
  })
  app.post('/_simulator/reset', async (context) => {
    readNothing(await readJsonBody(context.env.incoming))
    simulator.reset()
    return context.json({ reset: true })
  })
  app.post('/_simulator/tokens/invalidate', async (context) => {
    const name = readInvalidate(await readJsonBody(context.env.incoming))
    if (name !== undefined) systemNamed(name)
    return context.json({ invalidated: simulator.invalidateTokens(name as SystemName | undefined) }) // Just checked.
  })
  app.get('/_simulator/switches/:system', (context) => context.json(systemNamed(context.req.param('system')).set({})))
  app.post('/_simulator/switches/:system', async (context) =>
    context.json(systemNamed(context.req.param('system')).set(await readJsonBody(context.env.incoming))),
  )
  app.get('/_simulator/:system/:document', (context) => {
    const document = systems.get(context.req.param('system'))?.documents[context.req.param('document')]
    if (document === undefined) return context.notFound()
    return context.body(document.body, 200, { 'content-type': document.contentType ?? 'text/plain' })
  })

  app.notFound((context) => {
    const error = `There is no ${context.req.method} ${context.req.path}. Known: ${Object.keys(endpoints).join(', ')}.`
    return context.json({ error }, 404)
  })
  app.onError((error, context) => {
    if (error instanceof TooLarge) return context.json({ error: error.message }, 413, { connection: 'close' })
    if (error instanceof InputError) return context.json({ error: error.message }, 400)
    return context.json({ error: 'The simulator failed to do this; it is a defect.' }, 500)
  })

  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  return (request, response) => listener(request, response)
}

/** As on the providers' side, doubled slashes and a slash at the end mean nothing. */
function getPath(request: Request): string {
  return `/${new URL(request.url).pathname
    .split('/')
    .filter((segment) => segment !== '')
    .join('/')}`
}

class TooLarge extends Error {}

/** Read from the connection itself, to the end: an answer to half a request would cut the next one off. */
async function readJsonBody(incoming: IncomingMessage): Promise<unknown> {
  const body = await readBody(incoming)
  if (body === 'too large') throw new TooLarge(`The body has more than ${String(bodyMaxBytes)} bytes.`)
  return readJson(body === 'gone' ? '' : body.text)
}
