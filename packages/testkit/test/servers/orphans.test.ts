import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import { postgresHere, redisHere } from '../../src/servers.ts'

const kinds = [
  { start: 'startRedis', here: redisHere() },
  { start: 'startPostgres', here: postgresHere() },
] as const

describe.each(kinds)('$start', ({ start, here }) => {
  it.skipIf(!here.found).each(['forgets', 'is killed'])(
    'ends its server and removes its directory when the process that started it %s',
    async (how) => {
      const servers = fileURLToPath(new URL('../../src/servers.ts', import.meta.url))
      const program = `
        const { ${start} } = await import(${JSON.stringify(servers)})
        const { pid, directory } = await ${start}()
        console.log(JSON.stringify({ pid, directory }))
        ${how === 'is killed' ? 'setInterval(() => undefined, 1_000)' : ''}`
      const args = ['--import', 'tsx', '--input-type=module', '--eval', program]
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
      const [line] = (await once(createInterface(child.stdout), 'line')) as [string] // Lines are texts.
      const { pid, directory } = JSON.parse(line) as { pid: number; directory: string } // Written by the program above.
      if (how === 'is killed') child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), { timeout: 10_000, interval: 50 })
      await vi.waitFor(() => expect(existsSync(directory)).toBe(false), { timeout: 10_000, interval: 50 })
    },
    60_000,
  )
})
