/** The README says what the code does: its example is compiled, and its table has every code. STYLE sections 1 and 13. @module */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { errorCodes } from '@latchkey/core'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')
const readme = read('../../README.md')

describe('the README', () => {
  it('shows the example that is compiled beside this test', () => {
    const [, example] = /```ts\n([\s\S]*?)```/.exec(readme) ?? []
    expect(example).toBe(read('readme-example.ts'))
  })

  it('has one row for each code, with what the table of codes says about trying again', () => {
    const rows = [...readme.matchAll(/^\| `(LATCHKEY_\w+)` *\| (yes|no) *\|/gm)].map(([, code, again]) => [code, again])
    expect(rows).toEqual(Object.entries(errorCodes).map(([code, { retryable }]) => [code, retryable ? 'yes' : 'no']))
  })

  it('has its sections in one order', () => {
    const titles = [...readme.matchAll(/^## (.+)$/gm)].map(([, title]) => title)
    expect(titles).toEqual(['Install', 'Example', 'Options', 'Errors', 'Guarantees', 'Limits', 'Sources'])
  })

  it('names every option of createTokenSource', () => {
    const options = [
      'grant',
      'key',
      'keyLabel',
      'keepWarm',
      'store',
      'ring',
      'plaintext',
      'clock',
      'random',
      'observer',
      'fetch',
    ]
    const more = ['refusalBudget', 'storeTrouble', 'prefix', 'idleMs', 'maxKeys']
    const table = readme.slice(readme.indexOf('## Options'), readme.indexOf('## Errors'))
    for (const name of [...options, ...more]) expect(table).toMatch(new RegExp(`^\\|.*\`${name}\``, 'm'))
  })
})
