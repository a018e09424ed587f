/**
 * Peppol providers: registered by their first authentication, and listed for everybody.
 *
 * @see spec/ksef.md sections 2.2, 3.14, 3.17
 * @module
 */
import { z } from 'zod'
import { fields, readInput } from './fields.ts'
import { answer, type PublicOperation } from './operation.ts'
import { pageFields, pageOf, pageQuery } from './pages.ts'
import { formatInstant } from './times.ts'
import type { World } from './world.ts'

/** A provider. */
export const peppolProviderRow = z.strictObject({ id: z.string(), name: z.string(), createdAt: z.number() })

/** Registers a provider, unless it is known. */
export function registerProvider(world: World, id: string, name: string): void {
  const { peppolProviders } = world.tables
  if (peppolProviders.get(id) === undefined) {
    peppolProviders.set({ id, name: name.slice(0, 256), createdAt: world.now() })
  }
}

/** `GET /peppol/query` */
const queryProviders: PublicOperation = {
  name: 'peppolProviders',
  method: 'GET',
  path: '/v2/peppol/query',
  who: 'public',
  run(call) {
    const page = readInput(fields(pageFields(100)), pageQuery(call))
    const all = [...call.world.tables.peppolProviders.values()].sort(
      (left, right) => right.createdAt - left.createdAt || (left.id < right.id ? -1 : 1),
    )
    const { rows, hasMore } = pageOf(all, page)
    const peppolProviders = rows.map(({ id, name, createdAt }) => ({ id, name, dateCreated: formatInstant(createdAt) }))
    return answer(200, { peppolProviders, hasMore })
  },
}

/** The operations on providers. */
export const peppolOperations: readonly PublicOperation[] = [queryProviders]
