/**
 * Breaks every import rule on purpose: a rule that never fired may be looking at the wrong paths.
 *
 * @module
 */
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import config, { arrows } from '../../.dependency-cruiser.mjs'
import { readImports } from '../import-rules/cruise.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const plantedRoot = 'scripts/import-rules/fixtures'
const ruleNames = (config.forbidden ?? []).map(({ name }) => name ?? 'unnamed')
const folders = (path: string): string[] =>
  readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)

describe('the import rules', () => {
  it('have a row for every package and no other', () => {
    expect(Object.keys(arrows).sort()).toEqual(folders('packages').sort())
  })

  it('have a planted violation each, and nothing is planted for a rule that is gone', () => {
    expect(folders(plantedRoot).sort()).toEqual([...ruleNames].sort())
  })

  it.each(ruleNames)('%s fires on its violation and stays silent on what is allowed', async (name) => {
    const { modules, summary } = await readImports([`${plantedRoot}/${name}`], true)
    const planted = modules.map(({ source }) => source).filter((source) => source.startsWith(`${plantedRoot}/${name}/`))
    const violations = planted.filter((source) => basename(source).startsWith('violation'))

    expect(violations.length).toBeGreaterThan(0)
    expect(planted.some((source) => basename(source) === 'allowed.ts')).toBe(true)
    expect(new Set(summary.violations.map(({ from }) => from))).toEqual(new Set(violations))
    expect(new Set(summary.violations.map(({ rule }) => rule.name))).toEqual(new Set([name]))
  })
})
