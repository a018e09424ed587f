import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { folderPath } from '../../src/file/folder.ts'
import { age, key, newDirectory, put, putMany, storeOn, swap } from './bench.ts'
import { gatedFileSystem } from './gated-file-system.ts'

/** A file system that writes down what is done to files and names, in order. */
function traced() {
  const steps: string[] = []
  const fs = gatedFileSystem(async (call, make) => {
    const made = await make()
    const path = call.path.replace(/[0-9a-f]{32}\.tmp/, 'draft.tmp')
    if (['file.writeFile', 'file.sync', 'link', 'unlink', 'mkdir'].includes(call.name))
      steps.push(`${call.name} ${path}`)
    return made
  })
  return { fs, steps, clear: () => (steps.length = 0) }
}

it('syncs the file before it is linked, and every folder with a new name before it says durable (9.3)', async () => {
  const directory = join(await newDirectory(), 'deep', 'tokens')
  const folder = folderPath(directory, key)
  const { fs, steps, clear } = traced()
  const store = storeOn(directory, fs, true)
  expect(await swap(store, null, 'one')).toMatchObject({ kind: 'done', durable: true })
  const draft = join(folder, 'draft.tmp')
  expect(steps.slice(steps.indexOf(`mkdir ${folder}`))).toEqual([
    `mkdir ${folder}`,
    `file.writeFile ${draft}`,
    `file.writeFile ${draft}`,
    `file.sync ${draft}`,
    `link ${join(folder, '0000000000000001')}`,
    `file.sync ${folder}`,
    `file.sync ${directory}`,
    `file.sync ${dirname(directory)}`,
    `file.sync ${dirname(dirname(directory))}`,
    `unlink ${draft}`,
  ])

  clear()
  await put(store, (await store.read(key, new AbortController().signal)).etag, 'two')
  expect(steps.filter((step) => step.startsWith('file.sync'))).toEqual([`file.sync ${draft}`, `file.sync ${folder}`])
})

it('syncs the name of a folder that another process made and may not have synced', async () => {
  const directory = await newDirectory()
  const etag = await put(storeOn(directory), null, 'by a process that ended at once')
  const { fs, steps } = traced()
  await put(storeOn(directory, fs, true), etag, 'next')
  expect(steps).toContain(`file.sync ${directory}`)
})

it('syncs the file alone when nobody asks for durability, and says so', async () => {
  const directory = await newDirectory()
  const { fs, steps } = traced()
  expect(await swap(storeOn(directory, fs, true), null, 'one', { durable: false })).toMatchObject({ durable: false })
  expect(steps.filter((step) => step.startsWith('file.sync'))).toHaveLength(1)
})

it('syncs nothing, and promises nothing, without sync', async () => {
  const { fs, steps } = traced()
  expect(await swap(storeOn(await newDirectory(), fs, false), null, 'one')).toMatchObject({ durable: false })
  expect(steps.filter((step) => step.startsWith('file.sync'))).toEqual([])
})

it('removes older versions only after the names of those that replaced them are synced', async () => {
  const directory = await newDirectory()
  const etags = await putMany(storeOn(directory), 20)
  await age(directory)
  const { fs, steps } = traced()
  await put(storeOn(directory, fs, true), etags.at(-1)!, 'next', { durable: false })
  const folder = folderPath(directory, key)
  const removals = steps.flatMap((step, at) => (/^unlink .*\d{16}$/.test(step) ? [at] : []))
  expect(removals).toHaveLength(4)
  expect(steps.indexOf(`file.sync ${folder}`)).toBeGreaterThan(0)
  expect(steps.indexOf(`file.sync ${folder}`)).toBeLessThan(removals[0]!)
})
