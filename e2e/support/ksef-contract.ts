/**
 * The contract of KSeF: its OpenAPI document, read where it lies beside the repository and never a part of it, and what
 * its prose adds.
 *
 * @see spec/ksef.md sections 1.3, 1.4 and 1.7
 * @module
 */
import { existsSync, readFileSync } from 'node:fs'
import { watch } from './contract.ts'
import type { Contract } from './contract.ts'
import { objectOf } from './openapi-schema.ts'
import type { Json } from './openapi-schema.ts'
import { readOpenApi } from './openapi.ts'
import type { OpenApi, SentAnswer, SentRequest } from './openapi.ts'

const file = new URL('../../../shared/data/ksef/open-api-2.7.0.json', import.meta.url)
export const hasDocument = existsSync(file)

if (!hasDocument) console.warn('skipped: the contract of KSeF, whose OpenAPI document is not beside this repository')

// Sessions, invoices and what is made of them come later.
const later = /^\/(?:sessions|invoices|collective-identifiers)(?:\/|$)/

const heard = { $ref: '#/components/schemas/EffectiveApiRateLimitValues' }
const set = { $ref: '#/components/schemas/ApiRateLimitValuesOverride' }
const count = { type: 'integer', minimum: 0 }
const collectiveIdentifier = { type: 'object', required: ['maxInvoices'], properties: { maxInvoices: count } }

/** What versions 2.7.1 and 2.8.0 added to what this document has, by schema: the delta of section 1.3. */
const added: Json = {
  EffectiveContextLimits: { collectiveIdentifier },
  SetSessionLimitsRequest: { collectiveIdentifier },
  EffectiveApiRateLimits: { onlineSessionClose: heard, batchSessionClose: heard, anonymous: heard, global: heard },
  ApiRateLimitsOverride: { onlineSessionClose: set, batchSessionClose: set },
}

/** The document with what was added to it, and with the operations that are built. */
export function readKsefApi(): OpenApi {
  const document = objectOf(JSON.parse(readFileSync(file, 'utf8')))
  const components = objectOf(document['components'])
  const schemas = Object.entries(objectOf(components['schemas'])).map(([name, given]) => {
    const schema = objectOf(given)
    if (!(name in added)) return [name, schema]
    return [name, { ...schema, properties: { ...objectOf(schema['properties']), ...objectOf(added[name]) } }]
  })
  const whole = { ...document, components: { ...components, schemas: Object.fromEntries(schemas) as Json } }
  const api = readOpenApi(whole, ['x-error-format'])
  return { ...api, operations: api.operations.filter(({ path }) => !later.test(path)) }
}

/** @param baseUrl - Of the simulated system. */
export function watchKsef(api: OpenApi, baseUrl: string): Contract {
  return watch(api, `${baseUrl}/v2`, wrongByProse)
}

/** What an answer has against the prose: the form of errors is the one that was asked for, and a 429 says until when. */
export function wrongByProse({ headers: asked }: Pick<SentRequest, 'headers'>, { status, headers }: SentAnswer) {
  const isProblem = headers.get('content-type')?.startsWith('application/problem+json') === true
  const isProblemAsked = asked.get('x-error-format') === 'problem-details'
  return [
    ...((status === 400 || status === 429) && isProblem !== isProblemAsked
      ? ['answer is in the other error format']
      : []),
    ...(status === 429 && !headers.has('retry-after') ? ['answer 429 has no Retry-After'] : []),
  ]
}
