/**
 * A `fetch` that compares everything that passes through it with an OpenAPI document, and writes down what differs.
 *
 * @module
 */
import type { OpenApi, SentAnswer, SentRequest } from './openapi.ts'

export interface Contract {
  readonly fetch: typeof globalThis.fetch
  /** `POST /auth/challenge: answer 200 /timestamp must be string`, in the order in which they were found. */
  readonly findings: readonly string[]
  /** Operations that were answered with success at least once. */
  readonly covered: ReadonlySet<string>
}

/** A rule that the document does not state: what is wrong with an answer to a request. */
export type MoreRules = (request: SentRequest, answer: SentAnswer) => readonly string[]

/** @param baseUrl - The address that the document's paths lie below. Whatever goes elsewhere is a finding. */
export function watch(api: OpenApi, baseUrl: string, moreRules: MoreRules = () => []): Contract {
  const findings: string[] = []
  const covered = new Set<string>()

  const compare = (request: SentRequest, answer: SentAnswer): void => {
    const operation = api.operationOf(request)
    if (operation === undefined) {
      findings.push(`${request.method} ${request.path}: is no operation`)
      return
    }
    if (answer.status < 300) covered.add(operation.name)
    const wrong = [
      ...operation.wrongWithRequest(request),
      ...operation.wrongWithAnswer(answer),
      ...moreRules(request, answer),
    ]
    findings.push(...wrong.map((each) => `${operation.name}: ${each}`))
  }

  return {
    findings,
    covered,
    async fetch(input, init) {
      const request = new Request(input, init)
      const body = await request.clone().text()
      const response = await fetch(request)
      const answer = { status: response.status, headers: response.headers, body: await response.clone().text() }
      const { pathname, searchParams: query } = new URL(request.url)
      const inside = request.url.startsWith(`${baseUrl}/`)
      const path = inside ? pathname.slice(new URL(baseUrl).pathname.length) : request.url
      compare({ method: request.method, path, query, headers: request.headers, body }, answer)
      return response
    },
  }
}
