/**
 * Ours, with requests through undici: the interceptor of @latchkey/http/undici on the token source of
 * `latchkey-core.ts`.
 *
 * @module
 */
import { tokenInterceptor } from '@latchkey/http/undici'
import { Agent, request } from 'undici'
import type { Dispatcher } from 'undici'
import type { Instance, Setting } from './adapter.ts'
import { createBenchSource } from './latchkey-core.ts'

export function create(setting: Setting): Instance {
  const source = createBenchSource(setting)
  const plain = new Agent()
  const agent = new Agent()
  const authorized = agent.compose(tokenInterceptor(source, { origins: [new URL(setting.resourceUrl).origin] }))
  const send = async (dispatcher: Dispatcher, headers?: Record<string, string>): Promise<number> => {
    const answer = await request(setting.resourceUrl, headers ? { dispatcher, headers } : { dispatcher })
    await answer.body.text()
    return answer.statusCode
  }
  return {
    call: () => send(authorized),
    bare: (authorization) => send(plain, { authorization }),
    async close() {
      await Promise.all([agent.close(), plain.close()])
      await source[Symbol.asyncDispose]()
    },
  }
}
