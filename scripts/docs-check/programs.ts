/**
 * Finds programs in documents that do not compile, or that differ from the example they name.
 *
 * A `ts` block that imports something is compiled. Names that begin with a small letter may come from the reader's own
 * program (`consumerKey`, `grant`); everything else, every option and every method must be real.
 * `<!-- from examples/x.ts -->` on the line before says where a block was taken from; then it must be found there, word
 * for word.
 *
 * @module
 */
import { join } from 'node:path'
import ts from 'typescript'
import { checkOptions, describeDiagnostics } from '../typescript-program.ts'
import { readText, root } from '../workspace.ts'
import { codeBlocks } from './markdown.ts'

/** One line per problem. */
export function brokenPrograms(documents: readonly string[], files: readonly string[]): string[] {
  const problems: string[] = []
  const programs = new Map<string, string>()
  const names = new Map<string, string>()
  for (const name of documents) {
    for (const { language, text, line, from } of codeBlocks(readText(name))) {
      const place = `${name}:${line}`
      if (from !== undefined) {
        if (!files.includes(from)) problems.push(`${place} is taken from ${from}, which does not exist`)
        else if (!readText(from).includes(text)) problems.push(`${place} differs from ${from}`)
      } else if (/^(ts|typescript)$/.test(language) && /^import\s/m.test(text)) {
        // Beside the examples, so that it finds the packages as they do.
        const file = join(root, 'examples', `document-${programs.size}.ts`)
        programs.set(file, text)
        names.set(file.replace(`${root}/`, ''), place)
      }
    }
  }
  return [...problems, ...compile(programs).map((problem) => located(problem, names))]
}

function compile(programs: ReadonlyMap<string, string>): string[] {
  if (programs.size === 0) return []
  const options: ts.CompilerOptions = { ...checkOptions(), noUnusedLocals: false }
  const host = ts.createCompilerHost(options)
  const [readFile, fileExists] = [host.readFile.bind(host), host.fileExists.bind(host)]
  host.readFile = (name) => programs.get(name) ?? readFile(name)
  host.fileExists = (name) => programs.has(name) || fileExists(name)
  const getSourceFile = host.getSourceFile.bind(host)
  host.getSourceFile = (name, version, ...rest) => {
    const text = programs.get(name)
    return text === undefined ? getSourceFile(name, version, ...rest) : ts.createSourceFile(name, text, version)
  }
  const program = ts.createProgram([...programs.keys()], options, host)
  return [...programs.keys()].flatMap((name) => {
    const file = program.getSourceFile(name)
    const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
    return describeDiagnostics(found.filter((each) => !readersOwn(each)))
  })
}

// "Cannot find name" and "No value exists in scope for the shorthand property".
function readersOwn({ code, messageText }: ts.Diagnostic): boolean {
  const text = ts.flattenDiagnosticMessageText(messageText, ' ')
  return code === 18004 || ([2304, 2552].includes(code) && /name '[a-z]/.test(text))
}

function located(problem: string, names: ReadonlyMap<string, string>): string {
  const [, file = '', rest = problem] = /^(\S+):\d+ ([\s\S]*)$/.exec(problem) ?? []
  return `${names.get(file) ?? file} does not compile: ${rest}`
}
