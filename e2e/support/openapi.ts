/**
 * An OpenAPI 3.0 document as rules: which operation a request is, and what is wrong with it or with its answer. Both
 * sides are judged more strictly than the document demands, since a contract test that is as lenient as a server proves
 * little.
 *
 * @module
 */
import { parametersOf, wrongParameters } from './openapi-parameters.ts'
import { objectOf, schemasOf } from './openapi-schema.ts'
import type { Check, Json, Schemas } from './openapi-schema.ts'

/** What went over the wire. */
export interface SentRequest {
  readonly method: string
  /** Below the address that the document is about, without the query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Headers
  readonly body: string
}

export interface SentAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

export interface ApiOperation {
  /** `GET /tokens/{referenceNumber}` */
  readonly name: string
  readonly method: string
  /** With parameters in braces. */
  readonly path: string
  /** Takes a bearer token. */
  readonly isSecured: boolean
  /** Has parameters or a body, which may therefore be wrong. */
  readonly takesInput: boolean
  /** Of its body, the first that is documented. */
  readonly bodyType: string | undefined
  /** Sentences; none where all is well. */
  wrongWithRequest(request: SentRequest): readonly string[]
  wrongWithAnswer(answer: SentAnswer): readonly string[]
}

export interface OpenApi {
  readonly operations: readonly ApiOperation[]
  /** The operation that a request is. A literal path goes before one with parameters. */
  operationOf(request: Pick<SentRequest, 'method' | 'path'>): ApiOperation | undefined
}

const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']
const everyRequest = ['accept', 'authorization', 'content-type', 'user-agent']

/** @param moreHeaders - Headers of requests that the API has in its prose alone, in lower case. */
export function readOpenApi(document: Json, moreHeaders: readonly string[] = []): OpenApi {
  const schemas = schemasOf(document)
  const known = [...everyRequest, ...moreHeaders]
  const operations = Object.entries(objectOf(document['paths'])).flatMap(([path, rows]) =>
    methods.flatMap((method) => {
      const row = objectOf(rows)[method.toLowerCase()]
      return row === undefined ? [] : [operationOf(method, path, objectOf(row), schemas, known)]
    }),
  )
  const literalFirst = operations.toSorted((one, other) => one.parameterCount - other.parameterCount)
  return {
    operations,
    operationOf: ({ method, path }) =>
      literalFirst.find((each) => each.method === method && each.valuesIn(path) !== undefined),
  }
}

function operationOf(method: string, path: string, row: Json, schemas: Schemas, headers: readonly string[]) {
  const segments = path.split('/')
  const parameters = parametersOf(row, schemas)
  const bodies = row['requestBody'] === undefined ? undefined : contentsOf(objectOf(row['requestBody']), schemas)
  const answers = new Map(
    Object.entries(objectOf(row['responses'])).map(([status, answer]) => [status, answerOf(objectOf(answer), schemas)]),
  )
  const isSecured = Array.isArray(row['security']) && row['security'].length > 0
  const valuesIn = (text: string): Json | undefined => pathValues(segments, text.split('/'))
  return {
    name: `${method} ${path}`,
    method,
    path,
    isSecured,
    takesInput: parameters.length > 0 || bodies !== undefined,
    bodyType: bodies === undefined ? undefined : [...bodies.keys()][0],
    parameterCount: segments.filter(isParameter).length,
    valuesIn,
    wrongWithRequest: (request: SentRequest) => [
      ...wrongParameters(parameters, headers, { ...request, path: valuesIn(request.path) ?? {} }),
      ...wrongBearer(isSecured, request.headers),
      ...wrongBody(bodies, request, 'request'),
    ],
    wrongWithAnswer(answer: SentAnswer) {
      const documented = answers.get(String(answer.status))
      if (documented === undefined) return [`answer ${answer.status} is not documented`]
      return [
        ...documented.wrongHeaders(answer.headers),
        ...wrongBody(documented.bodies, answer, `answer ${answer.status}`),
      ]
    },
  }
}

function isParameter(segment: string): boolean {
  return segment.startsWith('{')
}

// `undefined`: another path.
function pathValues(pattern: readonly string[], segments: readonly string[]): Json | undefined {
  if (pattern.length !== segments.length) return undefined
  const values: Record<string, string> = {}
  for (const [index, segment] of segments.entries()) {
    const expected = pattern[index] ?? ''
    if (isParameter(expected)) values[expected.slice(1, -1)] = decodeURIComponent(segment)
    else if (segment !== expected) return undefined
  }
  return values
}

function wrongBearer(isSecured: boolean, headers: Headers): readonly string[] {
  const value = headers.get('authorization')
  if (!isSecured) return value === null ? [] : ['header authorization is there, and the operation takes none']
  return value !== null && /^Bearer \S+$/.test(value) ? [] : ['header authorization is no bearer token']
}

type Contents = ReadonlyMap<string, Check>

function contentsOf(row: Json, schemas: Schemas): Contents {
  const types = Object.entries(objectOf(row['content'] ?? {}))
  return new Map(types.map(([type, content]) => [type, schemas.check(objectOf(content)['schema'])]))
}

function answerOf(row: Json, schemas: Schemas) {
  const headers = Object.entries(objectOf(row['headers'] ?? {})).map(([name, header]) => ({
    name,
    required: objectOf(header)['required'] === true,
    type: schemas.typeOf(objectOf(header)['schema']),
    check: schemas.check(objectOf(header)['schema']),
  }))
  return {
    bodies: row['content'] === undefined ? undefined : contentsOf(row, schemas),
    wrongHeaders: (given: Headers) =>
      headers.flatMap(({ name, required, type, check }) => {
        const text = given.get(name)
        if (text === null) return required ? [`answer header ${name} is missing`] : []
        return check(type === 'integer' ? Number(text) : text, `answer header ${name}`)
      }),
  }
}

function wrongBody(contents: Contents | undefined, sent: { headers: Headers; body: string }, what: string) {
  const type = sent.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (contents === undefined) {
    if (sent.body !== '') return [`${what} has a body, and none is documented`]
    return type === undefined ? [] : [`${what} has a type and no body`]
  }
  const check = contents.get(type ?? '')
  if (check === undefined)
    return [`${what} has the type ${type ?? '(none)'} and not ${[...contents.keys()].join(' or ')}`]
  if (sent.body === '') return [`${what} has no body`]
  if (!/[/+]json$/.test(type ?? '')) return check(sent.body, what)
  try {
    return check(JSON.parse(sent.body), what)
  } catch {
    return [`${what} is not JSON`]
  }
}
