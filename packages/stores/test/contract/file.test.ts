import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'vitest'
import { storeContract } from '@latchkey/testkit'
import { fileStore } from '@latchkey/stores/file'
import { folderPath } from '../../src/file/folder.ts'

for (const sync of [true, false]) {
  storeContract({
    name: sync ? 'file' : 'file without sync',
    runner: { describe, it },
    create: async () => {
      const directory = await mkdtemp(join(tmpdir(), 'latchkey-store-'))
      return {
        store: fileStore({ directory, sync }),
        second: () => fileStore({ directory, sync }),
        drop: (key) => rm(folderPath(directory, key), { recursive: true }),
        close: () => rm(directory, { recursive: true, force: true }),
      }
    },
  })
}
