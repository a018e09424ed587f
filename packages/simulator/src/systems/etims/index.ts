/**
 * KRA eTIMS OSCU: puts the parts together and finds what a request is for.
 *
 * @see spec/etims.md section 10
 * @module
 */
import { type Answer, jsonAnswer } from '../../answers.ts'
import { masked } from '../../masking.ts'
import { hexDigits } from '../../random.ts'
import type { System, SystemContext, SystemDefinition, SystemRequest } from '../../system.ts'
import { answerCall } from './business-call.ts'
import { certifications } from './certification.ts'
import { createCredentials, type EtimsCredentials } from './credentials.ts'
import { createData } from './data.ts'
import { createIds } from './ids.ts'
import { operationNames, otherNames } from './operation-names.ts'
import { receiptPage } from './operations/sale-reads.ts'
import { answerStatus } from './outcomes.ts'
import { nameAt, routeOf } from './routes.ts'
import { readSaved, type Saved, save } from './saved.ts'
import { seedRows } from './seed.ts'
import { describe, type EtimsState } from './state.ts'
import { type EtimsSwitches, readSwitches } from './switches.ts'
import { tokenEndpoint } from './token-endpoint.ts'
import { createTokens } from './tokens.ts'
import { countRefusal, type World } from './world.ts'

export type { EtimsCredentials } from './credentials.ts'
export type { EtimsState } from './state.ts'
export type { EtimsSwitches } from './switches.ts'

/** eTIMS, before it runs. */
export const etims: SystemDefinition<EtimsCredentials, EtimsSwitches, EtimsState> = {
  title: 'KRA eTIMS (OSCU)',
  operations: [...otherNames, ...operationNames],
  readSwitches,
  start(context, switches) {
    return Promise.resolve(createSystem(createWorld(context, switches), switches))
  },
  restore(context, switches, input) {
    return new Promise((resolve) => {
      const saved = readSaved(input)
      resolve(createSystem(createWorld(context, saved.switches, saved), switches))
    })
  },
}

function createWorld(context: SystemContext, switches: EtimsSwitches, saved?: Saved): World {
  const credentials = saved?.credentials ?? createCredentials(context.random('credentials'))
  const ids = createIds(context.random('ids', saved?.drawn))
  return {
    clock: context.clock,
    credentials,
    ids,
    signingKey: saved?.signingKey ?? context.random('signing').text(hexDigits, 64),
    tokens: createTokens(() => ids.token(), saved?.tokens),
    data: createData(saved?.rows ?? seedRows(credentials)),
    counters: saved?.counters ?? { tokenRequests: 0, appTokenRequests: 0, accepted: {}, rejected: {}, stored: 0 },
    switches,
  }
}

function createSystem(world: World, initial: EtimsSwitches): System<EtimsCredentials, EtimsState> {
  return {
    credentials: world.credentials,
    operationAt: nameAt,
    arrived(operation) {
      if (operation === 'token') world.counters.tokenRequests += 1
    },
    answer: (request) => dispatch(world, request),
    throttled: spikeArrest,
    invalidateTokens: () => world.tokens.invalidateAll(world.clock.now()),
    set(input) {
      world.switches = readSwitches(input, world.switches)
      return world.switches
    },
    state: () => describe(world),
    snapshot: () => save(world),
    reset() {
      world.switches = initial
      world.tokens.clear()
      world.data = createData(seedRows(world.credentials))
      Object.assign(world.counters, { tokenRequests: 0, appTokenRequests: 0, accepted: {}, rejected: {}, stored: 0 })
    },
    maskText: createMask(world),
    get documents() {
      return { certification: jsonAnswer(200, certifications(world)) }
    },
    magic,
  }
}

const magic: Readonly<Record<string, string>> = {
  'dvcSrlNo DEV-VSCU-1': 'a VSCU device of branch 00: its initialization is refused with 903',
  'dvcSrlNo DEV-USED-1': 'a device of branch 01 that has its key: its initialization is refused with 902',
  'any other dvcSrlNo': 'is not approved: 901',
  'custTin P000000002B': 'the sale is in the purchase feed of this PIN until that confirms it',
  'path /importedItemConvertedInfo': 'an import update that answers 000 and changes nothing',
}

function dispatch(world: World, request: SystemRequest): Answer {
  const route = routeOf(request.path)
  switch (route.is) {
    case 'token':
      return tokenEndpoint(world, request)
    case 'operation':
      return answerCall(world, route, request)
    case 'receiptPage':
      return request.method === 'GET' ? receiptPage(world, request) : wrongMethod(world)
    case 'liveness':
      return request.method === 'GET'
        ? { status: 200, body: 'eTIMS is here', contentType: 'text/plain' }
        : wrongMethod(world)
    case 'unknown': {
      countRefusal(world, 'unknown path')
      const hint = `${request.method} ${request.path} is not imitated; GET /_simulator/ lists what is.`
      return answerStatus(world, route.face, 404, '912', 'It is an error of request method', hint)
    }
  }
}

function wrongMethod(world: World): Answer {
  countRefusal(world, 'wrong method')
  return answerStatus(world, 'direct', 405, '912', 'It is an error of request method')
}

/** The gateway's throttling. */
function spikeArrest(): Answer {
  const faultstring =
    'Spike arrest violation. Allowed rate : MessageRate{messagesPerPeriod=5, periodInMicroseconds=1000000, maxBurstMessageCount=1.0}'
  return jsonAnswer(429, { fault: { faultstring, detail: { errorcode: 'policies.ratelimit.SpikeArrestViolation' } } })
}

/**
 * Replaces the app's secret, every key that a device was given, and every token that is remembered, wherever they
 * stand. Keys that a caller chose itself are hidden by the names of their fields.
 */
function createMask(world: World): (text: string) => string {
  const { consumerKey, consumerSecret } = world.credentials
  const basic = Buffer.from(`${consumerKey}:${consumerSecret}`).toString('base64')
  const isKey = (run: string): boolean => world.data.devices.rows.some(({ cmcKey }) => cmcKey === run)
  return (text) =>
    text
      .replaceAll(consumerSecret, masked)
      .replaceAll(basic, masked)
      .replaceAll(/[0-9A-F]{52}/g, (run) => (isKey(run) ? masked : run))
      .replaceAll(/[A-Za-z0-9]{28,}/g, (run) => (world.tokens.isKnown(run) ? masked : run))
}
