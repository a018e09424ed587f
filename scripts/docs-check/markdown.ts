/**
 * The little of Markdown that the checks of documents need: fenced blocks, and the text between them.
 *
 * @module
 */

/** One fenced block. */
export interface CodeBlock {
  readonly language: string
  readonly text: string
  /** Of the first line inside, counted from 1. */
  readonly line: number
  /** The file named by `<!-- from FILE -->` on the nearest line with text before the block. */
  readonly from: string | undefined
}

/** All fenced blocks of a document, in order. */
export function codeBlocks(markdown: string): CodeBlock[] {
  const blocks: CodeBlock[] = []
  let open: { language: string; line: number; from: string | undefined; lines: string[] } | undefined
  let lastText = ''
  markdown.split('\n').forEach((line, index) => {
    const fence = /^\s*```\s*([\w-]*)/.exec(line)
    if (open !== undefined && fence) {
      blocks.push({ ...open, text: open.lines.join('\n') })
      open = undefined
    } else if (open !== undefined) {
      open.lines.push(line)
    } else if (fence) {
      const from = /<!--\s*from\s+(\S+)\s*-->/.exec(lastText)?.[1]
      open = { language: fence[1] ?? '', line: index + 2, from, lines: [] }
    }
    if (open === undefined && line.trim() !== '') lastText = line
  })
  return blocks
}

/** The document with its blocks and inline code blanked out; lines keep their numbers. */
export function prose(markdown: string): string[] {
  let inside = false
  return markdown.split('\n').map((line) => {
    const fence = /^\s*```/.test(line)
    if (fence) inside = !inside
    return fence || inside ? '' : line.replace(/`[^`]*`/g, '')
  })
}
