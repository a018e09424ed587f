/**
 * E2. If the token requests rise above one, callers of a shop end each other's tokens; if calls fail, they see it.
 *
 * @module
 */
import { EtimsClient } from '@latchkey/etims'
import { startSimulator } from '@latchkey/simulator'
import type { Simulator } from '@latchkey/simulator'
import type { Benchmark, Context } from '../harness/benchmark.ts'
import { amount } from '../harness/result.ts'
import type { Bar, Outcome } from '../harness/result.ts'

const callers = 100
const since = { lastReqDt: '20180101000000' }

export const tokenBehaviour: Benchmark = {
  id: 'E2',
  title: 'Token requests of a hundred callers',
  meaning: 'If the token requests rise above one, callers of one credential end each other’s tokens.',
  method: `${callers} calls of the gateway at once, against the simulator over real sockets: with nothing cached, and again after every token was killed at the server. Token requests are counted at the simulator; a call has failed when it rejects.`,
  run,
}

async function run({ say }: Context): Promise<Outcome> {
  say('E2: a herd, and a refusal')
  await using simulator = await startSimulator()
  const { baseUrl, credentials } = simulator.systems.etims
  const { consumerKey, consumerSecret, appId, initializedDevice: device } = credentials
  await using etims = new EtimsClient({
    env: 'sandbox',
    auth: { sandbox: { consumer_key: consumerKey, consumer_secret: consumerSecret, app_id: appId } },
    oscu: { tin: device.tin, bhf_id: device.bhfId, cmc_key: device.cmcKey },
    ...{ baseUrl, face: 'gateway' },
  })
  const cold = await herd(simulator, etims)
  simulator.invalidateTokens('etims')
  const refused = await herd(simulator, etims)
  const bars: Bar[] = [
    {
      claim: 'one token request for the herd',
      measured: String(cold.tokenRequests),
      reached: cold.tokenRequests === 1,
    },
    { claim: 'one for the refusal', measured: String(refused.tokenRequests), reached: refused.tokenRequests === 1 },
    {
      claim: '0 failed calls',
      measured: `${cold.failed}, ${refused.failed}`,
      reached: cold.failed + refused.failed === 0,
    },
  ]
  const cells = ({ tokenRequests, failed, ms }: Herd) => [
    { text: amount(tokenRequests), raw: tokenRequests },
    { text: amount(failed), raw: failed },
    { text: amount(Math.round(ms), 'ms'), raw: ms },
  ]
  return {
    table: {
      columns: [
        'nothing cached: token requests',
        'failed',
        'all done',
        'token killed: token requests',
        'failed',
        'all done',
      ],
      rows: [{ name: '@latchkey/etims', cells: [...cells(cold), ...cells(refused)] }],
    },
    bars,
    notes: [
      'The published JavaScript SDK (`@paybilldev/kra-etims-sdk`) could not be had from the npm registry when this was measured, so it has no row. Its documented behaviour (spec/etims.md 2.5): one token request for each concurrent caller.',
    ],
  }
}

interface Herd {
  readonly tokenRequests: number
  readonly failed: number
  readonly ms: number
}

async function herd(simulator: Simulator, etims: EtimsClient): Promise<Herd> {
  const asked = (): number =>
    simulator.requests({ system: 'etims' }).filter(({ path }) => path.startsWith('/v1/token/generate')).length
  const before = asked()
  const start = performance.now()
  const outcomes = await Promise.allSettled(Array.from({ length: callers }, () => etims.selectBranches(since)))
  const ms = performance.now() - start
  return { tokenRequests: asked() - before, failed: outcomes.filter(({ status }) => status === 'rejected').length, ms }
}
