/**
 * The options of a KSeF client, checked and completed once.
 *
 * @see STYLE section 7, DESIGN section 3
 * @module
 */
import { assertKnown, assertTypes, memoryStore, systemClock } from '@latchkey/core'
import type { Clock, EngineOptions, TokenSource } from '@latchkey/core'
import { clientRules, clientServiceNames, createPipeline, engineServices, isLoopback } from '@latchkey/http'
import type { ClientServices, Pipeline, PipelineOptions, RequestEvent } from '@latchkey/http'
import { fileStore } from '@latchkey/stores/file'
import { ksefDialect, ksefHeaders } from './operations/dialect.ts'
import { warnedFetch } from './operations/warned-fetch.ts'
import type { WarningEvent } from './operations/warned-fetch.ts'
import type { RateBudget } from './rates/budget.ts'
import { rateBudgets } from './rates/budgets.ts'
import type { RateBudgets } from './rates/budgets.ts'
import { parseRateLimits } from './rates/limits.ts'
import type { ClientRateLimits } from './rates/limits.ts'
import { resolveAddresses } from './values/environments.ts'
import type { AddressOptions, Environment } from './values/environments.ts'

/** The services that a client runs on. `undefined` always means the default. */
export interface KsefClientOptions extends Pick<AddressOptions, 'baseUrl' | 'apiBaseUrl'>, ClientServices {
  /** For each try of an operation, in milliseconds. @default 30 000 */
  readonly timeoutMs?: number | undefined
  /** For a whole operation, waits included, in milliseconds. @default 90 000 */
  readonly deadlineMs?: number | undefined
  /**
   * How many requests are sent, by group; groups that are left out keep KSeF's production values. `false`: as many as
   * there are, and KSeF answers 429. @default KSeF's production values
   */
  readonly rateLimits?: false | Partial<ClientRateLimits> | undefined
  /** Hears of every try, and of the warnings that KSeF puts beside its answers; nothing that it is told is secret. */
  readonly log?: ((event: RequestEvent | WarningEvent) => void) | undefined
}

/** Options that are complete. */
export interface ClientSettings {
  readonly environment: Environment
  readonly apiBaseUrl: URL
  /** What only TEST has is there: on TEST, and wherever this machine answers itself. */
  readonly isTest: boolean
  readonly clock: Clock
  readonly random: () => number
  readonly engine: EngineOptions
  readonly pipeline: Omit<PipelineOptions, 'source'>
  /** Absent where the program switched them off. */
  readonly budgets: RateBudgets | undefined
}

const optionNames = ['baseUrl', 'apiBaseUrl', 'timeoutMs', 'deadlineMs', 'rateLimits', 'log', ...clientServiceNames]

/** @throws {TypeError} `ERR_INVALID_ARG`: an option is of the wrong type or unknown. Never shows its value. */
export function parseClientOptions(environment: Environment, options: KsefClientOptions): ClientSettings {
  assertKnown(options, optionNames, 'KsefClient')
  assertTypes(options, clientRules)
  const { baseUrl, apiBaseUrl: apiBase, timeoutMs, deadlineMs, log, rateLimits = {} } = options
  const { apiBaseUrl } = resolveAddresses({ environment, baseUrl, apiBaseUrl: apiBase })
  const services = engineServices(options, (directory) => fileStore({ directory }))
  const { clock = systemClock, random = Math.random } = services
  const fetch = warnedFetch(services.fetch ?? currentFetch, log)
  // One store for all sign-ins of a client, so that the same credential signs in once.
  const store = services.store ?? memoryStore({ clock })
  return Object.freeze({
    environment,
    apiBaseUrl,
    isTest: environment.hasTestData || isLoopback(apiBaseUrl),
    clock,
    random,
    engine: { ...services, store, fetch },
    pipeline: {
      ...{ baseUrl: apiBaseUrl, dialect: ksefDialect, clock, random, fetch, headers: ksefHeaders },
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...(deadlineMs !== undefined && { deadlineMs }),
      ...(log !== undefined && { log }),
    },
    budgets: rateLimits === false ? undefined : rateBudgets({ clock, limits: parseRateLimits(rateLimits) }),
  })
}

/** A pipeline of the client, under a budget. Without a source its requests carry no token. */
export function pipelineOf(
  { pipeline }: ClientSettings,
  budget: RateBudget | undefined,
  source?: TokenSource,
): Pipeline {
  if (budget === undefined) return createPipeline({ ...pipeline, source })
  const log = (event: RequestEvent): void => {
    budget.heard(event)
    pipeline.log?.(event)
  }
  return createPipeline({ ...pipeline, source, pace: budget.pace, log })
}

// The global one at the time of the call, so that a program may replace it.
const currentFetch: typeof globalThis.fetch = (input, init) => globalThis.fetch(input, init)
