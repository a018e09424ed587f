/**
 * Where things lie in the repository, seen from the compiled benchmarks.
 *
 * @module
 */
import { fileURLToPath } from 'node:url'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export const repositoryDirectory = at('../../../')
export const packagesDirectory = at('../../../packages/')
export const peersDirectory = at('../../peers/')
/** Among compiled files, which the repository does not keep. */
export const resultsDirectory = at('../results/')
export const documentPath = at('../../../docs/benchmarks.md')
