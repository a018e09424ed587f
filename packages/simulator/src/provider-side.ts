/**
 * The side that looks like the providers: finds the system by prefix, writes the log, meets faults, and leaves the
 * answer to the system. On node:http itself, because faults need the connection.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, bodyMaxBytes, drip, jsonAnswer, readBody, reset, send } from './answers.ts'
import type { SimulatorClock } from './clock.ts'
import type { Faults } from './faults.ts'
import { isJson, parseJson } from './json.ts'
import { type MaskText, maskHeaders, maskJson } from './masking.ts'
import type { Fault } from './protocol.ts'
import type { OpenEntry, RequestLog } from './request-log.ts'
import type { System, SystemRequest } from './system.ts'

/** The parts that it works with. `signal` is aborted when the simulator closes. */
export interface ProviderSide {
  readonly systems: ReadonlyMap<string, System<object, object>>
  readonly clock: SimulatorClock
  readonly faults: Faults
  readonly log: RequestLog
  readonly signal: AbortSignal
}

/** Handles one request that is not for the control plane. Never rejects. */
export async function handleProviderRequest(
  side: ProviderSide,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const method = request.method ?? ''
  const target = locate(side, splitTarget(request.url ?? ''), method)
  const system = side.systems.get(target.prefix)
  const operation = system?.operationAt(target.path, method) ?? null
  const maskText: MaskText = (text) => system?.maskText(text) ?? text
  const entry = side.log.open({
    time: new Date(side.clock.now()).toISOString(),
    system: system === undefined ? null : target.prefix,
    operation,
    method,
    path: maskText(system === undefined ? target.whole : target.path + target.search),
    headers: maskHeaders(request.headers, maskText),
  })
  system?.arrived(operation)
  const fault = system === undefined ? undefined : side.faults.take(target.prefix, operation)
  if (fault !== undefined) entry.fault(fault.kind)
  if (fault?.kind === 'resetBefore') return reset(request)

  const answered = new Promise<void>((resolve) => response.once('close', () => resolve()))
  const body = await readBody(request)
  if (body === 'gone') return
  if (body === 'too large') {
    const error = `The body has more than ${String(bodyMaxBytes)} bytes.`
    return conclude(side, entry, maskText, response, {
      ...jsonAnswer(413, { error }),
      headers: { connection: 'close' },
    })
  }
  entry.body(readable(body.text, maskText))
  if (system === undefined) {
    const known = [...side.systems.keys()].map((name) => `/${name}`).join(', ')
    const error = `The simulator imitates ${known}; ${method} ${target.whole} is not part of it. Its control plane is /_simulator/.`
    return conclude(side, entry, maskText, response, jsonAnswer(404, { error }))
  }

  if (fault?.kind === 'latency' && !(await slept(fault.ms ?? 0, side.signal))) return
  if (fault?.kind === 'invalidateTokens') system.invalidateTokens()
  const asked: SystemRequest = {
    method,
    path: target.path,
    query: new URLSearchParams(target.search),
    headers: request.headers,
    body: body.text,
    bytes: body.bytes,
    clientIp: request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '',
    answered,
  }
  const answer = (fault === undefined ? undefined : answerOf(fault, system, asked)) ?? (await system.answer(asked))
  if (fault?.kind === 'resetAfter') return reset(request)
  if (fault?.kind !== 'drip') return conclude(side, entry, maskText, response, answer)
  entry.answer(answer.status, readable(answer.body, maskText), answer.notes)
  await drip(response, answer, side.clock.now(), fault.ms ?? 1000, side.signal)
}

/** The faults that answer in the system's place. */
function answerOf(fault: Fault, system: System<object, object>, request: SystemRequest): Answer | undefined {
  if (fault.kind === 'throttle') {
    const answer = system.throttled(request, fault.retryAfter)
    return fault.retryAfter === undefined ? answer : { ...answer, headers: { 'retry-after': String(fault.retryAfter) } }
  }
  if (fault.kind === 'malformed') {
    const page = '<html><head><title>Service</title></head><body><p>Please try again later.</p></body></html>'
    return { status: 200, body: typeof fault.body === 'string' ? fault.body : page, contentType: 'text/html' }
  }
  if (fault.kind !== 'status') return undefined
  const status = fault.status ?? 500
  if (fault.body === undefined) return { status, body: '', contentType: null }
  if (typeof fault.body !== 'string') return jsonAnswer(status, fault.body)
  const contentType = fault.body.trimStart().startsWith('<') ? 'text/html' : 'text/plain'
  return { status, body: fault.body, contentType: isJson(fault.body) ? 'application/json' : contentType }
}

function conclude(
  side: ProviderSide,
  entry: OpenEntry,
  maskText: MaskText,
  response: ServerResponse,
  answer: Answer,
): void {
  entry.answer(answer.status, readable(answer.body, maskText), answer.notes) // First: who has the answer finds it in the log.
  send(response, answer, side.clock.now())
}

/** What the log keeps of a body. Text that is not JSON is not kept: secrets could not be found in it. */
function readable(text: string, maskText: MaskText): unknown {
  if (text === '') return null
  try {
    return maskJson(parseJson(text), maskText)
  } catch {
    return `[${String(text.length)} characters that are not JSON]`
  }
}

async function slept(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal })
    return true
  } catch {
    return false // The simulator is closing.
  }
}

/** Splits a request target. Base URLs that end in a slash give doubled slashes, which mean nothing here. */
interface Target {
  readonly prefix: string
  readonly path: string
  readonly search: string
  readonly whole: string
}

/**
 * SDKs that join an absolute path to their base URL drop the prefix (`urljoin('http://h/daraja', '/oauth/…')`). A path
 * that exactly one system documents is therefore taken for that system's without its prefix too.
 */
function locate({ systems }: ProviderSide, target: Target, method: string): Target {
  if (systems.has(target.prefix)) return target
  const owners = [...systems].filter(([, system]) => system.operationAt(target.whole, method) !== null)
  const [name] = owners.length === 1 ? (owners[0] ?? []) : []
  return name === undefined ? target : { ...target, prefix: name, path: target.whole }
}

function splitTarget(target: string): Target {
  const origin = /^https?:\/\/[^/?]*/i.exec(target)?.[0] ?? '' // The absolute form, which proxies send.
  const [rawPath = '', ...query] = target.slice(origin.length).split('?')
  const segments =
    rawPath
      .split('#', 1)[0]
      ?.split('/')
      .filter((segment) => segment !== '') ?? []
  const [prefix = '', ...rest] = segments
  const search = query.length === 0 ? '' : `?${query.join('?')}`
  return { prefix, path: `/${rest.join('/')}`, search, whole: `/${segments.join('/')}` }
}
