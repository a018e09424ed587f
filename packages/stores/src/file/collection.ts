/**
 * Removes what no longer counts: versions that are old *and* far behind, and temporary files that a crash left behind.
 * Lowest number first, so that a number becomes free only after all below it; `driver.ts` relies on that. A failure
 * ends the round and nothing else: the next swap goes on.
 *
 * @see engine.md section 9, docs/decisions/0010-versions-instead-of-a-lock-file.md
 * @module
 */
import type { FileSystem } from './file-system.ts'
import { numbersAmong, versionPath } from './folder.ts'
import { isMissing } from './trouble.ts'

/** The versions that are far enough behind, lowest first, if at least the lowest is old enough as well. */
export async function collectableVersions(
  fs: FileSystem,
  folder: string,
  names: readonly string[],
  stamp: number,
): Promise<string[]> {
  const numbers = numbersAmong(names)
  const newest = numbers.at(-1) ?? 0
  const [lowest, ...others] = numbers
    .filter((number) => number < newest - behindMin)
    .slice(0, perSwapMax)
    .map((number) => versionPath(folder, number))
  if (lowest === undefined) return []
  return (await isOld(fs, lowest, stamp).catch(() => false)) ? [lowest, ...others] : []
}

/** Removes versions in this order, up to the first that is young or will not go. */
export async function collectVersions(fs: FileSystem, paths: readonly string[], stamp: number): Promise<void> {
  for (const path of paths) if (!(await removeOld(fs, path, stamp))) return
}

/** Removes temporary files that a crash left behind; those of writers at work are young, and stay. */
export async function collectDrafts(fs: FileSystem, paths: readonly string[], stamp: number): Promise<void> {
  for (const path of paths.slice(0, perSwapMax)) await removeOld(fs, path, stamp)
}

/** A version that has at most so many above it stays, however old. */
const behindMin = 16
/** A file at most this old stays, however many are above it. */
const youngMs = 600_000
const perSwapMax = 64 // A swap has a deadline.

async function isOld(fs: FileSystem, path: string, stamp: number): Promise<boolean> {
  return stamp - (await fs.lstat(path)).mtimeMs > youngMs
}

/** Answers whether it is gone. */
async function removeOld(fs: FileSystem, path: string, stamp: number): Promise<boolean> {
  try {
    // Looked at just before: were the folder removed and made anew, its files would be young.
    if (!(await isOld(fs, path, stamp))) return false
    await fs.unlink(path)
    return true
  } catch (error) {
    return isMissing(error)
  }
}
