/**
 * The page at `/`: what the simulator imitates, the values that make something happen, and how to control it.
 *
 * @module
 */
import type { System } from '../system.ts'
import { systems as definitions } from '../systems/index.ts'

/** The control plane's endpoints, for the page and for refusals. */
export const endpoints: Readonly<Record<string, string>> = {
  'GET /_simulator/state': 'counts, tokens, payments, sales, clock',
  'GET /_simulator/requests': 'what was asked and answered, secrets masked; ?system=, ?operation=, ?after=',
  'GET /_simulator/callbacks': 'attempts to call back',
  'GET /_simulator/credentials': 'the ready-made, fictional credentials',
  'POST /_simulator/clock': '{"advanceMs": 3600000}',
  'GET /_simulator/faults': 'the faults that wait',
  'POST /_simulator/faults': 'one fault or an array of them',
  'DELETE /_simulator/faults': 'drops the faults that wait',
  'POST /_simulator/tokens/invalidate': '{"system": "daraja"}, or nothing for all',
  'GET /_simulator/switches/SYSTEM': 'the switches',
  'POST /_simulator/switches/SYSTEM': 'changes some of them',
  'POST /_simulator/reset': 'back to the start',
  'GET /_simulator/daraja/certificate': 'the certificate that encrypts initiator passwords, PEM',
  'GET /_simulator/etims/certification': 'which of the 23 certification cases each taxpayer has passed',
}

/** The page, as JSON. */
export function startPage(url: string, running: ReadonlyMap<string, System<object, object>>): object {
  return {
    name: 'Latchkey simulator',
    systems: Object.entries(definitions).map(([name, { title, operations }]) => ({
      name,
      title,
      baseUrl: `${url}/${name}`,
      operations,
      magicValues: running.get(name)?.magic ?? {},
    })),
    control: endpoints,
    faults: ['latency', 'status', 'resetBefore', 'resetAfter', 'malformed', 'drip', 'throttle', 'invalidateTokens'],
  }
}
