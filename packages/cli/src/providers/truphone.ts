/**
 * Truphone Connect (eSIM) for the command. Its client shares one login through the configured store.
 *
 * @see spec/truphone.md sections 1 and 5
 * @module
 */
import type { TokenManager, TruphoneClient } from '@latchkey/truphone'
import { z } from 'zod'
import { known, plainOrReference, secret, words } from '../config/fields.ts'
import { clientSecretOf, managerOptions, placeFields } from './client-credentials.ts'
import { provider } from './provider.ts'
import type { Door, Opening, SimulatedOpening } from './provider.ts'

const role = z.enum(['RESELLER', 'ACCOUNT_MANAGER'], { error: words('"RESELLER" or "ACCOUNT_MANAGER"') })

const profile = known(
  {
    provider: z.literal('truphone'),
    environment: z.enum(['production', 'pre-production'], { error: words('"production" or "pre-production"') }),
    clientId: plainOrReference,
    clientSecret: secret('TRUPHONE_CLIENT_SECRET'),
    role: role.optional(),
    ...placeFields,
  },
  'a profile',
)

const client = z.object({ clientId: z.string(), clientSecret: z.string(), role })

const simulated = z.object({
  baseUrl: z.url(),
  credentials: client.extend({ accountManager: client }),
})

/** The operations, and the login behind them. */
export interface TruphoneAccess extends Door {
  readonly truphone: TruphoneClient
}

type Role = z.output<typeof role>

export const truphone = provider({
  name: 'truphone',
  profile,
  // Pre-production has the credentials of production: this one line decides whether an order is a real one.
  template: {
    environment: 'pre-production',
    clientId: 'env:TRUPHONE_CLIENT_ID',
    clientSecret: 'env:TRUPHONE_CLIENT_SECRET',
  },
  advice: 'Orders are for test SIMs until "environment" is "production"; the credentials are the same.',
  simulated,
  tokenOperations: ['token'],
  openTokens: open,
  openClient: async (given, opening) => access(await open(given, opening), given.role),
  openSimulatedTokens: openSimulated,
  openSimulatedClient: async (system, opening) => access(await openSimulated(system, opening), system.credentials.role),
  errorCodes: async () => (await import('@latchkey/truphone')).truphoneErrorCodes,
})

async function open(given: z.output<typeof profile>, opening: Opening): Promise<TokenManager> {
  const clientId = await opening.text('clientId', given.clientId)
  const clientSecret = await clientSecretOf(opening, 'clientSecret', given.clientSecret)
  const options = await managerOptions(given, opening)
  const { TokenManager } = await import('@latchkey/truphone')
  return new TokenManager({ clientId, clientSecret, ...options })
}

async function openSimulated(
  { baseUrl, credentials }: z.output<typeof simulated>,
  { observer }: SimulatedOpening,
): Promise<TokenManager> {
  const { clientId, clientSecret } = credentials
  const { TokenManager } = await import('@latchkey/truphone')
  return new TokenManager({ clientId, clientSecret, environment: 'pre-production', baseUrl, observer })
}

async function access(tokens: TokenManager, role: Role | undefined): Promise<TruphoneAccess> {
  const { TruphoneClient } = await import('@latchkey/truphone')
  const truphone = new TruphoneClient({ tokens, role })
  return { truphone, tokenSource: tokens.tokenSource, close: () => tokens.close() }
}
