/**
 * The instrument of the contract tests, on an API of its own: it finds what is wrong, and nothing where all is well.
 *
 * @module
 */
import { afterEach, describe, expect, it } from 'vitest'
import { watch } from './support/contract.ts'
import { readOpenApi } from './support/openapi.ts'
import type { SentAnswer, SentRequest } from './support/openapi.ts'
import { bodyOf, serve } from './support/server.ts'

const json = (schema: object) => ({ content: { 'application/json': { schema } } })
const page = { name: 'pageSize', in: 'query', schema: { type: 'integer', minimum: 10, maximum: 100 } }
const colours = {
  name: 'colours',
  in: 'query',
  schema: { type: 'array', items: { $ref: '#/components/schemas/Colour' } },
}
const shop = { name: 'shop', in: 'query', required: true, schema: { type: 'string', minLength: 2 } }
const next = { name: 'x-next', in: 'header', schema: { type: 'string' } }
const id = { name: 'id', in: 'path', required: true, schema: { type: 'string', pattern: '^[0-9]{4}$' } }
const refusal = {
  headers: {
    'Retry-After': { required: true, schema: { type: 'integer' } },
    'X-Warning': { schema: { type: 'string' } },
  },
  ...json({ type: 'string' }),
}

const api = readOpenApi(
  {
    components: {
      schemas: {
        Colour: { type: 'string', enum: ['Red', 'Blue'] },
        Cup: {
          type: 'object',
          required: ['name', 'madeAt'],
          properties: {
            name: { type: 'string', maxLength: 5 },
            madeAt: { type: 'string', format: 'date-time' },
            colour: {
              allOf: [{ $ref: '#/components/schemas/Colour' }],
              description: 'Of the outside.',
              nullable: true,
            },
            handle: { type: 'object', properties: { length: { type: 'number', minimum: 0, exclusiveMinimum: true } } },
          },
        },
      },
    },
    paths: {
      '/cups': {
        get: {
          security: [{ Bearer: [] }],
          parameters: [shop, page, colours, next],
          responses: { 200: json({ type: 'array', items: { $ref: '#/components/schemas/Cup' } }), 429: refusal },
        },
        post: {
          requestBody: json({ $ref: '#/components/schemas/Cup' }),
          responses: { 201: json({ $ref: '#/components/schemas/Cup' }), 204: {} },
        },
      },
      '/cups/{id}': { delete: { parameters: [id], responses: { 204: {} } } },
      '/cups/current': { delete: { responses: { 204: {} } } },
      '/deeds': {
        post: {
          requestBody: { content: { 'application/xml': { schema: { type: 'string' } } } },
          responses: { 204: {} },
        },
      },
    },
  },
  ['x-format'],
)

const cup = { name: 'Mug', madeAt: '2026-01-15T12:00:00.1234567+00:00' }
const typed = { 'content-type': 'application/json; charset=utf-8' }
const bearer = { authorization: 'Bearer abc' }

function request(method: string, url: string, headers: Record<string, string> = {}, body: unknown = ''): SentRequest {
  const { pathname: path, searchParams: query } = new URL(url, 'http://shop.test')
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { method, path, query, headers: new Headers(headers), body: text }
}

function wrongRequest(sent: SentRequest): readonly string[] {
  return api.operationOf(sent)?.wrongWithRequest(sent) ?? ['no operation']
}

function wrongAnswer(
  to: string,
  status: number,
  headers: Record<string, string> = {},
  body: unknown = '',
): readonly string[] {
  const [method = '', path = ''] = to.split(' ')
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const answer: SentAnswer = { status, headers: new Headers(headers), body: text }
  return api.operationOf({ method, path })?.wrongWithAnswer(answer) ?? ['no operation']
}

describe('a request', () => {
  it.each([
    [
      'with all its parameters',
      request('GET', '/cups?shop=No1&pageSize=10&colours=Red&colours=Blue', { ...bearer, 'x-next': 'a' }),
    ],
    ['with a header that the prose has', request('GET', '/cups?shop=No1', { ...bearer, 'x-format': 'a' })],
    ['with a body', request('POST', '/cups', typed, cup)],
    ['with null where the document allows it', request('POST', '/cups', typed, { ...cup, colour: null })],
    ['with a text for a body', request('POST', '/deeds', { 'content-type': 'application/xml' }, '<deed/>')],
    ['with a value in its path', request('DELETE', '/cups/1234')],
    ['whose literal path goes before a value', request('DELETE', '/cups/current')],
  ])('%s is right', (_, sent) => {
    expect(wrongRequest(sent)).toEqual([])
  })

  it.each([
    ['to no path', request('GET', '/mugs'), 'no operation'],
    ['with another method', request('PUT', '/cups'), 'no operation'],
    ['without a query that must be there', request('GET', '/cups', bearer), 'query shop is missing'],
    ['with an unknown query', request('GET', '/cups?shop=No1&size=10', bearer), 'query size is unknown'],
    [
      'with a query that is too small',
      request('GET', '/cups?shop=No1&pageSize=9', bearer),
      'query pageSize must be >= 10',
    ],
    [
      'with a query that is no number',
      request('GET', '/cups?shop=No1&pageSize=ten', bearer),
      'query pageSize must be integer',
    ],
    ['with one value twice', request('GET', '/cups?shop=No1&shop=No2', bearer), 'query shop is there more than once'],
    [
      'with a list in one value',
      request('GET', '/cups?shop=No1&colours=Red,Blue', bearer),
      'query colours /0 must be equal to one of the allowed values',
    ],
    [
      'with an unknown header',
      request('GET', '/cups?shop=No1', { ...bearer, 'x-last': 'a' }),
      'header x-last is unknown',
    ],
    ['without a token', request('GET', '/cups?shop=No1'), 'header authorization is no bearer token'],
    [
      'with a token where none belongs',
      request('DELETE', '/cups/1234', bearer),
      'header authorization is there, and the operation takes none',
    ],
    ['with a wrong value in its path', request('DELETE', '/cups/12'), 'path id must match pattern "^[0-9]{4}$"'],
    ['with a body where none belongs', request('DELETE', '/cups/1234', typed, cup), 'request has a body'],
    ['with a type and no body', request('DELETE', '/cups/1234', typed), 'request has a type and no body'],
    ['without a body', request('POST', '/cups', typed), 'request has no body'],
    [
      'of another type',
      request('POST', '/cups', { 'content-type': 'text/plain' }, cup),
      'request has the type text/plain and not application/json',
    ],
    ['that is no JSON', request('POST', '/cups', typed, '{'), 'request is not JSON'],
    [
      'without a property',
      request('POST', '/cups', typed, { name: 'Mug' }),
      "request must have required property 'madeAt'",
    ],
    [
      'with an unknown property',
      request('POST', '/cups', typed, { ...cup, size: 1 }),
      'request must NOT have additional properties size',
    ],
    [
      'with one in the depth',
      request('POST', '/cups', typed, { ...cup, handle: { size: 1 } }),
      'request /handle must NOT have additional properties size',
    ],
    [
      'with null where it is not allowed',
      request('POST', '/cups', typed, { ...cup, name: null }),
      'request /name must be string',
    ],
    [
      'with a wrong value behind a reference',
      request('POST', '/cups', typed, { ...cup, colour: 'red' }),
      'request /colour must be equal to one of the allowed values',
    ],
    [
      'at an edge that is left out',
      request('POST', '/cups', typed, { ...cup, handle: { length: 0 } }),
      'request /handle/length must be > 0',
    ],
    [
      'with an instant without an offset',
      request('POST', '/cups', typed, { ...cup, madeAt: '2026-01-15T12:00:00' }),
      'request /madeAt must match format "date-time"',
    ],
  ])('%s is found', (_, sent, finding) => {
    expect(wrongRequest(sent).some((each) => each.startsWith(finding))).toBe(true)
  })
})

describe('an answer', () => {
  it.each([
    ['with what is documented', 'GET /cups', 200, typed, [cup]],
    ['without a body', 'POST /cups', 204, {}, ''],
    ['without a header that it may have', 'GET /cups', 429, { ...typed, 'retry-after': '7' }, '"later"'],
  ])('%s is right', (_, to, status, headers, body) => {
    expect(wrongAnswer(to, status, headers as Record<string, string>, body)).toEqual([])
  })

  it.each([
    ['of an undocumented status', 'GET /cups', 404, {}, '', 'answer 404 is not documented'],
    [
      'of another type',
      'GET /cups',
      200,
      { 'content-type': 'text/html' },
      '<p>',
      'answer 200 has the type text/html and not application/json',
    ],
    ['with a body where none belongs', 'POST /cups', 204, typed, '{}', 'answer 204 has a body, and none is documented'],
    ['without a body', 'GET /cups', 200, typed, '', 'answer 200 has no body'],
    ['of another shape', 'GET /cups', 200, typed, cup, 'answer 200 must be array'],
    [
      'with an unknown property',
      'GET /cups',
      200,
      typed,
      [{ ...cup, size: 1 }],
      'answer 200 /0 must NOT have additional properties size',
    ],
    [
      'with null where it is not allowed',
      'GET /cups',
      200,
      typed,
      [{ ...cup, handle: null }],
      'answer 200 /0/handle must be object',
    ],
    ['without its header', 'GET /cups', 429, typed, '"later"', 'answer header Retry-After is missing'],
    [
      'with a wrong header',
      'GET /cups',
      429,
      { ...typed, 'retry-after': 'soon' },
      '"later"',
      'answer header Retry-After must be integer',
    ],
  ])('%s is found', (_, to, status, headers, body, finding) => {
    expect(wrongAnswer(to, status, headers as Record<string, string>, body)).toContain(finding)
  })
})

describe('a document', () => {
  const documentWith = (schema: object) => ({ components: { schemas: { A: schema } }, paths: {} })

  it('with a rule that is not known here is refused', () => {
    expect(() => readOpenApi(documentWith({ oneOf: [] }))).toThrow('"oneOf"')
    expect(() => readOpenApi(documentWith({ allOf: [{}, {}] }))).toThrow('several')
  })
})

describe('a watched fetch', () => {
  const open: { close(): Promise<void> }[] = []
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close()
  })

  it('hands everything on, and writes down what was called and what was wrong', async () => {
    const server = await serve((incoming, outgoing) => {
      void bodyOf(incoming).then((body) => {
        const status = incoming.method === 'DELETE' ? 204 : 201
        outgoing
          .writeHead(status, status === 201 ? { 'content-type': 'application/json' } : {})
          .end(status === 201 ? body : '')
      })
    })
    open.push(server)
    const contract = watch(api, `${server.url}/v2`, ({ query }) => (query.has('now') ? ['is in a hurry'] : []))
    const post = (body: object) =>
      contract.fetch(`${server.url}/v2/cups`, { method: 'POST', headers: typed, body: JSON.stringify(body) })

    expect(await (await post(cup)).json()).toEqual(cup)
    expect(contract.findings).toEqual([])
    expect([...contract.covered]).toEqual(['POST /cups'])

    expect((await contract.fetch(`${server.url}/v2/cups/1234?now=1`, { method: 'DELETE' })).status).toBe(204)
    await post({ ...cup, size: 1 })
    await contract.fetch(`${server.url}/v1/cups`)
    expect(contract.findings).toEqual([
      'DELETE /cups/{id}: query now is unknown',
      'DELETE /cups/{id}: is in a hurry',
      'POST /cups: request must NOT have additional properties size',
      'POST /cups: answer 201 must NOT have additional properties size',
      `GET ${server.url}/v1/cups: is no operation`,
    ])
  })
})
