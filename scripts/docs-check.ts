/**
 * Checks documents like code: programs in READMEs compile or match the example they were taken from, links lead
 * somewhere, named npm scripts exist, and no file names a machine or a registry. Prints every problem, then fails.
 *
 * @module
 */
import { brokenLinks } from './docs-check/links.ts'
import { machineNames } from './docs-check/machine-names.ts'
import { unknownScripts } from './docs-check/npm-scripts.ts'
import { brokenPrograms } from './docs-check/programs.ts'
import { repositoryFiles } from './workspace.ts'

const files = repositoryFiles().filter((name) => !name.startsWith('scripts/docs-check/fixtures/'))
const documents = files.filter((name) => name.endsWith('.md') && !name.startsWith('docs/api-report/'))
const problems = [
  ...brokenLinks(documents, new Set(files)),
  ...unknownScripts(documents),
  ...machineNames(files),
  ...brokenPrograms(documents, files),
]
for (const problem of problems) console.error(problem)
console.log(`${documents.length} documents, ${files.length} files, ${problems.length} problems`)
if (problems.length > 0) process.exitCode = 1
