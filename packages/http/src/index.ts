/**
 * Authorized requests: a `fetch` that carries a token, and the pipeline on which the API clients stand.
 *
 * @module
 */
export { isLoopback, parseAddress } from './address.ts'
export {
  basicAuthorization,
  clientRules,
  clientServiceNames,
  credentialSecret,
  credentialText,
  engineServices,
  oneOf,
  refuseColon,
} from './client-options.ts'
export type { ClientServices, EngineServices } from './client-options.ts'
export { clientRequestNames, pipelineRequests } from './client-requests.ts'
export type { ClientRequests, ClientTransport, TokensFrom } from './client-requests.ts'
export { authorizedFetch } from './authorized-fetch.ts'
export type { AuthorizedFetch, AuthorizedFetchOptions, AuthorizedRequestInit } from './authorized-fetch.ts'
export type { Body, BodyFactory } from './body.ts'
export { answerFacts, OutcomeUnknownError, ProviderError } from './errors.ts'
export type { Resolution, Resolve } from './errors.ts'
export { isObject, listOf, member, parseJson, textMember } from './json.ts'
export type { JsonObject } from './json.ts'
export type { Open } from './open.ts'
export type {
  Answer,
  Dialect,
  Effect,
  Judgement,
  Operation,
  Pace,
  PaceRun,
  Pipeline,
  PipelineOptions,
  QueryValue,
  RequestEvent,
  RunOptions,
  SendRequest,
  TryOutcome,
  UnknownFacts,
} from './operation.ts'
export { createPipeline } from './pipeline.ts'
export { poll } from './poll.ts'
export type { WaitOptions } from './poll.ts'
export { parseRequest } from './request-issues.ts'
export type { InvalidRequestError, Issue, RequestSchema, SchemaIssue } from './request-issues.ts'
export { parseRetryAfter } from './retry-after.ts'
export { tokenDoor } from './token-door.ts'
export type { GetTokenOptions, TokenDoor } from './token-door.ts'
export { classifyStatus } from './verdict.ts'
export type { Classifier, JudgedAnswer, Verdict } from './verdict.ts'
