/**
 * The life of a worker process as its harness sees it: orders first, then commands, line by line, and what is said of
 * each event and at the end. Shared by the workers of both kinds of fleet, which differ in their grant and their calls.
 *
 * @module
 */
import { createInterface } from 'node:readline'
import type { EngineEvent, ManagedTokenSource } from '@latchkey/core'
import { nameOf } from './caller.ts'
import type { Caller } from './caller.ts'
import type { Command, EventReport } from './messages.ts'
import { droppedLines, say } from './saying.ts'

export interface Conversation {
  /** As the harness wrote them. */
  readonly orders: unknown
  /** Ends when the harness is gone. */
  readonly commands: AsyncIterable<Command>
  /** Closes everything that was opened and says goodbye: nothing keeps the process open after this. */
  part(caller: Caller | undefined, source: ManagedTokenSource, store: { close(): Promise<void> }): Promise<void>
}

/** @param lifeMaxMs - A worker that everybody has forgotten ends by itself. */
export async function listen(lifeMaxMs: number): Promise<Conversation> {
  process.on('unhandledRejection', (error) => say({ said: 'unhandled', reason: nameOf(error).failed }))
  setTimeout(() => process.exit(3), lifeMaxMs).unref()
  const input = createInterface({ input: process.stdin })
  const lines = input[Symbol.asyncIterator]()
  const first = await lines.next()
  return {
    orders: JSON.parse(first.done === true ? '{}' : first.value),
    commands: commandsOf(lines),
    async part(caller, source, store) {
      await caller?.stop()
      await source.close()
      await store.close()
      say({ said: 'bye', skipped: caller?.skipped ?? 0, dropped: droppedLines() })
      input.close()
      process.stdin.destroy()
    },
  }
}

/** What the harness hears of an event of the engine. */
export function tell(event: EngineEvent): void {
  const { type, ...all } = event
  const { generation, fence, outcome, reason, path, code } = all as Partial<EventReport> // Not every event has them.
  const fields = { generation, fence, outcome, reason, path, code }
  const known = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
  say({ said: 'event', name: type.slice('latchkey.'.length), ...known })
}

async function* commandsOf(lines: AsyncIterableIterator<string>): AsyncGenerator<Command> {
  for await (const line of lines) yield JSON.parse(line) as Command // The harness wrote it.
}
