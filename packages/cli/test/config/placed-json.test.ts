import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { excerpt } from '../../src/config/excerpt.ts'
import { JsonMistake, parsePlacedJson } from '../../src/config/placed-json.ts'

const mistakeIn = (text: string): JsonMistake => {
  try {
    parsePlacedJson(text)
  } catch (error) {
    if (error instanceof JsonMistake) return error
  }
  throw new Error(`No mistake was found in ${text}`)
}

describe('a JSON text with places', () => {
  it('gives what the platform gives, for any JSON', () => {
    fc.assert(
      fc.property(fc.json({ depthSize: 'small', maxDepth: 5 }), fc.boolean(), (json, pretty) => {
        const text = pretty ? JSON.stringify(JSON.parse(json), null, 2) : json
        expect(JSON.stringify(parsePlacedJson(text).value)).toBe(JSON.stringify(JSON.parse(text)))
      }),
    )
  })

  it('refuses what the platform refuses, and never throws anything else', () => {
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 3 }),
        fc.nat(),
        fc.constantFrom('', ',', '"', '}', ']', ':', 'x', '\\'),
        (json, at, put) => {
          const text = json.slice(0, at % json.length) + put + json.slice((at % json.length) + 1)
          let valid = true
          try {
            JSON.parse(text)
          } catch {
            valid = false
          }
          let mistake: unknown
          try {
            parsePlacedJson(text)
          } catch (error) {
            mistake = error
          }
          if (mistake !== undefined) expect(mistake).toBeInstanceOf(JsonMistake)
          // A name that stands twice is a mistake here alone.
          if (!valid || !String(mistake).includes('twice')) expect(mistake === undefined).toBe(valid)
        },
      ),
    )
  })

  it('says where names and elements stand, and for what is missing where the nearest thing around it stands', () => {
    const { placeOf } = parsePlacedJson('\uFEFF{\r\n  "a": {\n    "b": [10,\n      20]\n  }\n}')
    expect(placeOf([])).toEqual({ line: 1, column: 1 })
    expect(placeOf(['a'])).toEqual({ line: 2, column: 3 })
    expect(placeOf(['a', 'b', 1])).toEqual({ line: 4, column: 7 })
    expect(placeOf(['a', 'c', 'd'])).toEqual({ line: 2, column: 3 })
  })

  it('takes the names of built-in members for names like any other', () => {
    const { value } = parsePlacedJson('{"__proto__": 1, "constructor": 2}')
    expect(Object.entries(value as object)).toEqual([
      ['__proto__', 1],
      ['constructor', 2],
    ])
  })

  it.each([
    ['', 1, 1, 'it ends too early'],
    ['{', 1, 2, 'it ends too early'],
    ['{"a": 1', 1, 8, 'a comma or } is missing'],
    ['{"a": 1\n "b": 2}', 2, 2, 'a comma or } is expected'],
    ['{"a": 1,\n}', 1, 8, 'no comma before }'],
    ['[1, ]', 1, 3, 'no comma before ]'],
    ['{"a": }', 1, 7, 'a value is expected'],
    ['{"a" 1}', 1, 6, 'a colon is expected'],
    ['{a: 1}', 1, 2, 'a name in double quotes is expected'],
    ["{'a': 1}", 1, 2, 'a name stands in double quotes'],
    ['{"a": \'x\'}', 1, 7, 'text stands in double quotes'],
    ['// hello\n{}', 1, 1, 'no comments'],
    ['{"a": "x}\n', 1, 7, 'closing double quote'],
    ['{"a": "\\x"}', 1, 7, 'a backslash'],
    ['{"a": 01}', 1, 7, 'a value is expected'],
    ['{"a": truely}', 1, 7, 'a value is expected'],
    ['{"a": 1}}', 1, 9, 'nothing more is expected'],
    ['{"a": 1, "a": 2}', 1, 10, 'stands twice'],
    [`${'['.repeat(33)}${']'.repeat(33)}`, 1, 33, 'deeper than 32'],
  ])('finds the mistake in %j at line %i, column %i: %s', (text, line, column, message) => {
    const mistake = mistakeIn(text)
    expect([mistake.place, mistake.message]).toEqual([{ line, column }, expect.stringContaining(message)])
  })

  it('reads 32 levels', () => {
    const text = `${'['.repeat(32)}${']'.repeat(32)}`
    expect(JSON.stringify(parsePlacedJson(text).value)).toBe(text)
  })
})

describe('an excerpt', () => {
  const known = new Set(['consumerSecret', 'profiles'])

  it('shows the line with a caret below the mistake, and no word but the names of the format', () => {
    const text = '{\n\t"consumerSecret": "hunter2", "other": consumerSecret\n}'
    expect(excerpt(text, { line: 2, column: 2 }, known)).toBe('     "consumerSecret": "…", "…": …\n     ^')
    expect(excerpt(text, { line: 2, column: 31 }, known)).toBe(
      '     "consumerSecret": "…", "…": …\n                            ^',
    )
  })

  it('shows no value wherever the mistake is', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9]{6,40}$/), fc.integer({ min: 1, max: 80 }), (secret, column) => {
        const text = `{"profiles": {"x": {"consumerSecret": "${secret}" ${secret}, "${secret}`
        expect(excerpt(text, { line: 1, column }, known)).not.toContain(secret)
      }),
    )
  })

  it('is not wide, however long the line is', () => {
    const text = `{${'"a":1,'.repeat(10_000)}`
    for (const line of excerpt(text, { line: 1, column: 30_000 }, known).split('\n')) {
      expect(line.length).toBeLessThan(130)
    }
  })
})
