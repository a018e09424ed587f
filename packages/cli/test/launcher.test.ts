import { execFile } from 'node:child_process'
import { cp, mkdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { openHome } from './terminal.ts'
import type { Home } from './terminal.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const command = 'packages/cli'

interface Clone extends AsyncDisposable {
  /** Writes a file, changed at this minute. */
  write(path: string, content: string, minute: number): Promise<void>
  remove(path: string, minute: number): Promise<void>
  /** Starts the launcher, and says what ran. */
  start(): Promise<string>
}

/** Like a clone of the repository: the launcher, and programs in the places of the command that tell which one ran. */
async function clone(): Promise<Clone> {
  const home: Home = await openHome()
  const place = (path: string): string => join(home.folder, path)
  await cp(join(root, command, 'bin'), place(`${command}/bin`), { recursive: true })
  await symlink(join(root, 'node_modules'), place('node_modules'))
  const touch = (path: string, minute: number): Promise<void> => utimes(place(path), minute * 60, minute * 60)
  const write = async (path: string, content: string, minute: number): Promise<void> => {
    await mkdir(dirname(place(path)), { recursive: true })
    await writeFile(place(path), content)
    await touch(path, minute)
    await touch(dirname(path), minute)
  }
  await write(`${command}/package.json`, '{"type":"module"}', 1)
  await write(`${command}/tsconfig.json`, '{}', 1)
  await write(`${command}/src/main.ts`, `const ran: string = 'sources'\nconsole.log(ran)\n`, 1)
  await write('packages/core/src/deep/part.ts', '', 1)
  await touch('packages/core/src', 1)
  return {
    write,
    async remove(path, minute) {
      await rm(place(path))
      await touch(dirname(path), minute)
    },
    async start() {
      const { stdout } = await promisify(execFile)(process.execPath, [place(`${command}/bin/latchkey.js`)])
      return stdout.trim()
    },
    [Symbol.asyncDispose]: () => home[Symbol.asyncDispose](),
  }
}

const build = `console.log('build')\n`

describe('the launcher, in a clone', () => {
  it('starts the sources where there is no build', async () => {
    await using found = await clone()
    expect(await found.start()).toBe('sources')
  })

  it('starts a build that is as new as all sources', async () => {
    await using found = await clone()
    await found.write(`${command}/dist/main.js`, build, 2)
    await found.write('packages/core/src/deep/part.ts', '', 2)
    expect(await found.start()).toBe('build')
  })

  it('starts the sources where one of any package is newer than the build, or was removed since', async () => {
    await using found = await clone()
    await found.write(`${command}/dist/main.js`, build, 2)
    await found.write('packages/core/src/deep/part.ts', '', 3)
    expect(await found.start()).toBe('sources')
    await found.write('packages/core/src/deep/part.ts', '', 1)
    expect(await found.start()).toBe('build')
    await found.remove('packages/core/src/deep/part.ts', 3)
    expect(await found.start()).toBe('sources')
  })
})

describe('the launcher, installed', () => {
  it('starts the build whatever the dates of the files say', async () => {
    await using found = await clone()
    await found.remove(`${command}/tsconfig.json`, 1)
    await found.write(`${command}/dist/main.js`, build, 2)
    await found.write(`${command}/src/main.ts`, '', 3)
    expect(await found.start()).toBe('build')
  })
})
