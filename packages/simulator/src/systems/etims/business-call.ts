/**
 * One business call from the request to the answer, in the server's order: method, token, body, device, app, fields,
 * and then the operation itself.
 *
 * @see spec/etims.md sections 3.1, 4.1 and 10
 * @module
 */
import type { Answer } from '../../answers.ts'
import { parseJson } from '../../json.ts'
import type { SystemRequest } from '../../system.ts'
import { refuseApp, refuseToken } from './authorization.ts'
import { notePassed } from './certification.ts'
import type { Fields, Unit } from './data.ts'
import { readFields } from './fields.ts'
import { identify, identityNotes } from './identity.ts'
import type { Operation } from './operation.ts'
import { answerOutcome, answerStatus, type Outcome, type Refusal, refused } from './outcomes.ts'
import { presets } from './presets.ts'
import { refuseProblems } from './problems.ts'
import { sinceOf } from './since.ts'
import { type Face, forFace, type NextResult } from './switches.ts'
import { countRefusal, storedMax, type World } from './world.ts'

/** Where a call arrived. */
export interface Arrived {
  readonly operation: Operation
  readonly face: Face
  readonly path: string
}

/** Answers a call to one of the 24 operations. */
export function answerCall(world: World, { operation, face, path }: Arrived, request: SystemRequest): Answer {
  if (request.method !== 'POST') {
    countRefusal(world, 'wrong method')
    return answerStatus(world, face, 405, '912', 'It is an error of request method')
  }
  const unauthorized = refuseToken(world, face, request)
  if (unauthorized !== undefined) return unauthorized
  const body = readBody(request.body)
  if ('is' in body) return conclude(world, face, operation, body)
  const { fields } = body
  const notes = operation.kind === 'init' ? [] : identityNotes(request, fields)
  return { ...decide(world, { operation, face, path }, request, fields), notes }
}

function decide(world: World, arrived: Arrived, request: SystemRequest, body: Fields): Answer {
  const { operation, face } = arrived
  const checks = presets[forFace(world.switches.rules, face)]
  const refusal = face === 'gateway' ? refuseApp(world, operation.name, request) : undefined
  if (refusal !== undefined) return conclude(world, face, operation, refusal)
  const unit = operation.kind === 'init' ? unitOf(body) : identify(world, face, checks, operation, request, body)
  if ('is' in unit) return conclude(world, face, operation, unit)

  const run = (): Outcome => carryOut(world, arrived, unit, request, body)
  const next = takeNext(world, operation)
  if (next === undefined) return conclude(world, face, operation, run(), unit)
  if (next.processed === true) conclude(world, face, operation, run(), unit) // What is hidden still happened.
  const text = next.resultMsg ?? `Result ${next.resultCd}, as the simulator was told`
  return conclude(world, face, operation, refused(next.resultCd, text, { hasEnvelope: true }))
}

/** Reads the fields and runs the operation. */
function carryOut(
  world: World,
  { operation, face, path }: Arrived,
  unit: Unit,
  request: SystemRequest,
  body: Fields,
): Outcome {
  const checks = presets[forFace(world.switches.rules, face)]
  const { fields, problems } = readFields(operation.fields, body, checks)
  const now = world.clock.now()
  const refusal =
    refuseProblems(problems, operation.onMissing?.(checks)) ??
    refuseAge(world, fields, now) ??
    (operation.kind === 'write' ? refuseSize(world, request.body) : undefined)
  if (refusal !== undefined) return refusal
  const outcome = operation.run({ world, face, checks, unit, fields, path, now })
  if (operation.kind === 'write' && outcome.is !== 'refused') world.counters.stored += request.body.length
  return outcome
}

function conclude(world: World, face: Face, { name }: Operation, outcome: Outcome, unit?: Unit): Answer {
  if (outcome.is === 'refused') countRefusal(world, outcome.cause ?? outcome.code)
  else world.counters.accepted[name] = (world.counters.accepted[name] ?? 0) + 1
  if (unit !== undefined) notePassed(world, unit.tin, name, outcome)
  return answerOutcome(world, face, outcome)
}

/** An initialization names its device in the body alone. */
function unitOf(body: Fields): Unit {
  return { tin: String(body['tin']), bhfId: String(body['bhfId']) }
}

function readBody(text: string): { readonly fields: Fields } | Refusal {
  if (text.trim() === '') return refused('911', 'There is no request body')
  try {
    const value = parseJson(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { fields: value as Fields } // Just checked.
  } catch {
    // Not JSON: as below.
  }
  return refused('910', 'Request parameter error[the body is not a JSON object]', { hasEnvelope: true })
}

/** The result that was asked for this call, if any. */
function takeNext(world: World, { name }: Operation): NextResult | undefined {
  const { nextResults } = world.switches
  const next = nextResults.find(({ operation }) => operation === undefined || operation === name)
  if (next === undefined) return undefined
  const count = (next.count ?? 1) - 1
  const rest = nextResults.flatMap((row) => (row !== next ? [row] : count === 0 ? [] : [{ ...row, count }]))
  world.switches = { ...world.switches, nextResults: rest }
  return next
}

function refuseAge({ switches }: World, fields: Fields, now: number): Refusal | undefined {
  const { lastReqDtMaxAgeDays } = switches
  if (lastReqDtMaxAgeDays === null || !('lastReqDt' in fields)) return undefined
  if (sinceOf(fields) >= now - lastReqDtMaxAgeDays * 86_400_000) return undefined
  return refused('910', `lastReqDt cannot be older than ${String(lastReqDtMaxAgeDays)} days`)
}

function refuseSize({ counters }: World, body: string): Refusal | undefined {
  if (counters.stored + body.length <= storedMax) return undefined
  return refused('991', `The simulator keeps ${String(storedMax)} characters of requests, and has them. Reset it.`, {
    hasEnvelope: true,
  })
}
