/**
 * The compiler, set up as `tsconfig.check.json` says: packages are read from their sources, nothing is built.
 *
 * @module
 */
import { join } from 'node:path'
import ts from 'typescript'
import { root } from './workspace.ts'

/** The options of `tsconfig.check.json`. */
export function checkOptions(): ts.CompilerOptions {
  const path = join(root, 'tsconfig.check.json')
  const fail = (problem: ts.Diagnostic): never => {
    throw new Error(describeDiagnostics([problem]).join('\n'))
  }
  const parsed = ts.getParsedCommandLineOfConfigFile(path, {}, { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail })
  if (parsed === undefined) throw new Error(`${path} cannot be read.`)
  const { incremental: _, tsBuildInfoFile: __, ...options } = parsed.options
  return options
}

/** One line per diagnostic: file, line, message. */
export function describeDiagnostics(diagnostics: readonly ts.Diagnostic[]): string[] {
  return diagnostics.map(({ file, start, messageText }) => {
    const text = ts.flattenDiagnosticMessageText(messageText, '\n  ')
    if (file === undefined) return text
    const { line } = file.getLineAndCharacterOfPosition(start ?? 0)
    return `${file.fileName.replace(`${root}/`, '')}:${line + 1} ${text}`
  })
}
