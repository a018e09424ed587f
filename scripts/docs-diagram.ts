/**
 * Draws the packages and the arrows between them into `docs/architecture.md`, from the imports that are really there:
 * a diagram drawn by hand is wrong after the next refactoring. `--check` compares and writes nothing.
 *
 * @module
 */
import { bringUpToDate } from './generated-file.ts'
import { readImports } from './import-rules/cruise.ts'
import { publishedPackages, readText } from './workspace.ts'

const path = 'docs/architecture.md'
const [begin, end] = ['<!-- diagram: begin (npm run docs:diagram) -->', '<!-- diagram: end -->']

const packages = publishedPackages().map(({ folder }) => folder)
const { modules } = await readImports(packages.map((folder) => `packages/${folder}/src`))
const arrows = new Set<string>()
for (const { source, dependencies } of modules) {
  for (const { resolved } of dependencies) {
    const [from, to] = [packageOf(source), packageOf(resolved)]
    if (from !== undefined && to !== undefined && from !== to) arrows.add(`  ${from} --> ${to}`)
  }
}

const diagram = [
  '```mermaid',
  'flowchart TD',
  ...packages.map((folder) => `  ${folder}["${folder}"]`),
  ...[...arrows].sort(),
  '```',
]
const text = readText(path)
const [from, to] = [text.indexOf(begin), text.indexOf(end)]
if (from < 0 || to < from) throw new Error(`${path} has no "${begin}" and "${end}".`)
const drawn = `${text.slice(0, from)}${begin}\n\n${diagram.join('\n')}\n\n${text.slice(to)}`
bringUpToDate(path, drawn, 'npm run docs:diagram')

function packageOf(file: string): string | undefined {
  return /^packages\/([^/]+)\//.exec(file)?.[1]
}
