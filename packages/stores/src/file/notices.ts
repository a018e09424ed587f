/**
 * Tells watchers that a key's folder changed, as far as the machine says so. A hint (engine.md 9.4): whatever goes
 * wrong here means no notice, and a change made on another host gives none.
 *
 * @see engine.md section 9.4
 * @module
 */
import { watch } from 'node:fs'
import type { FSWatcher } from 'node:fs'
import { basename } from 'node:path'
import type { Unwatch } from '@latchkey/core'

export interface Notices {
  /** One watcher of the system per folder, however many watch it; it keeps no process running. */
  watch(folder: string, changed: () => void): Unwatch
  /** The folder may have been made, or made anew: watches it, if anybody wants that and nothing does yet. */
  arm(folder: string): void
}

export function createNotices(): Notices {
  const watched = new Map<string, { readonly callbacks: Set<() => void>; watcher?: FSWatcher | undefined }>()

  function arm(folder: string): void {
    const entry = watched.get(folder)
    if (!entry || entry.watcher) return
    const disarm = (): void => {
      watcher.close()
      if (entry.watcher === watcher) entry.watcher = undefined
    }
    let watcher: FSWatcher
    try {
      watcher = watch(folder, { persistent: false })
    } catch {
      return // There is no such folder yet, or the system watches no more files.
    }
    entry.watcher = watcher
    watcher.on('error', disarm)
    watcher.on('change', (_, name) => {
      if (typeof name === 'string' && name.endsWith('.tmp')) return // Not yet a version.
      if (name === basename(folder)) disarm() // The folder itself was removed.
      for (const changed of [...entry.callbacks]) if (entry.callbacks.has(changed)) changed()
    })
  }

  return {
    arm,
    watch(folder, changed) {
      const entry = watched.get(folder) ?? { callbacks: new Set() }
      const callback = (): void => changed() // The same function may watch twice.
      entry.callbacks.add(callback)
      watched.set(folder, entry)
      arm(folder)
      return () => {
        if (!entry.callbacks.delete(callback) || entry.callbacks.size > 0) return
        entry.watcher?.close()
        watched.delete(folder)
      }
    },
  }
}
