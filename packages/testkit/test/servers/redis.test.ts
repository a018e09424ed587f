import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { redisHere, startRedis, valkeyHere } from '../../src/servers.ts'
import { accepts } from '../../src/servers/ports.ts'
import { askRedis } from '../../src/servers/resp.ts'

const programs = [
  { program: 'redis', here: redisHere() },
  { program: 'valkey', here: valkeyHere() },
] as const

describe.each(programs)('a real $program server', ({ program, here }) => {
  describe.skipIf(!here.found)('started for a test', () => {
    it('serves at once, and leaves neither process nor directory behind', async () => {
      const server = await startRedis({ program })
      expect(
        await askRedis(server.port, [
          ['SET', 'a', 'ż'],
          ['GET', 'a'],
        ]),
      ).toBe(Buffer.from('ż').toString('latin1'))
      expect(server).toMatchObject({ program: `${program}-server`, url: `redis://127.0.0.1:${server.port}` })
      expect(existsSync(server.directory)).toBe(true)
      await server.stop()
      expect(() => process.kill(server.pid, 0)).toThrow('ESRCH')
      expect(existsSync(server.directory)).toBe(false)
      expect(await accepts(server.port)).toBe(false)
      await server.stop() // Twice is no mistake.
    })

    it('asks for the password, and passes it on to a replica', async () => {
      await using server = await startRedis({ program, password: 'p@ss "word"' })
      await expect(askRedis(server.port, [['PING']])).rejects.toThrow('NOAUTH')
      expect(server.url).toBe(`redis://:p%40ss%20%22word%22@127.0.0.1:${server.port}`)
      const auth = ['AUTH', 'p@ss "word"']
      await askRedis(server.port, [auth, ['SET', 'a', 'copied']])
      await using replica = await startRedis({ program, replicaOf: server })
      expect(await askRedis(replica.port, [auth, ['GET', 'a']])).toBe('copied')
    })

    it('serves all slots as a cluster of one node', async () => {
      await using server = await startRedis({ program, cluster: true })
      expect(
        await askRedis(server.port, [
          ['SET', 'a', '1'],
          ['GET', 'a'],
        ]),
      ).toBe('1')
      await server.restart()
      expect(
        await askRedis(server.port, [
          ['SET', 'b', '2'],
          ['GET', 'b'],
        ]),
      ).toBe('2')
    })

    it('comes back on the same port, with what its arguments told it to persist', async () => {
      await using forgetful = await startRedis({ program })
      await using server = await startRedis({ program, args: ['--appendonly', 'yes', '--appendfsync', 'always'] })
      for (const { port } of [forgetful, server]) await askRedis(port, [['SET', 'a', '1']])
      const { port, pid } = server
      await server.kill()
      await forgetful.restart()
      await server.restart()
      expect(server.port).toBe(port)
      expect(server.pid).not.toBe(pid)
      expect(await askRedis(port, [['EXISTS', 'a']])).toBe('1')
      expect(await askRedis(forgetful.port, [['EXISTS', 'a']])).toBe('0')
    })

    it('can be stopped in its tracks, and ended all the same', async () => {
      await using server = await startRedis({ program })
      await server.kill('SIGSTOP')
      await expect(askRedis(server.port, [['PING']])).rejects.toThrow()
      await server.kill('SIGCONT')
      expect(await askRedis(server.port, [['PING']])).toBe('PONG')
      await server.kill('SIGSTOP')
    })

    it('leaves a directory alone that the caller brought', async () => {
      const directory = mkdtempSync(join(tmpdir(), 'latchkey-test-'))
      const server = await startRedis({ program, directory })
      await server.stop()
      expect(existsSync(directory)).toBe(true)
      rmSync(directory, { recursive: true })
    })

    it('shows the end of its log when it cannot start', async () => {
      await expect(startRedis({ program, args: ['--no-such-option', '1'] })).rejects.toThrow(
        /redis-server ended with 1 at its start.*no-such-option/su,
      )
    })

    it('does not move to another port when the one asked for is taken', async () => {
      await using server = await startRedis({ program })
      await expect(startRedis({ program, port: server.port })).rejects.toThrow(/already in use/iu)
    })
  })
})
