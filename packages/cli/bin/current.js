// Says whether the build is as new as the sources. In a clone they move on without it, with every `git pull`, and an old
// build would run. An installed package has no tsconfig.json: nothing is compared there.
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const home = fileURLToPath(new URL('..', import.meta.url))

/** @param {URL} built - What the build wrote. */
export function isCurrent(built) {
  const builtAt = changedAt(fileURLToPath(built))
  if (builtAt === 0 || !existsSync(join(home, 'tsconfig.json'))) return builtAt > 0
  const packages = join(home, '..')
  return readdirSync(packages)
    .map((name) => join(packages, name, 'src'))
    .filter((sources) => existsSync(sources))
    .every((sources) => newestIn(sources) <= builtAt)
}

/** A file that was removed or renamed is seen by its folder. */
function newestIn(folder) {
  const names = readdirSync(folder, { recursive: true })
  return Math.max(changedAt(folder), ...names.map((name) => changedAt(join(folder, name))))
}

function changedAt(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
