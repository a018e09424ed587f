/**
 * A call of the API from its arrival to its answer: token, rate, role, route, body, operation.
 *
 * @see spec/truphone.md sections 2.1, 3.5, 4, 6.5
 * @module
 */
import type { Answer } from '../../answers.ts'
import type { SystemRequest } from '../../system.ts'
import { parseBody } from './api/fields.ts'
import { answerRefusal, invalid, Refusal, ruled } from './api/refusal.ts'
import { type Client, clients } from './credentials.ts'
import { isActive, isAlive } from './keycloak/realm.ts'
import { checkRate } from './rates.ts'
import { type OperationName, operations, type Resource, type Route } from './routes.ts'
import { countOne, storedMax, type World } from './world.ts'

type ApiRoute = Extract<Route, { is: 'api' }>

/** Answers a call of the API. */
export async function answerCall(world: World, route: ApiRoute, request: SystemRequest): Promise<Answer> {
  const given = request.headers['x-correlation-id']
  const isGiven = typeof given === 'string' && /^[\x20-\x7e]{1,128}$/.test(given)
  const headers = { 'X-Correlation-ID': isGiven ? given : world.ids.uuid() }
  const client = await clientOf(world, request).catch(refused)
  if (client instanceof Refusal) return { ...answerRefusal(world, client), headers }
  const answer = client === null ? unauthorised(world) : run(world, route, request, client, isGiven)
  return { ...answer, headers: { ...answer.headers, ...headers } }
}

function refused(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  throw error
}

/** Nothing waits from here on: a call is carried out whole or not at all. */
function run(world: World, route: ApiRoute, request: SystemRequest, client: Client, hasCorrelationId: boolean): Answer {
  try {
    checkRate(world, client)
    if (route.group === 'customer' && client.role !== 'ACCOUNT_MANAGER') {
      throw ruled(world, 'roleNotEntitled', 'The role RESELLER is not entitled to customers')
    }
    const { resource, name } = find(world, route, request)
    if (world.switches.requireCorrelationId && !hasCorrelationId) throw invalid('X-Correlation-ID: must be sent')
    // Deprecated paths give the SIM in the query.
    const iccid = resource.path.startsWith('status/') ? request.query.get('iccid') : null
    const hasBody = ['POST', 'PUT', 'PATCH'].includes(request.method) && name !== 'activateSubscription'
    if (hasBody && world.counters.stored + request.body.length > storedMax) {
      throw new Refusal(500, 'INTERNAL_ERROR', 'The simulator holds as much as it can; reset it')
    }
    const answer = operations[name]({
      world,
      store: world.stores[route.environment],
      client,
      request,
      basePath: route.basePath,
      params: route.params.length === 0 && iccid !== null ? [iccid] : route.params,
      body: hasBody ? parseBody(request.body) : {},
      now: world.clock.now(),
    })
    if (hasBody) world.counters.stored += request.body.length
    countOne(world.counters.accepted, name)
    if (resource.replacedBy === undefined) return answer
    return { ...answer, notes: [`Deprecated: use /v1/${resource.replacedBy}.`] }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const answer = answerRefusal(world, error)
    if (error.status !== 429 || !world.switches.retryAfter) return answer
    return { ...answer, headers: { 'Retry-After': '1' } }
  }
}

function find(
  world: World,
  { resource, basePath }: ApiRoute,
  { method, path }: SystemRequest,
): { resource: Resource; name: OperationName } {
  const { productsPath, esimPath } = world.switches
  const [first] = resource?.path.split('/', 1) ?? []
  const isOff =
    (basePath === '/esim' && !esimPath) ||
    (productsPath !== 'both' && (first === 'products' || first === 'product') && first !== productsPath)
  if (resource === null || isOff) {
    throw ruled(world, 'unknownPath', `${method} ${path} is not imitated; GET /_simulator/ lists what is.`)
  }
  const name = resource.methods[method]
  if (name === undefined) throw ruled(world, 'wrongMethod', `${method} is not allowed here`)
  return { resource, name }
}

/** Whose token it is; null of none, or one that is no good. */
async function clientOf(world: World, request: SystemRequest): Promise<Client | null> {
  const header = request.headers['authorization']
  const token = /^Bearer +(\S+) *$/i.exec(typeof header === 'string' ? header : '')?.[1]
  if (token === undefined) return null
  const { verify } = world.switches
  if (verify !== null) return world.foreignTokens.clientOf(token, verify, world.clock.now())
  const read = await world.keys.read(token)
  if (read?.signedAs !== 'access' || read.claims['typ'] !== 'Bearer') return null
  const { realm, switches, clock } = world
  const record = realm.access.get(read.claims.jti ?? '')
  if (record === undefined) return null
  const now = clock.now()
  const isGood = switches.tokenCheck === 'online' ? isActive(realm, record, switches, now) : isAlive(record, now)
  return isGood ? (clients.get(record.clientId) ?? null) : null
}

function unauthorised(world: World): Answer {
  const answer = answerRefusal(world, new Refusal(401, 'UNAUTHORISED', 'Access token is missing or invalid'))
  if (!world.switches.wwwAuthenticate) return answer
  return { ...answer, headers: { 'WWW-Authenticate': 'Bearer realm="tru-staff", error="invalid_token"' } }
}
