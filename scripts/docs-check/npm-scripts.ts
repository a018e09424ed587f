/**
 * Finds `npm run NAME` in documents where no such script exists.
 *
 * @module
 */
import { readText } from '../workspace.ts'

/** One line per unknown script. `npm test` counts as the script `test`. */
export function unknownScripts(documents: readonly string[]): string[] {
  // Our own file.
  const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> }
  return documents.flatMap((name) =>
    readText(name)
      .split('\n')
      .flatMap((line, index) =>
        [...line.matchAll(/\bnpm (?:run (?:--silent )?([\w:-]+)|(test)\b)/g)]
          .map((match) => match[1] ?? match[2] ?? '')
          .filter((script) => scripts[script] === undefined)
          .map((script) => `${name}:${index + 1} names an unknown npm script: ${script}`),
      ),
  )
}
