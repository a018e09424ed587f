/**
 * Reads the API's own description: its operations, their fields, and examples of their answers.
 *
 * @module
 */

/** What is read of a schema. */
export interface Schema {
  readonly $ref?: string
  readonly allOf?: readonly Schema[]
  readonly type?: string
  readonly format?: string
  readonly nullable?: boolean
  readonly enum?: readonly string[]
  readonly minLength?: number
  readonly minimum?: number
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
}

interface Described {
  readonly parameters?: readonly {
    readonly name: string
    readonly required?: boolean
  }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
  >
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

interface Fields {
  readonly fields: readonly string[]
  readonly required: readonly string[]
}

/** Which members an example has: all, the required ones, or `null` for what may be. */
export type Members = 'all' | 'required' | 'nulls'

/** Opens a description in JSON. */
export function openApi(text: string) {
  const document = JSON.parse(text) as Document // Read on trust: a test that meets another shape fails.
  const described = (method: string, path: string): Described => {
    const found = document.paths[path]?.[method.toLowerCase()]
    if (found === undefined) throw new Error(`The description has no ${method} ${path}.`)
    return found
  }

  const resolve = (schema: Schema): Schema => {
    const { $ref, allOf, ...own } = schema
    const target = $ref === undefined ? {} : resolve(document.components.schemas[$ref.split('/').at(-1) ?? ''] ?? {})
    return Object.assign({}, target, ...(allOf ?? []).map(resolve), own) as Schema
  }

  const bodyOf = (method: string, path: string): Schema => {
    const json = described(method, path).requestBody?.content['application/json']
    return json === undefined ? {} : resolve(json.schema)
  }

  const fieldsOf = ({ properties = {}, required = [] }: Schema): Fields => ({
    fields: Object.keys(properties),
    required,
  })

  const example = (schema: Schema, members: Members): unknown => {
    const { type, format, items, properties, enum: words, minLength = 1, minimum = 0, required = [] } = resolve(schema)
    if (properties !== undefined) {
      const shown = Object.entries(properties).filter(([name]) => members !== 'required' || required.includes(name))
      return Object.fromEntries(
        shown.map(([name, each]) => [
          name,
          members === 'nulls' && resolve(each).nullable === true ? null : example(each, members),
        ]),
      )
    }
    if (words !== undefined) return words[0]
    if (type === 'array') return [example(items ?? {}, members)]
    if (type === 'boolean') return true
    if (format === 'int64') return Date.UTC(2031, 4, 1) // The one that there is counts milliseconds.
    if (type === 'integer' || type === 'number') return minimum
    if (minLength === 36) return '20310501-CR-333C814000-C529F710D8-D2'
    if (format === 'date-time') return '2031-05-01T11:59:59.1234567+00:00'
    return 'x'.repeat(minLength)
  }

  return {
    operations: Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
    ),
    /** The fields of an operation, wherever they travel. */
    input: (method: string, path: string): Fields => {
      const { parameters = [] } = described(method, path)
      const body = fieldsOf(bodyOf(method, path))
      const needed = parameters.filter(({ required }) => required === true)
      return {
        fields: [...parameters.map(({ name }) => name), ...body.fields],
        required: [...needed.map(({ name }) => name), ...body.required],
      }
    },
    /** The fields of one member of a body. */
    member: (method: string, path: string, name: string): Fields =>
      fieldsOf(resolve(bodyOf(method, path).properties?.[name] ?? {})),
    /** Its success: the status, and the schema where there is a body. */
    answer: (method: string, path: string): { readonly status: number; readonly schema: Schema | undefined } => {
      const [status, { content = {} } = {}] =
        Object.entries(described(method, path).responses).find(([each]) => each.startsWith('2')) ?? []
      return { status: Number(status), schema: Object.values(content)[0]?.schema }
    },
    example,
  }
}
