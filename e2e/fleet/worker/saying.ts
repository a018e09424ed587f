/**
 * A worker's voice: JSON lines, written at once, so that what was said before a SIGKILL has been said.
 *
 * @module
 */
import { readSync, writeSync } from 'node:fs'
import type { Line, Step } from './messages.ts'

const linesMax = 50_000
const askDescriptor = 3

let lines = 0
let dropped = 0

/** Lines beyond 50 000 are counted instead; see {@link droppedLines}. */
export function say(line: Line): void {
  lines += 1
  const kept = lines <= linesMax || line.said === 'bye' || line.said === 'at'
  if (!kept) dropped += 1
  else writeSync(1, `${JSON.stringify(line)}\n`)
}

export function droppedLines(): number {
  return dropped
}

/**
 * Says where the worker is and blocks the whole process, timers and all, until the harness answers: what a stall is.
 * Where the harness has gone, the worker goes on.
 */
export function waitAt(step: Step): void {
  say({ said: 'at', step })
  readSync(askDescriptor, Buffer.alloc(1))
}
