/**
 * Finds relative links that lead nowhere. Addresses on the web are not asked: the check works without network.
 *
 * @module
 */
import { posix } from 'node:path'
import { readText } from '../workspace.ts'
import { prose } from './markdown.ts'

/** One line per link to a file, folder or heading that does not exist. */
export function brokenLinks(documents: readonly string[], files: ReadonlySet<string>): string[] {
  return documents.flatMap((name) =>
    prose(readText(name)).flatMap((line, index) =>
      [...line.matchAll(/\]\(([^)\s]+)\)/g)]
        .map((match) => match[1] ?? '')
        .filter((target) => !leadsSomewhere(name, target, files))
        .map((target) => `${name}:${index + 1} leads nowhere: ${target}`),
    ),
  )
}

function leadsSomewhere(document: string, target: string, files: ReadonlySet<string>): boolean {
  if (/^[a-z][a-z+.-]*:/i.test(target)) return true
  const [path = '', heading] = target.split('#')
  const file = path === '' ? document : posix.normalize(posix.join(posix.dirname(document), path)).replace(/\/$/, '')
  const folder = [...files].some((each) => each.startsWith(`${file}/`))
  if (!files.has(file)) return folder && heading === undefined
  return heading === undefined || headings(file).has(heading)
}

// As GitHub makes them: lower case, spaces to hyphens, punctuation dropped.
function headings(file: string): Set<string> {
  const lines = readText(file).split('\n')
  const titles = lines.filter((line) => /^#+ /.test(line)).map((line) => line.replace(/^#+ /, '').toLowerCase())
  return new Set(titles.map((title) => title.replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-')))
}
