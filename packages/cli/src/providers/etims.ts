/**
 * KRA eTIMS for the command. Device keys and counters are kept in the configured store, beside the tokens.
 *
 * @see spec/etims.md sections 1.4, 3.3 and 7.5
 * @module
 */
import type { AuthClient, EtimsClient, OscuConfig } from '@latchkey/etims'
import { z } from 'zod'
import { environment, known, plainOrReference, secret, words } from '../config/fields.ts'
import { keptForSimulator } from '../simulator-store.ts'
import { simulatorState } from '../simulated.ts'
import { clientSecretOf, placeFields } from './client-credentials.ts'
import { provider } from './provider.ts'
import type { Door, Opening, Services, SimulatedOpening } from './provider.ts'

const profile = known(
  {
    provider: z.literal('etims'),
    environment,
    consumerKey: secret('ETIMS_CONSUMER_KEY'),
    consumerSecret: secret('ETIMS_CONSUMER_SECRET'),
    tin: plainOrReference,
    bhfId: plainOrReference,
    face: z.enum(['direct', 'gateway'], { error: words('"direct" or "gateway"') }).optional(),
    appId: plainOrReference.optional(),
    cmcKey: secret('ETIMS_CMC_KEY').optional(),
    deviceSerial: plainOrReference.optional(),
    ...placeFields,
  },
  'a profile',
)

const device = z.object({ tin: z.string(), bhfId: z.string(), deviceSerial: z.string() })

const simulated = z.object({
  baseUrl: z.url(),
  credentials: z.object({
    consumerKey: z.string(),
    consumerSecret: z.string(),
    appId: z.string(),
    ...device.shape,
    initializedDevice: device.extend({ cmcKey: z.string() }),
    buyerTins: z.array(z.string()),
  }),
})

/** The client of one device, and whose device it is. */
export interface EtimsAccess extends Door {
  readonly etims: EtimsClient
  readonly tin: string
  readonly bhfId: string
  /** The serial that KRA approved, where it is stated. */
  readonly deviceSerial: string | undefined
  /** Drops what is kept of a simulator that was started anew since. Absent for KRA. */
  readonly startAnew?: () => Promise<void>
}

export const etims = provider({
  name: 'etims',
  profile,
  fieldNames: {
    consumer_key: 'consumerKey',
    consumer_secret: 'consumerSecret',
    token_url: 'tokenUrl',
    base_url: 'apiBaseUrl',
    bhf_id: 'bhfId',
  },
  template: {
    environment: 'sandbox',
    consumerKey: 'env:ETIMS_CONSUMER_KEY',
    consumerSecret: 'env:ETIMS_CONSUMER_SECRET',
    tin: 'env:ETIMS_TIN',
    bhfId: '00',
    face: 'direct',
  },
  advice: 'Initialize the device once with `latchkey etims init-device --serial SERIAL`, or state its key as "cmcKey".',
  simulated,
  tokenOperations: ['token'],
  async openTokens(given, opening): Promise<AuthClient> {
    const config = await commonConfig(given, opening)
    const { AuthClient } = await import('@latchkey/etims')
    return new AuthClient({ ...config, ...(await opening.services()), oscu: { tin: '', bhf_id: '' } }) // Not asked for.
  },
  async openClient(given, opening) {
    const config = await commonConfig(given, opening)
    const [tin, bhfId] = [await opening.text('tin', given.tin), await opening.text('bhfId', given.bhfId)]
    const { appId, deviceSerial: serial, cmcKey } = given
    const deviceSerial = serial && (await opening.text('deviceSerial', serial))
    const key = cmcKey && (await opening.secret('cmcKey', cmcKey)).reveal()
    const oscu = {
      ...{ tin, bhf_id: bhfId, cmc_key: key },
      apigee_app_id: appId && (await opening.text('appId', appId)),
    }
    return access({ ...config, oscu }, await opening.services(), deviceSerial)
  },
  async openSimulatedTokens(system, { observer }): Promise<AuthClient> {
    const { AuthClient } = await import('@latchkey/etims')
    return new AuthClient({ ...simulatedConfig(system), observer, oscu: { tin: '', bhf_id: '' } }) // Not asked for.
  },
  openSimulatedClient,
  errorCodes: async () => (await import('@latchkey/etims')).etimsErrorCodes,
})

/** A client of the device that waits for its initialization. Of the other devices of a simulator, keys are known. */
export async function openFreshDevice(
  system: z.output<typeof simulated>,
  opening: SimulatedOpening,
): Promise<EtimsAccess> {
  const { directory, store } = await keptForSimulator(opening)
  const { tin, bhfId, deviceSerial, appId } = system.credentials
  const oscu = { tin, bhf_id: bhfId, apigee_app_id: appId }
  const { observer } = opening
  const fresh = await access(
    { ...simulatedConfig(system), oscu },
    { store, plaintext: true, observer },
    deviceSerial,
    directory,
  )
  if (await isForgotten(fresh, opening)) {
    await fresh.startAnew?.()
    return openFreshDevice(system, opening)
  }
  return fresh
}

/** The fresh device once it was initialized through this command, and until then the one that has its key already. */
async function openSimulatedClient(
  system: z.output<typeof simulated>,
  opening: SimulatedOpening,
): Promise<EtimsAccess> {
  const fresh = await openFreshDevice(system, opening)
  if (await hasKey(fresh)) return fresh
  await fresh.close()
  const { directory, store } = await keptForSimulator(opening)
  const { appId, initializedDevice } = system.credentials
  const { tin, bhfId, cmcKey, deviceSerial } = initializedDevice
  const oscu = { tin, bhf_id: bhfId, cmc_key: cmcKey, apigee_app_id: appId }
  const { observer } = opening
  return access({ ...simulatedConfig(system), oscu }, { store, plaintext: true, observer }, deviceSerial, directory)
}

async function commonConfig(given: z.output<typeof profile>, opening: Opening): Promise<Omit<OscuConfig, 'oscu'>> {
  const { environment, face, credentialVersion, baseUrl, tokenUrl, apiBaseUrl } = given
  const consumerKey = (await opening.secret('consumerKey', given.consumerKey)).reveal()
  const consumerSecret = await clientSecretOf(opening, 'consumerSecret', given.consumerSecret)
  return {
    env: environment,
    auth: { [environment]: { consumer_key: consumerKey, consumer_secret: consumerSecret, token_url: tokenUrl } },
    ...(apiBaseUrl !== undefined && { api: { [environment]: { base_url: apiBaseUrl } } }),
    ...{ keyLabel: opening.name, face, credentialVersion, baseUrl },
  }
}

function simulatedConfig({ baseUrl, credentials }: z.output<typeof simulated>): Omit<OscuConfig, 'oscu'> {
  const { consumerKey, consumerSecret } = credentials
  const auth = { sandbox: { consumer_key: consumerKey, consumer_secret: consumerSecret } }
  return { env: 'sandbox', auth, baseUrl }
}

async function access(
  config: OscuConfig,
  services: Services,
  deviceSerial: string | undefined,
  directory?: string,
): Promise<EtimsAccess> {
  const { EtimsClient } = await import('@latchkey/etims')
  const etims = new EtimsClient({ validation: 'spec', ...config, ...services })
  const { tin, bhf_id: bhfId } = config.oscu
  return {
    ...{ etims, tin, bhfId, deviceSerial, tokenSource: etims.tokenSource },
    close: () => etims.close(),
    ...(directory !== undefined && { startAnew: () => removeKept(etims, directory) }),
  }
}

/** What is under way may still write for a moment, hence the repeats. */
async function removeKept(etims: EtimsClient, directory: string): Promise<void> {
  const { rm } = await import('node:fs/promises')
  await etims.close()
  await rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 })
}

async function hasKey({ etims }: EtimsAccess): Promise<boolean> {
  try {
    await etims.device()
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ETIMS_DEVICE_UNKNOWN') return false
    throw error
  }
}

const stateShape = z.object({
  systems: z.object({ etims: z.object({ devices: z.array(device.extend({ state: z.string() })) }) }),
})

/** A key is kept, and the simulator has not issued it: it was started anew. */
async function isForgotten(fresh: EtimsAccess, { url, signal }: SimulatedOpening): Promise<boolean> {
  if (!(await hasKey(fresh))) return false
  const state = stateShape.safeParse(await simulatorState(url, signal))
  const found = state.data?.systems.etims.devices.find(
    ({ tin, bhfId, deviceSerial }) => tin === fresh.tin && bhfId === fresh.bhfId && deviceSerial === fresh.deviceSerial,
  )
  return found?.state !== 'initialized'
}
