/**
 * The parameters of one operation: path, query and headers of a request, read as the document types them.
 *
 * @module
 */
import { objectOf } from './openapi-schema.ts'
import type { Check, Json, Schemas } from './openapi-schema.ts'

export interface Parameter {
  readonly name: string
  readonly place: 'path' | 'query' | 'header'
  readonly required: boolean
  readonly type: string
  /** Of the members, where the type is `array`. */
  readonly memberType: string
  readonly check: Check
}

export function parametersOf(row: Json, schemas: Schemas): readonly Parameter[] {
  const listed = Array.isArray(row['parameters']) ? row['parameters'].map(objectOf) : []
  return listed.map(({ name, in: place, required, schema }) => {
    if (place !== 'path' && place !== 'query' && place !== 'header') {
      throw new Error(`The document has a parameter in "${String(place)}", which is not known here.`)
    }
    const type = schemas.typeOf(schema)
    return {
      name: String(name),
      place,
      required: required === true,
      type,
      memberType: type === 'array' ? schemas.typeOf(objectOf(schema)['items']) : type,
      check: schemas.check(schema),
    }
  })
}

/** What is wrong with path, query and headers. Headers that no operation names are in `commonHeaders`. */
export function wrongParameters(
  parameters: readonly Parameter[],
  commonHeaders: readonly string[],
  given: { readonly path: Json; readonly query: URLSearchParams; readonly headers: Headers },
): readonly string[] {
  const { path, query, headers } = given
  const known = (place: Parameter['place'], name: string): boolean =>
    parameters.some((each) => each.place === place && each.name.toLowerCase() === name.toLowerCase())
  return [
    ...parameters.flatMap((each) => {
      if (each.place === 'query') return wrongValues(each, query.getAll(each.name))
      const value = each.place === 'path' ? path[each.name] : headers.get(each.name)
      return wrongValues(each, typeof value === 'string' ? [value] : [])
    }),
    ...[...new Set(query.keys())].filter((name) => !known('query', name)).map((name) => `query ${name} is unknown`),
    ...[...headers.keys()]
      .filter((name) => !known('header', name) && !commonHeaders.includes(name))
      .map((name) => `header ${name} is unknown`),
  ]
}

function wrongValues({ name, place, required, type, memberType, check }: Parameter, texts: readonly string[]) {
  const what = `${place} ${name}`
  if (texts.length === 0) return required ? [`${what} is missing`] : []
  const values = texts.map((text) => typed(text, memberType))
  if (type === 'array') return check(values, what)
  return values.length === 1 ? check(values[0], what) : [`${what} is there more than once`]
}

// What cannot be read stays text, which the check then refuses.
function typed(text: string, type: string): unknown {
  if (type === 'integer' || type === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text
  return text
}
