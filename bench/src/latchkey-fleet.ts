/**
 * Ours, as one process of a fleet: the fetch of @latchkey/http on a source that shares its record through a store.
 *
 * @module
 */
import { keyRing } from '@latchkey/core/seal'
import { authorizedFetch } from '@latchkey/http'
import type { Instance, Setting } from './adapter.ts'
import { createBenchSource } from './latchkey-core.ts'
import { openStore } from './open-store.ts'

/** An attempt of these providers takes some milliseconds; a token of theirs lives for five seconds. */
export const longestMs = 3_000

export async function create(setting: Setting): Promise<Instance> {
  if (setting.shared === undefined) throw new Error('A fleet shares a store.')
  const { place, sealingKey } = setting.shared
  const { store, close } = await openStore(place)
  const source = createBenchSource(setting, { store, ring: keyRing({ keys: [sealingKey] }) }, longestMs)
  const fetch = authorizedFetch(source, { origins: [new URL(setting.resourceUrl).origin] })
  return {
    async call() {
      const answer = await fetch(setting.resourceUrl)
      await answer.text()
      return answer.status
    },
    async close() {
      await source[Symbol.asyncDispose]()
      await close()
    },
  }
}
