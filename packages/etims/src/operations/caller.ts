/**
 * The one way to KRA: from an operation and a checked body to an envelope, or to one of our exceptions. Face, paths and
 * headers are resolved here, from the table.
 *
 * @see spec/etims.md sections 1.3, 3.1, 4.1 and 5.3
 * @module
 */
import { isLatchkeyError } from '@latchkey/core'
import type { TokenSource } from '@latchkey/core'
import { createPipeline, OutcomeUnknownError } from '@latchkey/http'
import type { Answer } from '@latchkey/http'
import { anonymousSource, withoutAuthorization } from '../auth/anonymous.ts'
import { authenticationFailure } from '../auth/auth-client.ts'
import type { Settings } from '../auth/config.ts'
import { userAgent } from '../auth/grant.ts'
import { ApiException, asApiFailure, etimsErrorCodes } from '../errors.ts'
import type { EtimsErrorCode } from '../errors.ts'
import type { Envelope } from './envelope.ts'
import { readAnswer } from '../wire/read-answer.ts'
import { readData } from './answers.ts'
import type { CallOptions, Context, Identity } from './context.ts'
import { etimsDialect } from './dialect.ts'
import { operations } from './table.ts'
import type { EtimsOperation } from './table.ts'

const bodyMaxBytes = 64 * 1024 * 1024 // The whole list of item classes (section 4.6).
const deadlineMsDefault = 90_000
const secretLengthMin = 6

/** What a client is, for its calls. */
export interface CallerOptions {
  readonly settings: Settings
  readonly identity: Identity
  /** Absent: no bearer token is sent. */
  readonly source: TokenSource | undefined
  /** The device's key, if one is known. */
  readonly cmcKey: () => Promise<string | undefined>
}

/** @throws {TypeError} `ERR_INVALID_ARG`: an endpoint of the configuration belongs to no operation. */
export function createCaller({ settings, identity, source, cmcKey }: CallerOptions): Context['call'] {
  const { addresses, services, timeoutMs, appId } = settings
  const { clock, random, log, fetch = globalThis.fetch, identity: place = 'headers' } = services
  const { deadlineMs = deadlineMsDefault } = services
  const { tin, bhfId } = identity
  let lastKey: string | undefined
  const http = createPipeline({
    source: source ?? anonymousSource,
    baseUrl: addresses.apiBaseUrl,
    dialect: etimsDialect((text) => masked(text, [lastKey, settings.credentials?.consumerSecret.reveal()])),
    fetch: source ? fetch : withoutAuthorization(fetch),
    headers: { 'user-agent': userAgent, accept: 'application/json' },
    ...{ timeoutMs, bodyMaxBytes },
    ...(clock !== undefined && { clock }),
    ...(random !== undefined && { random }),
    ...(log !== undefined && { log }),
  })
  const rows = new Map<string, EtimsOperation>(
    Object.values(operations).map((row) => [row.name, { ...row, path: pathOf(row, settings) }]),
  )

  return async (operation, body, { unknown, ...run }: CallOptions = {}) => {
    const row = rows.get(operation.name) ?? operation
    const isInit = operation.name === operations.initializeDevice.name
    const key = isInit ? undefined : await cmcKey()
    lastKey = key ?? lastKey
    const headers = {
      ...(appId !== undefined && { apigee_app_id: appId }),
      ...(!isInit && place !== 'body' && { tin, bhfId, ...(key !== undefined && { cmcKey: key }) }),
    }
    const ownPath = operation.path === operation.gatewayPath
    const inBody = {
      ...(operation.bodyIdentity && (addresses.face === 'gateway' || ownPath) && { tin, bhfId }),
      ...(!isInit && place !== 'headers' && { tin, bhfId, ...(key !== undefined && { cmcKey: key }) }),
    }
    const request = { body: { ...inBody, ...body }, headers, ...(unknown !== undefined && { unknown }) }
    const total = run.deadlineMs ?? Math.max(deadlineMs, row.timeoutMs ?? 0)
    try {
      return envelopeOf(operation, await http.send(row, request, { ...run, deadlineMs: total }))
    } catch (error) {
      throw failureOf(error)
    }
  }
}

/** The path of an operation: the configuration's own, or the face's. */
function pathOf(row: EtimsOperation, { endpoints, addresses }: Settings): string {
  const own = [row.name, row.call, ...row.endpointKeys].find((key) => Object.hasOwn(endpoints, key))
  const given = own === undefined ? undefined : endpoints[own]
  return given ?? (addresses.face === 'gateway' ? row.gatewayPath : row.path)
}

// An empty body is `{}`, and JSON without a result code is what it is, as in the replaced SDKs (section 8.1).
function envelopeOf(operation: EtimsOperation, answer: Answer): Envelope {
  const read = readAnswer(answer.text)
  if (read.kind === 'envelope') {
    const { envelope, resultCd, resultMsg } = read
    return { ...envelope, resultCd, resultMsg, data: readData(operation, envelope['data']) } // As documented.
  }
  return (read.kind === 'other' ? read.json : {}) as Envelope // Not one, and our callers know that from its result code.
}

/** One of our exceptions for whatever a call ended with; abort reasons and mistakes of the caller stay as they are. */
function failureOf(error: unknown): unknown {
  if (error instanceof OutcomeUnknownError) return asApiFailure(error)
  if (!isLatchkeyError(error) || error instanceof ApiException) return error
  if (!Object.hasOwn(etimsErrorCodes, error.code)) return authenticationFailure(error)
  if (error.code === 'ETIMS_TOKEN_DENIED' || error.code === 'AUTH_INVALID_CREDENTIALS')
    return authenticationFailure(error)
  if (error.code === 'ETIMS_TOKEN_REJECTED') return error
  const { code, message, status, reason, operation, attempt, retryable } = error
  const facts = { status, reason, operation, attempt, retryable, cause: error }
  const known = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined))
  const kind = status === undefined ? 'transport' : 'http'
  return new ApiException(`Request failed: ${message}`, status ?? 500, undefined, undefined, {
    ...known,
    code: code as EtimsErrorCode, // One of the table, as asked above.
    kind,
  })
}

/** What an answer repeats of our secrets is not told further. */
function masked(text: string, secrets: readonly (string | undefined)[]): string {
  return secrets
    .filter((secret) => secret !== undefined && secret.length >= secretLengthMin)
    .reduce<string>((rest, secret) => rest.replaceAll(secret ?? '', '[secret]'), text)
    .replaceAll(/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, '$1 [secret]')
}
