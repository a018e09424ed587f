/**
 * Reads imports with the one file of rules. Apart, because the check, the test of the rules and the diagram read the
 * same imports in three ways.
 *
 * @module
 */
import { fileURLToPath } from 'node:url'
import { cruise } from 'dependency-cruiser'
import type { ICruiseOptions, ICruiseResult } from 'dependency-cruiser'
import config from '../../.dependency-cruiser.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Everything that the rules speak of, relative to the root. */
export const everywhere = ['packages', 'examples', 'e2e', 'bench/src', 'scripts']

/**
 * Cruises the given files and folders with all rules.
 *
 * @param planted - Reads the planted violations, which are excluded otherwise, and looks no further than they point.
 */
export async function readImports(paths: readonly string[], planted = false): Promise<ICruiseResult> {
  const { exclude, ...options } = config.options ?? {}
  const all: ICruiseOptions = {
    ...options,
    ...(exclude === undefined || planted ? {} : { exclude }),
    ...(planted ? { doNotFollow: { path: 'node_modules|(^|/)dist/|^packages/' } } : {}),
    baseDir: root,
    validate: true,
    ruleSet: { forbidden: config.forbidden ?? [] },
  }
  const { output } = await cruise([...paths], all)
  if (typeof output === 'string') throw new Error('The cruise answered with text instead of a result.')
  return output
}
