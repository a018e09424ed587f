/**
 * What a profile of KSeF says: where one signs in, in whose name, and with which one credential.
 *
 * @see spec/ksef.md sections 1.1, 1.8 and 2.5
 * @module
 */
import { z } from 'zod'
import { known, plainOrReference, secret, text, words } from '../config/fields.ts'

/** The ways of signing in: the fields that choose one, and what else each has. */
const credentials = {
  ksefToken: [],
  certificate: ['privateKey', 'privateKeyPassword'],
  p12: ['p12Password'],
  testCertificate: [],
} as const

/** The types of a context. */
export const contextTypes = ['Nip', 'InternalId', 'NipVatUe', 'PeppolId'] as const

/** Whose test certificate can be made: the seal of a NIP, or the signature of a person. */
export const testCertificateTypes = ['Nip', 'Pesel'] as const

const typed = <const Types extends readonly string[]>(types: Types) =>
  known(
    { type: z.enum(types, { error: words(`one of ${types.join(', ')}`) }), value: text },
    '{ "type": "Nip", "value": … }',
  )

const fields = known(
  {
    provider: z.literal('ksef'),
    environment: z.enum(['production', 'demo', 'test'], { error: words('"production", "demo" or "test"') }),
    nip: plainOrReference.optional(),
    context: typed(contextTypes).optional(),
    ksefToken: secret('KSEF_TOKEN').optional(),
    certificate: secret('KSEF_CERTIFICATE').optional(),
    privateKey: secret('KSEF_PRIVATE_KEY').optional(),
    privateKeyPassword: secret('KSEF_PRIVATE_KEY_PASSWORD').optional(),
    p12: secret('KSEF_P12').optional(),
    p12Password: secret('KSEF_P12_PASSWORD').optional(),
    testCertificate: z
      .union([z.literal(true), typed(testCertificateTypes)], {
        error: words('true, { "type": "Nip" or "Pesel", "value": … }, or be left out'),
      })
      .optional(),
    baseUrl: text.optional(),
    apiBaseUrl: text.optional(),
  },
  'a profile',
)

export const profile = fields.superRefine((given, context) => {
  const chosen = (Object.keys(credentials) as Credential[]).filter((name) => given[name] !== undefined)
  const [credential, another] = chosen
  if (credential === undefined || another !== undefined) {
    context.addIssue('must have exactly one of "ksefToken", "certificate", "p12" and "testCertificate"')
  }
  if ((given.nip === undefined) === (given.context === undefined)) {
    context.addIssue('must have exactly one of "nip" and "context"')
  }
  for (const [owner, parts] of Object.entries(credentials)) {
    for (const part of parts) {
      if (given[part] === undefined || owner === credential) continue
      context.addIssue({ code: 'custom', message: `belongs to a profile with "${owner}"`, path: [part] })
    }
  }
  if (credential === 'certificate' && given.privateKey === undefined) {
    context.addIssue({ code: 'custom', message: 'is missing; "certificate" needs its key', path: ['privateKey'] })
  }
  if (credential === 'testCertificate' && given.environment !== 'test') {
    const message = 'is for "environment": "test" alone: elsewhere KSeF asks who issued a certificate'
    context.addIssue({ code: 'custom', message, path: ['testCertificate'] })
  }
})

type Credential = keyof typeof credentials

/** Where one signs in, in whose name and with what. */
export type KsefProfile = z.output<typeof profile>
