/**
 * Puts tables and charts into the documents: `docs/scale/*.svg` whole, `docs/scale.md` between its markers.
 *
 * @module
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { charts } from './charts.ts'
import { documentText, tables } from './report.ts'
import type { Result } from './simulate.ts'

const documents = fileURLToPath(new URL('../../../docs/', import.meta.url))
const [begin, end] = ['<!-- scale: begin (npm run scale -- --write) -->', '<!-- scale: end -->']

/** Answers the paths that it wrote. */
export async function writeCharts(results: readonly Result[]): Promise<string[]> {
  const folder = `${documents}scale/`
  await mkdir(folder, { recursive: true })
  const files = [...charts(results)].map(([name, text]) => ({ path: folder + name, text }))
  await Promise.all(files.map(({ path, text }) => writeFile(path, text)))
  return files.map(({ path }) => path)
}

/** Replaces what is between the markers, and answers the path. */
export async function writeDocument(results: readonly Result[]): Promise<string> {
  const path = `${documents}scale.md`
  const text = await readFile(path, 'utf8')
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`docs/scale.md has no "${begin}" and "${end}".`)
  const pictures = [...charts(results).keys()].map((name) => `![${name.replace('.svg', '')}](scale/${name})`)
  const parts = [begin, ...pictures, ...tables(results).map(documentText)]
  const whole = `${text.slice(0, from)}${parts.join('\n\n')}\n\n${text.slice(to)}`
  await writeFile(path, await format(whole, { ...(await resolveConfig(path)), parser: 'markdown' }))
  return path
}
