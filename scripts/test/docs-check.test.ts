/**
 * Shows the checks of documents a document with one mistake of each kind: a check that never fired proves nothing.
 *
 * @module
 */
import { describe, expect, it } from 'vitest'
import { brokenLinks } from '../docs-check/links.ts'
import { machineName } from '../docs-check/machine-names.ts'
import { unknownScripts } from '../docs-check/npm-scripts.ts'
import { brokenPrograms } from '../docs-check/programs.ts'

const planted = 'scripts/docs-check/fixtures/broken.md'

describe('the checks of documents', () => {
  it('report links to files and headings that do not exist, and no others', () => {
    expect(brokenLinks([planted], new Set([planted]))).toEqual([
      `${planted}:3 leads nowhere: nowhere.md`,
      `${planted}:3 leads nowhere: broken.md#no-such-heading`,
    ])
  })

  it('report npm scripts that do not exist, and no others', () => {
    expect(unknownScripts([planted])).toEqual([`${planted}:7 names an unknown npm script: no-such-script`])
  })

  it('report programs that do not compile, but not what the reader brings', () => {
    const problems = brokenPrograms([planted], [planted])

    expect(problems).toHaveLength(3)
    expect(problems[0]).toBe(`${planted}:24 is taken from examples/no-such-example.ts, which does not exist`)
    expect(problems[1]).toMatch(/^scripts\/docs-check\/fixtures\/broken\.md:12 does not compile: .*noSuchName/)
    expect(problems[2]).toMatch(/^scripts\/docs-check\/fixtures\/broken\.md:12 does not compile: [\s\S]*noSuchOption/)
  }, 60_000)

  // In pieces, so that this file names no machine itself.
  it.each([
    [['see /ho', 'me/someone/notes'].join(''), false, 'a path of one machine'],
    [['"/ro', 'ot/.npmrc"'].join(''), false, 'a path of one machine'],
    [['https://regi', 'stry.example.com/x'].join(''), false, 'a package registry'],
    ['asks packages.example.com for it', false, 'a package registry'],
    ['      "resolved": "https://files.example.com/zod.tgz",', true, 'a package registry'],
    ['      "resolved": "packages/core",', true, undefined],
    ['GET /v1/home/page and the root of the tree', false, undefined],
  ])('%j (lock file: %s) names %s', (line, lock, what) => {
    expect(machineName(line, 'packages.example.com', lock)).toBe(what)
  })
})
