/**
 * Runs one command to its end and keeps what it said.
 *
 * @module
 */
import { spawn } from 'node:child_process'

export interface Ran {
  readonly code: number
  /** Standard output alone where the command succeeded, both streams where it failed. */
  readonly output: string
  /** Empty where the command succeeded, otherwise what it said. */
  readonly problems: readonly string[]
}

/** Runs a command found on the path. Rejects only where it cannot be started. */
export async function runCommand(command: string, args: readonly string[], cwd: string): Promise<Ran> {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  const said: Buffer[] = []
  const both: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => {
    said.push(chunk)
    both.push(chunk)
  })
  child.stderr.on('data', (chunk: Buffer) => both.push(chunk))
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status) => resolve(status ?? 1))
  })
  const output = Buffer.concat(code === 0 ? said : both).toString('utf8')
  return { code, output, problems: code === 0 ? [] : [output.trimEnd() || `exit code ${code}`] }
}
