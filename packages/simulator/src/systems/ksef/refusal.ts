/**
 * The errors of the API: thrown by whoever finds the reason, answered in one place and in the form that was asked for.
 *
 * @see spec/ksef.md sections 1.7, 1.9
 * @module
 */
import { type Answer, emptyAnswer } from '../../answers.ts'
import { type ExceptionCode, exceptions } from './exceptions.ts'
import { formatErrorInstant } from './times.ts'
import { countOne, type World } from './world.ts'

/** Why a call is refused. */
export type Problem =
  | { readonly status: 400; readonly errors: readonly ApiError[] }
  | { readonly status: 401 }
  | { readonly status: 403; readonly reasonCode: ReasonCode; readonly security?: Readonly<Record<string, unknown>> }
  | { readonly status: 410 }
  | { readonly status: 429; readonly detail: string; readonly retryAfterSeconds: number }
  /** Answered without a body. 507: the simulator holds as much as it can. */
  | { readonly status: 404 | 405 | 415 | 507 }

/** One code of a 400 with what it has to say. */
export interface ApiError {
  readonly code: ExceptionCode
  readonly details?: readonly string[]
}

/** The reasons of a 403, and the words for each. Only the first is known from the service itself. */
const reasons = {
  'missing-permissions': 'Brak wymaganych uprawnień do wykonania operacji w bieżącym kontekście.',
  'ip-not-allowed': 'Adres IP klienta jest niedozwolony.',
  'insufficient-resource-access': 'Brak dostępu do wskazanego zasobu.',
  'auth-method-not-allowed': 'Operacja niedostępna dla użytej metody uwierzytelnienia.',
  'context-type-not-allowed': 'Operacja niedostępna dla bieżącego typu kontekstu.',
} as const

/** A reason of a 403. */
export type ReasonCode = keyof typeof reasons

/** Thrown by a handler, before it changed anything. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly problem: Problem

  constructor(problem: Problem) {
    super(`Refused with ${String(problem.status)}`)
    this.problem = problem
  }
}

/** A 400 with one code. */
export function refused(code: ExceptionCode, ...details: readonly string[]): Refusal {
  return new Refusal({ status: 400, errors: [details.length === 0 ? { code } : { code, details }] })
}

/** A 403. `security` goes into the body. */
export function forbidden(reasonCode: ReasonCode, security?: Readonly<Record<string, unknown>>): Refusal {
  return new Refusal({ status: 403, reasonCode, ...(security === undefined ? {} : { security }) })
}

/** A refusal that is only a status. */
export function statusOnly(status: 401 | 404 | 405 | 410 | 415 | 507): Refusal {
  return new Refusal({ status })
}

/** What the form of an answer depends on. */
export interface ErrorForm {
  /** `X-Error-Format: problem-details` was sent. */
  readonly wantsProblemDetails: boolean
  /** The documented path, `/v2/…`. */
  readonly instance: string
}

/** The answer to a refused call. */
export function answerRefusal(world: World, { problem }: Refusal, form: ErrorForm): Answer {
  countOne(world.counters.refused, nameOf(problem))
  const { instance } = form
  switch (problem.status) {
    case 400: {
      if (!form.wantsProblemDetails) return legacyErrors(world, problem.errors)
      const errors = problem.errors.map(({ code, details }) => ({
        code,
        description: exceptions[code],
        ...(details === undefined ? {} : { details }),
      }))
      return problemDetails(world, 'Bad Request', 400, instance, { detail: 'Żądanie jest nieprawidłowe.', errors })
    }
    case 401:
      return problemDetails(world, 'Unauthorized', 401, instance, { detail: 'Wymagane jest uwierzytelnienie.' })
    case 403: {
      const { reasonCode, security } = problem
      return problemDetails(world, 'Forbidden', 403, instance, {
        detail: reasons[reasonCode],
        reasonCode,
        ...(security === undefined ? {} : { security }),
      })
    }
    case 410:
      return problemDetails(world, 'Gone', 410, instance, { detail: 'Operacja wygasła i nie jest już dostępna.' })
    case 429: {
      const { detail } = problem
      const headers = { 'Retry-After': String(problem.retryAfterSeconds) }
      if (form.wantsProblemDetails) {
        return { ...problemDetails(world, 'Too Many Requests', 429, instance, { detail }), headers }
      }
      return { ...json(429, { status: { code: 429, description: 'Too Many Requests', details: [detail] } }), headers }
    }
    default:
      return emptyAnswer(problem.status)
  }
}

function legacyErrors(world: World, errors: readonly ApiError[]): Answer {
  const exceptionDetailList = errors.map(({ code, details }) => ({
    exceptionCode: code,
    exceptionDescription: exceptions[code],
    ...(details === undefined ? {} : { details }),
  }))
  const serviceCode = `00-${world.ids.traceId()}-${world.ids.traceId().slice(16)}-00`
  const timestamp = formatErrorInstant(world.now())
  return json(400, { exception: { exceptionDetailList, serviceCode, timestamp } })
}

function problemDetails(world: World, title: string, status: number, instance: string, rest: object): Answer {
  const timestamp = formatErrorInstant(world.now())
  const body = { title, status, instance, ...rest, timestamp, traceId: world.ids.traceId() }
  return { ...json(status, body), contentType: 'application/problem+json' }
}

function json(status: number, body: object): Answer {
  return { status, body: JSON.stringify(body), contentType: 'application/json; charset=utf-8' }
}

/** The name under which a refusal is counted: the first code, the reason, or the status. */
function nameOf(problem: Problem): string {
  if (problem.status === 400) return String(problem.errors[0]?.code ?? 400)
  return problem.status === 403 ? problem.reasonCode : String(problem.status)
}
