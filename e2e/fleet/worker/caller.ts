/**
 * A program that uses tokens: calls the resource at a fixed rhythm, and after a refusal once more with a newer token.
 *
 * @see engine.md section 7
 * @module
 */
import { isLatchkeyError } from '@latchkey/core'
import type { Token, TokenSource } from '@latchkey/core'
import { say } from './saying.ts'

const waitingMax = 250
const connectionsMax = 5

export interface Caller {
  /** Starts no more calls and waits for those under way. */
  stop(): Promise<void>
  /** Resolves when the calls that are under way now have ended. */
  settled(): Promise<void>
  readonly skipped: number
}

export function startCalling(source: TokenSource, resource: URL, workerId: number, everyMs: number): Caller {
  const underWay = new Set<Promise<void>>()
  let skipped = 0

  async function call(): Promise<void> {
    const since = performance.now()
    const used: number[] = []
    const send = async (token: Token): Promise<number> => {
      used.push(token.generation)
      const headers = { authorization: token.header(), 'x-worker': String(workerId) }
      for (let tries = 1; ; tries += 1) {
        try {
          const response = await fetch(resource, { headers })
          await response.arrayBuffer()
          return response.status
        } catch (error) {
          // A process that was stopped finds the connections closed that it kept.
          if (tries === connectionsMax) throw error
        }
      }
    }
    const told = (): { used: number[]; ms: number } => ({ used, ms: Math.round(performance.now() - since) })
    try {
      const token = await source.get()
      let status = await send(token)
      if (status === 401) {
        source.refuse(token.generation, { status })
        status = await send(await source.get({ after: token.generation }))
      }
      const failed = status === 401 ? 'refused twice' : `status ${status}`
      say({ said: 'call', ...told(), ...(status !== 200 && { failed }) })
    } catch (error) {
      const { failed, reason } = nameOf(error)
      say({ said: 'call', ...told(), failed, reason })
    }
  }

  const settled = async (): Promise<void> => void (await Promise.all(underWay))

  const timer = setInterval(() => {
    if (underWay.size >= waitingMax) {
      skipped += 1
      return
    }
    const work = call().finally(() => underWay.delete(work))
    underWay.add(work)
  }, everyMs)
  return {
    get skipped() {
      return skipped
    },
    settled,
    async stop() {
      clearInterval(timer)
      await settled()
    },
  }
}

/** An error's code and its message, which never holds a secret. */
export function nameOf(error: unknown): { readonly failed: string; readonly reason: string } {
  const failed = isLatchkeyError(error) ? error.code : error instanceof Error ? error.name : 'thrown'
  return { failed, reason: error instanceof Error ? error.message : String(error) }
}
