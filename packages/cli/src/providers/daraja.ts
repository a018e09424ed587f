/**
 * Safaricom Daraja (M-PESA) for the command. Its client is the token manager, on which commands put an `MpesaClient`.
 *
 * @see spec/daraja.md section 2
 * @module
 */
import type { TokenManager } from '@latchkey/daraja'
import { z } from 'zod'
import { environment, known, plainOrReference, secret } from '../config/fields.ts'
import { clientSecretOf, managerOptions, placeFields } from './client-credentials.ts'
import { provider } from './provider.ts'
import type { Opening, SimulatedOpening } from './provider.ts'

const profile = known(
  {
    provider: z.literal('daraja'),
    environment,
    consumerKey: secret('DARAJA_CONSUMER_KEY'),
    consumerSecret: secret('DARAJA_CONSUMER_SECRET'),
    ...placeFields,
    shortCode: plainOrReference.optional(),
    passkey: secret('DARAJA_PASSKEY').optional(),
    initiator: plainOrReference.optional(),
    securityCredential: secret('DARAJA_SECURITY_CREDENTIAL').optional(),
  },
  'a profile',
)

const simulated = z.object({
  baseUrl: z.url(),
  credentials: z.object({
    consumerKey: z.string(),
    consumerSecret: z.string(),
    shortCode: z.string(),
    passkey: z.string(),
    initiator: z.string(),
    securityCredential: z.string(),
    msisdn: z.string(),
  }),
})

export const daraja = provider({
  name: 'daraja',
  profile,
  template: {
    environment: 'sandbox',
    consumerKey: 'env:DARAJA_CONSUMER_KEY',
    consumerSecret: 'env:DARAJA_CONSUMER_SECRET',
  },
  advice: 'Payments and balances also need "shortCode", "passkey", "initiator" or "securityCredential" in the profile.',
  simulated,
  tokenOperations: ['oauth'],
  openTokens: open,
  openClient: open,
  openSimulatedTokens: openSimulated,
  openSimulatedClient: openSimulated,
  errorCodes: async () => (await import('@latchkey/daraja')).darajaErrorCodes,
})

async function open(given: z.output<typeof profile>, opening: Opening): Promise<TokenManager> {
  const consumerKey = (await opening.secret('consumerKey', given.consumerKey)).reveal()
  const consumerSecret = await clientSecretOf(opening, 'consumerSecret', given.consumerSecret)
  const options = await managerOptions(given, opening)
  const { TokenManager } = await import('@latchkey/daraja')
  return new TokenManager({ consumerKey, consumerSecret, ...options })
}

async function openSimulated(
  { baseUrl, credentials }: z.output<typeof simulated>,
  { observer }: SimulatedOpening,
): Promise<TokenManager> {
  const { consumerKey, consumerSecret } = credentials
  const { TokenManager } = await import('@latchkey/daraja')
  return new TokenManager({ consumerKey, consumerSecret, environment: 'sandbox', baseUrl, observer })
}
