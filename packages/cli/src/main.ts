/**
 * The process around the command: its streams, its environment, its signals and its exit code. Everything else is
 * handed these as values.
 *
 * @module
 */
import type { Io } from './io.ts'
import { run } from './program.ts'

const lingerMs = 2000

const stop = new AbortController()
const signals = ['SIGINT', 'SIGTERM'] as const
const stopping = (signal: string): void => stop.abort(new Error(signal))
for (const signal of signals) process.once(signal, stopping)

const io: Io = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  get input() {
    return process.stdin as AsyncIterable<Uint8Array> // No encoding is set, so its chunks are bytes.
  },
  isTerminal: process.stdout.isTTY && process.env['NO_COLOR'] === undefined,
  env: process.env,
  signal: stop.signal,
}

// A reader that went away (`latchkey … | head`) is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  process.stderr.write(`Standard output cannot be written (${error.code ?? 'unknown'}): what belongs there is lost.\n`)
  process.exit(1)
})

// Without its progress the command can still do its work.
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

const code = await run(process.argv.slice(2), io)
process.exitCode = code
// The command is over: from here on a signal ends the process as it would any other.
for (const signal of signals) process.off(signal, stopping)
// A name lookup that nobody waits for any more cannot be ended, and must not hold the terminal either.
setTimeout(() => process.exit(code), lingerMs).unref()
// Stopped by the user: a request that is still under way must not hold the terminal.
if (code === 130) process.exit(code)
