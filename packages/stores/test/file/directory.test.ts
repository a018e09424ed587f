import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { isAbsolute, join, relative } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { StoreError } from '@latchkey/core'
import type { Key } from '@latchkey/core'
import { fileStore } from '@latchkey/stores/file'
import { folderPath } from '../../src/file/folder.ts'
import { hourMs, key, names, never, newDirectory, put, putMany, storeOn, swap } from './bench.ts'
import { gatedFileSystem, systemError } from './gated-file-system.ts'

async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o7777).toString(8)
}

async function refusal(work: () => Promise<unknown>): Promise<StoreError> {
  const error: unknown = await work().then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof StoreError)) throw new Error('It was not refused.')
  return error
}

describe('the options', () => {
  it('refuses a name that it does not know, and says the nearest one', () => {
    const options = { directory: '/nowhere', synch: true }
    expect(() => fileStore(options)).toThrow('unknown option "synch"; did you mean "sync"?')
  })

  it.each([
    ['no directory', {}],
    ['an empty directory', { directory: '' }],
    ['a directory of blanks', { directory: ' ' }],
    ['a directory with a zero byte', { directory: '/tmp/a\0b' }],
    ['a number', { directory: 7 }],
    ['sync in words', { directory: '/nowhere', sync: 'yes' }],
    ['the scope of a process', { directory: '/nowhere', scope: 'process' }],
  ])('refuses %s', (_, options) => {
    expect(() => fileStore(options as never)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG' }))
  })

  it('resolves a relative directory once, whatever the working directory becomes', async () => {
    const directory = await newDirectory()
    const store = fileStore({ directory: relative(process.cwd(), directory), sync: false })
    const cwd = vi.spyOn(process, 'cwd').mockReturnValue('/')
    onTestFinished(() => cwd.mockRestore())
    await put(store, null, 'value')
    expect(isAbsolute(directory)).toBe(true)
    expect(await names(directory)).toHaveLength(1)
  })

  it('has the scope that it was told, by default the host', () => {
    expect(fileStore({ directory: '/nowhere' }).scope).toBe('host')
    expect(fileStore({ directory: '/nowhere', scope: 'fleet' }).scope).toBe('fleet')
  })

  it('touches nothing before the first operation', async () => {
    const directory = join(await newDirectory(), 'tokens')
    fileStore({ directory })
    await expect(stat(directory)).rejects.toThrow('ENOENT')
  })
})

describe('privacy', () => {
  it.each(['0', '22', '77'])('makes directories 0700 and files 0600 under a umask of %s', async (umask) => {
    const before = process.umask(Number.parseInt(umask, 8))
    onTestFinished(() => void process.umask(before))
    const directory = join(await newDirectory(), 'deep', 'tokens')
    await putMany(storeOn(directory), 2)
    const folder = folderPath(directory, key)
    for (const path of [join(directory, '..'), directory, folder]) expect(await modeOf(path)).toBe('700')
    for (const path of [join(directory, 'clock'), ...(await names(directory)).map((name) => join(folder, name))]) {
      expect(await modeOf(path)).toBe('600')
    }
  })

  it.each([0o750, 0o705, 0o701, 0o720, 0o777])(
    'refuses a directory with mode %o, and says what to run',
    async (mode) => {
      const directory = await newDirectory()
      await chmod(directory, mode)
      const store = storeOn(directory)
      for (const work of [() => store.read(key, never()), () => swap(store, null, 'value')]) {
        const error = await refusal(work)
        expect(error.code).toBe('LATCHKEY_STORE_UNSAFE')
        expect(error.message).toContain(`chmod 700 ${directory}`)
      }
      expect(await readdir(directory)).toEqual([])
      await chmod(directory, 0o700)
      await put(store, null, 'value') // The same store goes on once it is safe.
    },
  )

  it('refuses a directory of another user', async () => {
    const directory = await newDirectory()
    const { uid } = await stat(directory)
    const user = vi.spyOn(process, 'geteuid').mockReturnValue(uid + 1)
    onTestFinished(() => user.mockRestore())
    const error = await refusal(() => storeOn(directory).read(key, never()))
    expect(error.code).toBe('LATCHKEY_STORE_UNSAFE')
    expect(error.message).toContain('belongs to another user')
  })

  it('refuses a path that is no directory', async () => {
    const path = join(await newDirectory(), 'file')
    await writeFile(path, 'mine')
    const error = await refusal(() => storeOn(path).read(key, never()))
    expect(error.code).toBe('LATCHKEY_STORE_UNSAFE')
    expect(error.message).toContain('is not a directory')
    expect(await readFile(path, 'utf8')).toBe('mine')
  })

  it.each(['../../escape', '/etc/passwd', 'a/b', '..', '', '\0', 'x'.repeat(5_000)])(
    'keeps the key %j inside the directory, and its text out of all names',
    async (text) => {
      const directory = await newDirectory()
      const store = storeOn(directory)
      const how = { keep: hourMs, durable: false }
      await store.compareAndSet(text as Key, null, 'value', how, never()) // A text like any other.
      expect(await store.read(text as Key, never())).toMatchObject({ value: 'value' })
      const found = (await readdir(directory)).filter((name) => name !== 'clock')
      expect(found).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)])
    },
  )

  it('does not follow a link that stands in the place of a key’s folder', async () => {
    const directory = await newDirectory()
    const elsewhere = await newDirectory()
    const store = storeOn(directory)
    await store.read(key, never())
    await symlink(elsewhere, folderPath(directory, key))
    for (const work of [() => store.read(key, never()), () => swap(store, null, 'value')]) {
      expect(await refusal(work)).toMatchObject({ code: 'LATCHKEY_STORE_UNSAFE' })
    }
    expect(await readdir(elsewhere)).toEqual([])
  })

  it.each(['a link', 'a directory'])('does not follow %s that stands in the place of a version', async (what) => {
    const directory = await newDirectory()
    const elsewhere = join(await newDirectory(), 'secret')
    await writeFile(elsewhere, 'not ours')
    const store = storeOn(directory)
    const etag = await put(store, null, 'value')
    const path = join(folderPath(directory, key), '0000000000000002')
    await (what === 'a link' ? symlink(elsewhere, path) : mkdir(path))
    for (const work of [() => store.read(key, never()), () => swap(store, etag, 'next')]) {
      expect(await refusal(work)).toMatchObject({ code: 'LATCHKEY_STORE_UNSAFE' })
    }
    expect(await readFile(elsewhere, 'utf8')).toBe('not ours')
  })
})

describe('a path', () => {
  it('may lead through a link to a directory of one’s own', async () => {
    const folder = await newDirectory()
    const link = join(folder, 'link')
    await mkdir(join(folder, 'tokens'), { mode: 0o700 })
    await symlink(join(folder, 'tokens'), link)
    await put(fileStore({ directory: link, sync: false }), null, 'value')
    expect(await names(join(folder, 'tokens'))).toHaveLength(1)
  })

  it.each([
    ['a link that leads nowhere', 'nowhere', 'leads nowhere'],
    ['a link to itself', 'link', 'look at each part of its path'],
    ['something below a file', 'file/tokens', 'look at each part of its path'],
    ['a name that is too long', 'x'.repeat(300), 'look at each part of its path'],
  ])('that is %s is reported, with what to do', async (what, target, advice) => {
    const folder = await newDirectory()
    const path = join(folder, what.startsWith('a link') ? 'link' : target)
    await (what.startsWith('a link') ? symlink(join(folder, target), path) : writeFile(join(folder, 'file'), ''))
    const error = await refusal(() => fileStore({ directory: path, sync: false }).read(key, never()))
    expect(error).toMatchObject({ code: 'LATCHKEY_STORE_UNAVAILABLE' })
    expect(error.message).toContain(advice)
  })
})

describe('a file system without hard links', () => {
  it.each(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EXDEV'])(
    'is reported at the first operation (%s)',
    async (code) => {
      const directory = await newDirectory()
      const fs = gatedFileSystem((call, make) => (call.name === 'link' ? Promise.reject(systemError(code)) : make()))
      const store = storeOn(directory, fs)
      for (const work of [() => store.read(key, never()), () => swap(store, null, 'value')]) {
        const error = await refusal(work)
        expect(error.code).toBe('LATCHKEY_STORE_UNSUPPORTED')
        expect(error.message).toContain(directory)
        expect(error.message).toContain('hard links')
      }
      expect(await readdir(directory)).toEqual(['clock'])
    },
  )

  it('is reported by a swap too, should only a key’s folder lie on one', async () => {
    const directory = await newDirectory()
    const fs = gatedFileSystem((call, make) =>
      call.name === 'link' && !call.path.endsWith('.probe') ? Promise.reject(systemError('EXDEV')) : make(),
    )
    expect(await refusal(() => swap(storeOn(directory, fs), null, 'value'))).toMatchObject({
      code: 'LATCHKEY_STORE_UNSUPPORTED',
    })
    expect(await names(directory)).toEqual([])
  })

  it('is looked for once per store', async () => {
    let probes = 0
    const fs = gatedFileSystem((call, make) => {
      if (call.path.endsWith('.probe') && call.name === 'link') probes += 1
      return make()
    })
    const store = storeOn(await newDirectory(), fs)
    await Promise.all([store.read(key, never()), store.read(key, never()), swap(store, null, 'value')])
    await store.read(key, never())
    expect(probes).toBe(1)
  })
})

it('makes the directory anew when it was removed while in use', async () => {
  const directory = join(await newDirectory(), 'tokens')
  const store = storeOn(directory)
  const old = await put(store, null, 'old')
  await rm(directory, { recursive: true })
  expect(await store.read(key, never())).toMatchObject({ etag: null, value: null })
  await rm(directory, { recursive: true })
  expect(await swap(store, old, 'revenant')).toMatchObject({ kind: 'conflict', reading: { etag: null } })
  await rm(directory, { recursive: true })
  await put(store, null, 'new')
  expect(await modeOf(directory)).toBe('700')
})
