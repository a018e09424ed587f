/**
 * Breaks the lint rules that are ours, by path: where the clock, the console and the environment may be read, and that
 * every suppression has a reason. Rules that need types are the linter's own and not tested here.
 *
 * @module
 */
import { ESLint } from 'eslint'
import tseslint from 'typescript-eslint'
import { describe, expect, it } from 'vitest'
import { root } from '../workspace.ts'

const { rules = {} } = tseslint.configs.disableTypeChecked
const linter = new ESLint({
  cwd: root,
  // The parser is set up without a program, so that text which is in no project can be read.
  overrideConfig: [{ languageOptions: { parserOptions: { project: false } }, rules }],
})

async function rulesBrokenBy(text: string, filePath: string): Promise<(string | null)[]> {
  const [result] = await linter.lintText(text, { filePath })
  return (result?.messages ?? []).map(({ ruleId, message }) => ruleId ?? message)
}

describe('the lint rules', () => {
  it.each([
    ['packages/core/src/planted.ts', 'export const now = Date.now()\n', 'no-restricted-syntax'],
    ['packages/core/src/planted.ts', 'export const now = performance.now()\n', 'no-restricted-syntax'],
    ['packages/http/src/planted.ts', 'export const now = new Date()\n', 'no-restricted-syntax'],
    ['packages/daraja/src/planted.ts', 'export const key = process.env.KEY\n', 'no-restricted-syntax'],
    ['packages/core/src/clock.ts', 'export const key = process.env.KEY\n', 'no-restricted-syntax'],
    ['packages/core/src/planted.ts', 'export enum State { on }\n', 'no-restricted-syntax'],
    ['packages/core/test/planted.ts', 'export namespace Inner { export const a = 1 }\n', 'no-restricted-syntax'],
    ['packages/simulator/src/planted.ts', "console.log('on')\n", 'no-console'],
    ['packages/core/src/planted.ts', 'export const a: any = 1\n', '@typescript-eslint/no-explicit-any'],
    [
      'packages/core/src/planted.ts',
      '// eslint-disable-next-line no-console\nconsole.log(1)\n',
      'latchkey/suppression-reason',
    ],
  ])('in %s refuse %j', async (filePath, text, rule) => {
    expect(await rulesBrokenBy(text, filePath)).toContain(rule)
  })

  it.each([
    ['packages/core/src/clock.ts', 'export const now = Date.now()\n'],
    ['packages/core/src/planted.ts', 'export const then = new Date(0)\n'],
    ['packages/core/test/planted.ts', 'export const now = Date.now()\n'],
    ['packages/cli/src/planted.ts', 'console.log(process.env.PATH)\n'],
    ['packages/core/src/planted.ts', '// eslint-disable-next-line no-console -- The reason.\nconsole.log(1)\n'],
  ])('in %s allow %j', async (filePath, text) => {
    expect(await rulesBrokenBy(text, filePath)).toEqual([])
  })
})
