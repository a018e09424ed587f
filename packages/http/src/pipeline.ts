/**
 * The request pipeline of the API clients: authorize, time out, judge, decide on a repeat.
 *
 * @see DESIGN "Operations are data", engine.md 7.7
 * @module
 */
import { assertKnown, invalidArgument, systemClock } from '@latchkey/core'
import { runCall } from './call.ts'
import type { Settings } from './call.ts'
import { authorizations } from './exchange.ts'
import type { Pipeline, PipelineOptions } from './operation.ts'
import { parseTarget } from './origin.ts'
import { followSignals } from './shared-signals.ts'
import { encodeRequest } from './wire-request.ts'

// One row each: the value, and why it is this one.
const defaults = {
  timeoutMs: 30_000, // Slow gateways give up themselves by then (spec/daraja.md 4.9).
  deadlineMs: 90_000, // Three tries of 30 s: more would outlive most callers' patience.
  bodyMaxBytes: 1_048_576, // An answer of an API, not a download.
}

const optionNames = [
  ...['source', 'baseUrl', 'dialect', 'fetch', 'clock', 'random'],
  ...['timeoutMs', 'deadlineMs', 'bodyMaxBytes', 'headers', 'log', 'pace'],
]

/**
 * Makes the pipeline of one client. Nothing is sent and nothing is read before the first `send`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`: an unknown option, a base URL that is neither https nor loopback, or a limit
 *   that is not a positive number.
 */
export function createPipeline(options: PipelineOptions): Pipeline {
  const settings = normalize(options)
  return {
    send: async (operation, request = {}, run = {}) => {
      const wire = encodeRequest(settings.base, settings.headers, operation, request)
      const deadlineMs = positive('deadlineMs', run.deadlineMs ?? settings.deadlineMs)
      run.signal?.throwIfAborted()
      const endsAt = settings.clock.mono() + deadlineMs
      return runCall({ settings, operation, wire, unknown: request.unknown, signal: run.signal, endsAt, tries: 0 })
    },
  }
}

function normalize(options: PipelineOptions): Settings & { readonly deadlineMs: number } {
  assertKnown(options, optionNames, 'createPipeline')
  return Object.freeze({
    source: options.source,
    base: parseTarget('baseUrl', options.baseUrl),
    dialect: options.dialect,
    fetch: options.fetch ?? globalThis.fetch,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    timeoutMs: positive('timeoutMs', options.timeoutMs ?? defaults.timeoutMs),
    deadlineMs: positive('deadlineMs', options.deadlineMs ?? defaults.deadlineMs),
    bodyMaxBytes: positive('bodyMaxBytes', options.bodyMaxBytes ?? defaults.bodyMaxBytes),
    headers: Object.freeze({ ...options.headers }),
    log: options.log,
    pace: options.pace,
    follow: followSignals(),
    authorization: authorizations(),
  })
}

function positive(name: string, value: number): number {
  if (typeof value === 'number' && value > 0) return value
  throw invalidArgument(`${name} is not a positive number.`)
}
