/**
 * Schemas of OpenAPI 3.0 as checks, and stricter than the document: an object has no properties but those that are
 * named, although most documents leave that open. Throws at a keyword that it does not know, so that no rule is passed
 * over.
 *
 * @see https://spec.openapis.org/oas/v3.0.4.html#schema-object
 * @module
 */
import { Ajv } from 'ajv'
import type { ValidateFunction } from 'ajv'
import formats from 'ajv-formats'

export type Json = Readonly<Record<string, unknown>>

/** Answers with what is wrong with a value, as sentences that begin with `what`. They never quote the value. */
export type Check = (value: unknown, what: string) => readonly string[]

export interface Schemas {
  check(schema: unknown): Check
  /** The JSON type behind references. */
  typeOf(schema: unknown): string
}

export function schemasOf(document: Json): Schemas {
  const named = objectOf(objectOf(document['components'])['schemas'])
  const ajv = new Ajv({ allErrors: true, strictTypes: false, unicodeRegExp: false })
  formats.default(ajv)
  ajv.addKeyword('components') // Where references lead; it says nothing about a value.
  ajv.addSchema({ components: { schemas: properties(named) } }, home)
  return {
    check(schema) {
      const rules = strict(objectOf(schema))
      let compiled: ValidateFunction | undefined // Few of a large document are ever asked.
      return (value, what) => {
        const validate = (compiled ??= ajv.compile(rules))
        if (validate(value)) return []
        return (validate.errors ?? []).map(({ instancePath, message = 'is wrong', params }) => {
          const { additionalProperty: name = '' } = params as { additionalProperty?: string } // Of the one rule that has it.
          return `${what} ${instancePath} ${message} ${name}`.replaceAll(/ +/g, ' ').trim()
        })
      }
    },
    typeOf: (schema) => typeBehind(named, objectOf(schema)),
  }
}

export function objectOf(value: unknown): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json // As it says.
  throw new Error('The document has something else where an object belongs.')
}

// The document's name among the schemas, which are compiled once, whoever refers to them.
const home = 'document'
const kept = new Set([
  ...['type', 'format', 'pattern', 'enum', 'required', 'minLength', 'maxLength', 'minItems', 'maxItems'],
  ...['minimum', 'maximum', 'uniqueItems'],
])
// Not about the value, or true of it anyway.
const passedOver = new Set(['title', 'description', 'example', 'default', 'deprecated', 'readOnly'])

function strict({ nullable, ...rest }: Json): Json {
  const result: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(rest)) {
    if (kept.has(name)) result[name] = value
    else if (name === '$ref') result[name] = `${home}${String(value)}`
    else if (name === 'items') result[name] = strict(objectOf(value))
    else if (name === 'properties') result[name] = properties(objectOf(value))
    else if (name === 'additionalProperties') result[name] = value === false ? value : strict(objectOf(value))
    else if (name === 'allOf') result[name] = [strict(onlyMember(value))]
    else if (name === 'exclusiveMinimum') result[name] = rest['minimum']
    else if (!passedOver.has(name))
      throw new Error(`The document has a schema with "${name}", which is not known here.`)
  }
  if ('properties' in result && !('additionalProperties' in result)) result['additionalProperties'] = false
  return nullable === true ? { anyOf: [result, { type: 'null' }] } : result
}

function properties(schemas: Json): Json {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, strict(objectOf(schema))]))
}

// One member is how a reference gets a description. Of several, each would refuse the properties of the others.
function onlyMember(value: unknown): Json {
  if (Array.isArray(value) && value.length === 1) return objectOf(value[0])
  throw new Error('The document has an allOf of several schemas, which is not known here.')
}

function typeBehind(named: Json, schema: Json): string {
  const { $ref, allOf, type } = schema
  if (typeof $ref === 'string') return typeBehind(named, objectOf(named[$ref.split('/').at(-1) ?? '']))
  if (allOf !== undefined) return typeBehind(named, onlyMember(allOf))
  return String(type)
}
