/**
 * A call from its arrival to its answer, in the order of the service: route, bearer, IP policy, rate limit, permission,
 * method and context type; what the operation then checks itself is input first, then the resource, then its state.
 *
 * @see spec/ksef.md sections 1.7, 1.10, 2.13, B.2
 * @module
 */
import type { Answer } from '../../answers.ts'
import { parseJson } from '../../json.ts'
import type { SystemRequest } from '../../system.ts'
import { type Bearer, readBearer } from './auth/bearer.ts'
import { isAllowedIp } from './auth/ip-policy.ts'
import { methods } from './auth/methods.ts'
import { contextText } from './identity.ts'
import { rateLimitsOf } from './limits/rates.ts'
import type { Call, Operation, ProtectedOperation, PublicCall } from './operation.ts'
import type { Permission } from './permissions/names.ts'
import { publicRateLimit, type RateGroup } from './rate-groups.ts'
import { answerRefusal, forbidden, Refusal, refused, statusOnly } from './refusal.ts'
import { routeOf } from './routes.ts'
import { catchUp } from './tasks.ts'
import { countOne, type World } from './world.ts'

/** Answers a request. */
export async function answerCall(world: World, request: SystemRequest): Promise<Answer> {
  try {
    const { operation, params } = routeOf(request.path, request.method)
    const answer = await authorizeAndRun(world, operation, params, request)
    countOne(world.counters.accepted, operation.name)
    return warned(world, request, disturbed(world, answer))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return refuse(world, request, error)
  }
}

/** Answers a request that came too soon, whatever it was. */
export function answerThrottled(world: World, request: SystemRequest, retryAfterSeconds = 30): Answer {
  const detail = `Przekroczono limit 20 żądań na minutę. Spróbuj ponownie po ${String(retryAfterSeconds)} sekundach.`
  return refuse(world, request, new Refusal({ status: 429, detail, retryAfterSeconds }))
}

function refuse(world: World, request: SystemRequest, refusal: Refusal): Answer {
  const wantsProblemDetails = headerOf(request, 'x-error-format')?.toLowerCase() === 'problem-details'
  return warned(world, request, answerRefusal(world, refusal, { wantsProblemDetails, instance: request.path }))
}

async function authorizeAndRun(
  world: World,
  operation: Operation,
  params: Readonly<Record<string, string>>,
  request: SystemRequest,
): Promise<Answer> {
  const bearer = await readBearer(world, headerOf(request, 'authorization'))
  catchUp(world)
  // Nothing waits from here until the operation itself does.
  const clientIp = world.switches.clientIp ?? request.clientIp
  const call = (): PublicCall => ({
    world,
    params,
    query: request.query,
    body: bodyOf(operation, request),
    bytes: request.bytes,
    header: (name) => headerOf(request, name),
    clientIp,
    now: world.now(),
  })
  switch (operation.who) {
    case 'public':
      limit(world, operation.rateGroup, operation.name, clientIp, clientIp)
      return operation.run(call())
    case 'authToken':
    case 'refreshToken': {
      if (bearer?.kind !== operation.who) throw statusOnly(401)
      limit(world, undefined, operation.name, clientIp, clientIp)
      return operation.run({ ...call(), session: bearer.session })
    }
    default: {
      const admitted = admit(operation, bearer, clientIp, world)
      return operation.run({ ...call(), ...admitted })
    }
  }
}

type Admitted = Pick<Call, 'session' | 'identity' | 'context' | 'permissions'>

function admit(operation: ProtectedOperation, bearer: Bearer | null, clientIp: string, world: World): Admitted {
  if (bearer === null) throw statusOnly(401)
  const { session } = bearer
  const { identity, context } = session
  if (identity === null) throw statusOnly(401) // An authentication that failed has no access token.
  if (session.ipPolicy !== null && !isAllowedIp(session.ipPolicy, clientIp)) {
    throw forbidden('ip-not-allowed', { clientIp })
  }
  limit(world, operation.rateGroup ?? 'other', operation.name, contextText(context), clientIp)
  const isRightKind =
    bearer.kind === 'accessToken' || (bearer.kind === 'refreshToken' && operation.who === 'bearerOrRefreshToken')
  const required: readonly Permission[] = typeof operation.who === 'string' ? [] : operation.who
  const { permissions } = bearer
  if (!isRightKind || (required.length > 0 && !required.some((name) => permissions.includes(name)))) {
    throw forbidden('missing-permissions', { requiredAnyOfPermissions: required, presentPermissions: permissions })
  }
  if (operation.needsXades === true && session.method === 'token') {
    throw forbidden('auth-method-not-allowed', { authenticationMethodCategory: methods[session.method].info.category })
  }
  if (operation.contextTypes?.includes(context.type) === false) {
    throw forbidden('context-type-not-allowed', { contextIdentifierType: context.type })
  }
  return { session, identity, context, permissions }
}

/** `group` undefined: a public operation, of which all count together. @throws {Refusal} */
function limit(world: World, group: RateGroup | undefined, name: string, caller: string, clientIp: string): void {
  if (!world.switches.rateLimits) return
  const counter = group === undefined ? 'public' : group === 'other' ? `other/${name}` : group
  const most = group === undefined ? publicRateLimit : rateLimitsOf(world, caller)[group]
  const block = world.rates.take(`${counter} ${caller} ${clientIp}`, most, world.now())
  if (block === null) return
  const seconds = String(block.retryAfterSeconds)
  const detail = `Przekroczono limit ${String(block.limit)} żądań na ${block.per}. Spróbuj ponownie po ${seconds} sekundach.`
  throw new Refusal({ status: 429, detail, retryAfterSeconds: block.retryAfterSeconds })
}

function bodyOf(operation: Operation, request: SystemRequest): unknown {
  if (operation.takes === undefined || request.bytes.length === 0) return undefined
  const type = headerOf(request, 'content-type')?.split(';', 1)[0]?.trim().toLowerCase()
  if (operation.takes === 'xml') {
    if (type !== 'application/xml') throw statusOnly(415)
    return undefined
  }
  if (type !== 'application/json') throw statusOnly(415)
  try {
    return parseJson(request.body)
  } catch {
    throw refused(21405, "'request' is not valid JSON.")
  }
}

/** `X-System-Warning`, as set for all answers or asked for by this one. */
function warned(world: World, request: SystemRequest, answer: Answer): Answer {
  const asked = headerOf(request, 'x-test-system-warning') !== undefined
  const warning = world.switches.systemWarning ?? (asked ? '[TEST]: Ostrzezenie testowe' : null)
  if (warning === null) return answer
  return { ...answer, headers: { ...answer.headers, 'X-System-Warning': warning } }
}

/** A member that no version of the API has, where the switch says so. */
function disturbed(world: World, answer: Answer): Answer {
  if (!world.switches.unknownMembers || !answer.body.startsWith('{')) return answer
  const separator = answer.body === '{}' ? '' : ','
  return { ...answer, body: `{"unknownMember":{"value":"Unknown"}${separator}${answer.body.slice(1)}` }
}

function headerOf({ headers }: SystemRequest, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}
