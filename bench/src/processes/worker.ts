/**
 * One process of a fleet: calls the resource at a fixed rhythm through its library and tells what became of each call at
 * once, so that a kill takes only what was under way.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Adapter, Instance, Setting } from '../adapter.ts'
import type { WorkerCall } from '../fleet/workers.ts'
import { answer, tell } from '../harness/processes.ts'

const underWayMax = 1_000

const underWay = new Set<Promise<void>>()
let adapter: Adapter | undefined
let instance: Instance | undefined
let timer: NodeJS.Timeout | undefined

answer({
  async load({ adapterUrl }: { adapterUrl: string }): Promise<void> {
    adapter = (await import(adapterUrl)) as Adapter // Every module that the catalogue names is an adapter.
  },

  async begin({ setting, everyMs }: { setting: Setting; everyMs: number }): Promise<void> {
    instance = await adapter?.create(setting)
    const call = instance?.call
    if (call === undefined) throw new Error('This library does not offer "call".')
    timer = setInterval(() => {
      if (underWay.size >= underWayMax) return tell({ ms: 0, failed: 'too many calls wait' } satisfies WorkerCall)
      const work: Promise<void> = one(call).finally(() => underWay.delete(work))
      underWay.add(work)
    }, everyMs)
  },

  /** Starts no more calls; answers how many had no end by the limit. */
  async finish({ limitMs }: { limitMs: number }): Promise<number> {
    clearInterval(timer)
    await Promise.race([Promise.all(underWay), sleep(limitMs)])
    const unanswered = underWay.size
    await Promise.race([instance?.close?.(), sleep(limitMs)])
    return unanswered
  },
})

async function one(call: () => Promise<number>): Promise<void> {
  const since = performance.now()
  const failed = await call().then(
    (status) => (status === 200 ? undefined : `status ${status}`),
    (error: unknown) => nameOf(error),
  )
  tell({ ms: performance.now() - since, ...(failed === undefined ? {} : { failed }) } satisfies WorkerCall)
}

// What an error calls itself, never its message.
function nameOf(error: unknown): string {
  const { code, status, name } = Object(error) as { code?: unknown; status?: unknown; name?: unknown } // Any error.
  if (typeof status === 'number') return `status ${status}`
  return [code, name].find((said) => typeof said === 'string') ?? 'thrown'
}
