/**
 * Safaricom Daraja (M-PESA): puts the parts together and finds the operation of a request.
 *
 * @see spec/daraja.md section 8.2
 * @module
 */
import type { Answer } from '../../answers.ts'
import { masked } from '../../masking.ts'
import type { System, SystemContext, SystemDefinition, SystemRequest } from '../../system.ts'
import { accountBalance, awaitResult } from './account-balance.ts'
import { createCredentials, type DarajaCredentials, type Identity } from './credentials.ts'
import { balanceFamily, refuse, spikeArrest, stkFamily, unknownPath } from './errors.ts'
import { createIds } from './ids.ts'
import { createInitiatorLock } from './initiator.ts'
import { createLedger } from './ledger.ts'
import { magic } from './magic.ts'
import { oauth } from './oauth.ts'
import { createPayments } from './payments.ts'
import { readSaved, type Saved, save } from './saved.ts'
import { type DarajaState, describe } from './state.ts'
import { stkPushQuery } from './stk-push-query.ts'
import { awaitOutcome, stkPush } from './stk-push.ts'
import { type DarajaSwitches, operationNames, readSwitches } from './switches.ts'
import { createTokens } from './tokens.ts'
import type { World } from './world.ts'

export type { DarajaCredentials } from './credentials.ts'
export type { DarajaState } from './state.ts'
export type { DarajaSwitches } from './switches.ts'

interface Operation {
  readonly name: (typeof operationNames)[number]
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly run: (world: World, request: SystemRequest) => Answer | Promise<Answer>
}

const operations: readonly Operation[] = [
  { name: 'oauth', method: 'GET', path: '/oauth/v1/generate', run: oauth },
  { name: 'stkPush', method: 'POST', path: '/mpesa/stkpush/v1/processrequest', run: stkPush },
  { name: 'stkPushQuery', method: 'POST', path: '/mpesa/stkpushquery/v1/query', run: stkPushQuery },
  { name: 'accountBalance', method: 'POST', path: '/mpesa/accountbalance/v1/query', run: accountBalance },
]

/** Daraja, before it runs. */
export const daraja: SystemDefinition<DarajaCredentials, DarajaSwitches, DarajaState> = {
  title: 'Safaricom Daraja (M-PESA)',
  operations: operationNames,
  readSwitches,
  async start(context, switches) {
    const identity = await createCredentials(context.random('credentials'), context.clock.now())
    return createSystem(createWorld(context, identity, switches), identity, switches)
  },
  async restore(context, switches, input) {
    const saved = readSaved(input)
    const { identity } = saved
    const world = createWorld(context, identity, saved.switches, saved)
    for (const payment of world.payments.list()) if (payment.outcome === null) awaitOutcome(world, payment, answered)
    for (const inquiry of saved.inquiries) awaitResult(world, inquiry, answered)
    return createSystem(world, identity, switches)
  },
}

/** The answer to a request of before a restart has left long ago. */
const answered = Promise.resolve()

function createWorld(context: SystemContext, identity: Identity, switches: DarajaSwitches, saved?: Saved): World {
  const { credentials, privateKey } = identity
  const ids = createIds(context.random('ids', saved?.ids.drawn), saved?.ids)
  return {
    clock: context.clock,
    callbacks: context.callbacks,
    strictUrls: context.strictUrls,
    credentials,
    ids,
    tokens: createTokens(() => ids.token(), saved?.tokens),
    payments: createPayments(saved?.payments),
    ledger: createLedger(saved?.ledger),
    initiator: createInitiatorLock(credentials, privateKey, saved?.failedAttempts),
    inquiries: new Set(),
    counters: saved?.counters ?? { tokenRequests: 0, appTokenRequests: 0, rejected: {}, lastQueryAt: null },
    switches,
  }
}

function createSystem(
  world: World,
  identity: Identity,
  initial: DarajaSwitches,
): System<DarajaCredentials, DarajaState> {
  return {
    credentials: world.credentials,
    operationAt: (path) => operations.find((operation) => operation.path === path)?.name ?? null,
    arrived(operation) {
      if (operation === 'oauth') world.counters.tokenRequests += 1
    },
    answer: (request) => dispatch(world, request),
    throttled: () => spikeArrest(),
    invalidateTokens: () => world.tokens.invalidateAll(world.clock.now()),
    set(input) {
      world.switches = readSwitches(input, world.switches)
      return world.switches
    },
    state: () => describe(world),
    snapshot: () => save(world, identity),
    reset() {
      world.switches = initial
      world.tokens.clear()
      world.payments.clear()
      world.ledger.reset()
      world.initiator.reset()
      world.inquiries.clear()
      Object.assign(world.counters, { tokenRequests: 0, appTokenRequests: 0, rejected: {}, lastQueryAt: null })
    },
    maskText: createMask(world),
    documents: {
      certificate: { status: 200, body: world.credentials.certificate, contentType: 'application/x-pem-file' },
    },
    magic,
  }
}

function dispatch(world: World, request: SystemRequest): Answer | Promise<Answer> {
  const operation = operations.find(({ path }) => path === request.path)
  if (operation === undefined) {
    const family = [stkFamily, balanceFamily].find(({ pathPrefix }) => request.path.startsWith(pathPrefix))
    if (family === undefined) return unknownPath(world, request.method, request.path)
    return refuse(world, 'unknown path', family.notFoundCode, 'Resource not found')
  }
  if (operation.method === request.method) return operation.run(world, request)
  return refuse(world, 'wrong method', '405.001', `${request.method} Method Not Allowed`)
}

/** Replaces the app's secrets, and every token that is remembered, wherever they stand. */
function createMask(world: World): (text: string) => string {
  const { consumerKey, consumerSecret, passkey, initiatorPassword, securityCredential } = world.credentials
  const basic = Buffer.from(`${consumerKey}:${consumerSecret}`).toString('base64')
  const secrets = [consumerKey, consumerSecret, passkey, initiatorPassword, securityCredential, basic]
  return (text) =>
    secrets
      .reduce((rest, secret) => rest.replaceAll(secret, masked), text)
      .replaceAll(/[A-Za-z0-9]{28,}/g, (run) => (world.tokens.isKnown(run) ? masked : run))
      .replaceAll(/(Invalid Access Token - )(?!Invalid API)\S+/g, `$1${masked}`) // A token that is not ours.
}
