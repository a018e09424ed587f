/**
 * Reads JSON and remembers where each value stands, so that a mistake in a configuration file is told with its line.
 * The platform's parser tells neither the place of a value nor, for a short text, that of a mistake, and it quotes the
 * text in its messages.
 *
 * Source: RFC 8259. Stricter in two ways: no name twice in an object, and no deeper than 32 levels.
 * @module
 */

/** From 1. A column counts UTF-16 units, as editors do. */
export interface Place {
  readonly line: number
  readonly column: number
}

export type Path = readonly PropertyKey[]

export interface PlacedJson {
  readonly value: unknown
  /** True where something stands at this path. */
  holds(path: Path): boolean
  /** Where a member's name or an element stands; for what is not there, where the nearest thing around it stands. */
  placeOf(path: Path): Place
}

/** Not JSON. The message says what is wrong, and shows nothing of the text. */
export class JsonMistake extends Error {
  readonly place: Place
  constructor(message: string, place: Place) {
    super(message)
    this.place = place
  }
}

const depthMax = 32

/** @throws {JsonMistake} */
export function parsePlacedJson(text: string): PlacedJson {
  const offsets = new Map<string, number>()
  let at = text.startsWith('\uFEFF') ? 1 : 0

  const fail = (message: string, offset = at): never => {
    throw new JsonMistake(message, placeAt(text, offset))
  }
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at // All of them are sticky.
    const found = pattern.exec(text)?.[0]
    at += found?.length ?? 0
    return found
  }
  const next = (): string => {
    match(/[ \t\n\r]*/y)
    return text.charAt(at)
  }

  function value(path: Path): unknown {
    const first = next()
    if (path.length >= depthMax && (first === '{' || first === '[')) fail(`it is nested deeper than ${depthMax} levels`)
    if (!offsets.has(nameOf(path))) offsets.set(nameOf(path), at)
    if (first === '{') return object(path)
    if (first === '[') return array(path)
    if (first === '"') return string()
    const word = match(/(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y)
    if (word !== undefined) return JSON.parse(word)
    if (first === '') return fail('it ends too early')
    if (first === "'") return fail('text stands in double quotes')
    if (first === '/' || first === '#') return fail('JSON has no comments')
    return fail('a value is expected here: text in double quotes, a number, true, false, null, { or [')
  }

  function object(path: Path): unknown {
    // Without a prototype, so that `__proto__` is a name like any other.
    const members = Object.create(null) as Record<string, unknown>
    list('}', 'a name in double quotes', (first) => {
      const start = at
      if (first !== '"') fail(first === "'" ? 'a name stands in double quotes' : 'a name in double quotes is expected')
      const name = string()
      if (name in members) fail('this name stands twice in its object', start)
      if (next() !== ':') fail('a colon is expected after the name')
      at += 1
      offsets.set(nameOf([...path, name]), start)
      members[name] = value([...path, name])
    })
    return members
  }

  function array(path: Path): unknown {
    const elements: unknown[] = []
    list(']', 'a value', () => elements.push(value([...path, elements.length])))
    return elements
  }

  function list(end: '}' | ']', what: string, item: (first: string) => void): void {
    at += 1
    let first = next()
    while (first !== end) {
      if (first === '') fail(`it ends too early: ${end} is missing`)
      item(first)
      first = next()
      if (first === end) break
      if (first === '') fail(`it ends too early: a comma or ${end} is missing`)
      if (first !== ',') fail(`a comma or ${end} is expected here`)
      const comma = at
      at += 1
      first = next()
      if (first === end) fail(`after this comma ${what} is expected; JSON has no comma before ${end}`, comma)
    }
    at += 1
  }

  function string(): string {
    const start = at
    for (at += 1; at < text.length; at += 1) {
      const char = text.charAt(at)
      if (char < ' ') break
      if (char === '\\') at += 1 // What follows is checked below.
      if (char !== '"') continue
      at += 1
      try {
        return JSON.parse(text.slice(start, at)) as string // It is one text.
      } catch {
        return fail('a backslash begins an escape that JSON does not know; a backslash itself is written twice', start)
      }
    }
    return fail('the closing double quote of this text is missing on its line', start)
  }

  const found = value([])
  if (next() !== '') fail('nothing more is expected after the end of the object')
  return {
    value: found,
    holds: (path) => offsets.has(nameOf(path)),
    placeOf(path) {
      for (let length = path.length; length > 0; length -= 1) {
        const offset = offsets.get(nameOf(path.slice(0, length)))
        if (offset !== undefined) return placeAt(text, offset)
      }
      return placeAt(text, offsets.get(nameOf([])) ?? 0)
    },
  }
}

function nameOf(path: Path): string {
  return JSON.stringify(path.map(String))
}

function placeAt(text: string, offset: number): Place {
  const before = text.slice(text.startsWith('\uFEFF') ? 1 : 0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: before.length - lineStart + 1 }
}
