/**
 * Compiles a user's program against the installed packages, strictly: without the DOM's types, and with every
 * declaration file checked.
 *
 * @module
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describeDiagnostics } from '../typescript-program.ts'

const resolutions = {
  nodenext: { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
  bundler: { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
} as const

/** One line per problem in the program, or in a declaration file of ours. */
export function typeProblems(
  project: string,
  resolution: keyof typeof resolutions,
  paths: readonly string[],
): readonly string[] {
  const everything = join(project, 'everything.ts')
  writeFileSync(everything, paths.map((path, index) => `export * as path${index} from '${path}'\n`).join(''))
  const program = ts.createProgram([join(project, 'consumer.ts'), everything], {
    ...resolutions[resolution],
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts'],
    types: ['node'],
    typeRoots: [join(project, 'node_modules/@types')],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
  })
  // A mistake in a declaration of somebody else's package is not ours to find here.
  const ours = program.getSourceFiles().filter(({ fileName }) => {
    const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(fileName) ?? []
    return name === undefined || name === 'latchkey' || name.startsWith('@latchkey/')
  })
  const found = ours.flatMap((file) => [
    ...program.getSyntacticDiagnostics(file),
    ...program.getSemanticDiagnostics(file),
  ])
  return describeDiagnostics([...program.getOptionsDiagnostics(), ...found]).map((line) =>
    line.replace(`${project}/`, ''),
  )
}
