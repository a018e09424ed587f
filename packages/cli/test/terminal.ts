/**
 * A terminal for tests: runs one command line in this process and keeps what it wrote.
 *
 * @module
 */
import { run } from '../src/program.ts'

export interface Transcript {
  readonly exit: number
  readonly out: string
  readonly err: string
}

export async function type(line: string, stop: AbortSignal = new AbortController().signal): Promise<Transcript> {
  let out = ''
  let err = ''
  const io = {
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
    isTerminal: false,
    env: {},
    signal: stop,
  }
  const exit = await run(line === '' ? [] : line.split(' '), io)
  return { exit, out, err }
}
