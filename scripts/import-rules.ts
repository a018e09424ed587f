/**
 * Checks every import in the repository against `.dependency-cruiser.mjs`, because the folders are the architecture
 * and a wrong arrow is easier to refuse today than to remove next year.
 *
 * @module
 */
import { everywhere, readImports } from './import-rules/cruise.ts'

const { summary } = await readImports(everywhere)
for (const { rule, from, to, cycle = [] } of summary.violations) {
  const path = cycle.length > 0 ? cycle.map(({ name }) => name) : [to]
  console.error(`${rule.name}: ${[from, ...path].join(' -> ')}`)
}
if (summary.totalCruised < 10) throw new Error(`Only ${summary.totalCruised} files were read; the paths are wrong.`)
console.log(`${summary.totalCruised} files, ${summary.totalDependenciesCruised ?? 0} imports`)
if (summary.violations.length > 0) process.exitCode = 1
