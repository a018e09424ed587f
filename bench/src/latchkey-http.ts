/**
 * Ours, with requests: the fetch of @latchkey/http on the token source of `latchkey-core.ts`.
 *
 * @module
 */
import { authorizedFetch } from '@latchkey/http'
import type { Instance, Setting } from './adapter.ts'
import { createBenchSource } from './latchkey-core.ts'

export function create(setting: Setting): Instance {
  const source = createBenchSource(setting)
  const fetch = authorizedFetch(source, { origins: [new URL(setting.resourceUrl).origin] })
  return {
    async call() {
      const answer = await fetch(setting.resourceUrl)
      await answer.text()
      return answer.status
    },
    async bare(authorization) {
      const answer = await globalThis.fetch(setting.resourceUrl, { headers: { authorization } })
      await answer.text()
      return answer.status
    },
    close: async () => source[Symbol.asyncDispose](),
  }
}
