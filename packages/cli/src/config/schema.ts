/**
 * What the configuration file may say. Every message completes "NAME …"; none shows a value, since a secret may stand
 * where it does not belong.
 *
 * @see DESIGN section 4
 * @module
 */
import { nearest } from '@latchkey/core'
import { z } from 'zod'
import type { Path } from './placed-json.ts'

/** Where a secret is to be found. */
export interface Reference {
  readonly from: 'env' | 'file'
  /** The variable's name, or the path as it is written. */
  readonly name: string
}

/** Where tokens are shared. */
export type StoreChoice =
  | { readonly kind: 'file'; readonly directory: string }
  | {
      readonly kind: 'redis'
      readonly url: Reference
      readonly client: RedisClientName | undefined
      readonly durability: 'acceptedBySingleServer' | { replicas: number; timeoutMs?: number | undefined } | undefined
    }
  | { readonly kind: 'postgres'; readonly url: Reference; readonly table: string | undefined }
  | { readonly kind: 'memory' }

export type RedisClientName = '@redis/client' | 'ioredis'

const tooPlain = (variable: string): string =>
  `must be a reference, since secrets do not belong into this file: put the secret into an environment variable and write "env:${variable}", or into a file and write "file:PATH"`

const words = (what: string) => (issue: { readonly input?: unknown }) =>
  issue.input === undefined ? `is missing; it must be ${what}` : `must be ${what}`

const text = z.string({ error: words('text') }).min(1, 'must not be empty')

const secret = (variable: string) =>
  z.string({ error: words(`a reference such as "env:${variable}"`) }).transform((written, context): Reference => {
    const found = referenceIn(written)
    if (found === undefined) context.addIssue(tooPlain(variable))
    return found ?? z.NEVER
  })

const wholeNumber = (min: number, max: number) => {
  const error = words(`a whole number from ${min} to ${max}`)
  return z.int({ error }).min(min, { error }).max(max, { error })
}

const plainOrReference = text.transform((written): string | Reference => referenceIn(written) ?? written)

function referenceIn(written: string): Reference | undefined {
  const [, from, name = ''] = /^(env|file):(.+)$/.exec(written) ?? []
  if (from === 'file') return { from, name }
  // Anything else after `env:` is more likely to be a secret than a name.
  return from === 'env' && /^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name) ? { from, name } : undefined
}

/** An object that refuses other names than its own. */
function known<Shape extends z.ZodRawShape>(shape: Shape, what: string) {
  const names = Object.keys(shape)
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? unknownName(issue.keys[0] ?? '', names) : words(`an object: ${what}`)(issue),
  })
}

function unknownName(name: string, names: readonly string[]): string {
  const near = nearest(name, names)
  return `is not known here; ${near === undefined ? `use ${names.join(', ')}` : `did you mean "${near}"?`}`
}

const daraja = known(
  {
    provider: z.literal('daraja'),
    environment: z.enum(['sandbox', 'production'], { error: words('"sandbox" or "production"') }),
    consumerKey: secret('DARAJA_CONSUMER_KEY'),
    consumerSecret: secret('DARAJA_CONSUMER_SECRET'),
    credentialVersion: text.optional(),
    baseUrl: text.optional(),
    tokenUrl: text.optional(),
    apiBaseUrl: text.optional(),
    shortCode: plainOrReference.optional(),
    passkey: secret('DARAJA_PASSKEY').optional(),
    initiator: plainOrReference.optional(),
    securityCredential: secret('DARAJA_SECURITY_CREDENTIAL').optional(),
  },
  'a profile',
)

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)

const profile = z.discriminatedUnion('provider', [daraja], {
  error: ({ input }) => (isObject(input) ? 'must be the name of a provider: "daraja"' : 'must be an object: a profile'),
})

const profiles = z.record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/), profile, {
  error: (issue) =>
    issue.code === 'invalid_key'
      ? 'is no name for a profile; use letters, digits, dashes, dots and underscores, at most 64'
      : words('an object: profiles by name')(issue),
})

const durability = z.union(
  [
    z.literal('acceptedBySingleServer'),
    known({ replicas: wholeNumber(1, 100), timeoutMs: wholeNumber(1, 1500).optional() }, '{ "replicas": 1 }'),
  ],
  { error: 'must be "acceptedBySingleServer", or { "replicas": 1 to 100, "timeoutMs": 1 to 1500 }' },
)

const storeFields = known(
  {
    file: text.optional(),
    redis: secret('REDIS_URL').optional(),
    client: z.enum(['@redis/client', 'ioredis'], { error: words('"@redis/client" or "ioredis"') }).optional(),
    durability: durability.optional(),
    postgres: secret('DATABASE_URL').optional(),
    table: text.optional(),
    memory: z.literal(true, { error: words('true') }).optional(),
  },
  '{ "file": DIRECTORY }, { "redis": REFERENCE }, { "postgres": REFERENCE } or { "memory": true }',
)

const keysMax = 32

const kinds = ['file', 'redis', 'postgres', 'memory'] as const
const belongsTo = { client: 'redis', durability: 'redis', table: 'postgres' } as const

const store = storeFields.transform((given, context): StoreChoice => {
  const chosen = kinds.filter((kind) => given[kind] !== undefined)
  if (chosen.length !== 1) context.addIssue('must have exactly one of "file", "redis", "postgres" and "memory"')
  for (const [name, kind] of Object.entries(belongsTo)) {
    if (chosen.length !== 1 || chosen[0] === kind || given[name as keyof typeof belongsTo] === undefined) continue // Its own entries.
    context.addIssue({ code: 'custom', message: `belongs to a store with "${kind}"`, path: [name] })
  }
  const { file, redis, client, durability, postgres, table } = given
  if (file !== undefined) return { kind: 'file', directory: file }
  if (redis !== undefined) return { kind: 'redis', url: redis, client, durability }
  return postgres === undefined ? { kind: 'memory' } : { kind: 'postgres', url: postgres, table }
})

/** One reference or a list of them; the first key seals. */
const keys = z.unknown().transform((given, context): readonly Reference[] => {
  const list = Array.isArray(given) ? (given as unknown[]) : [given]
  if (list.length === 0 || list.length > keysMax) context.addIssue(`must have 1 to ${keysMax} references`)
  return list.slice(0, keysMax).flatMap((each, index) => {
    const found = secret('LATCHKEY_KEY').safeParse(each)
    if (found.success) return [found.data]
    const message = found.error.issues[0]?.message ?? ''
    context.addIssue({ code: 'custom', message, path: Array.isArray(given) ? [index] : [] })
    return []
  })
})

const fields = known(
  {
    profiles,
    store: store.default({ kind: 'file', directory: '~/.latchkey/tokens' }),
    storeTrouble: z.enum(['degrade', 'fail'], { error: words('"degrade" or "fail"') }).default('degrade'),
    key: keys.optional(),
    plaintext: z.literal(true, { error: words('true, or be left out') }).optional(),
  },
  '{ "profiles": { … } }',
)

const configuration = fields.superRefine(({ store, key, plaintext }, context) => {
  if (key !== undefined && plaintext !== undefined) {
    context.addIssue({ code: 'custom', message: 'contradicts "key"; leave one of them out', path: ['plaintext'] })
  }
  if (key === undefined && plaintext === undefined && store.kind !== 'memory') {
    const message =
      'is missing, and tokens are sealed before they are stored. Run `latchkey init`, which makes one, or state "plaintext": true'
    context.addIssue({ code: 'custom', message, path: ['key'] })
  }
})

export type Profile = z.output<typeof profile>
export type Fields = z.output<typeof configuration>

/** A mistake in what the file says: about what, and the rest of the sentence. */
export interface Complaint {
  readonly path: Path
  readonly text: string
}

/** Checks the parsed file. */
export function readFields(
  value: unknown,
): { readonly fields: Fields } | { readonly complaints: readonly Complaint[] } {
  const found = configuration.safeParse(value)
  if (found.success) return { fields: found.data }
  return {
    complaints: found.error.issues.map((issue) => ({
      path: issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path,
      text: issue.message,
    })),
  }
}

/** The names of this format, which an excerpt may show. */
export const fieldNames: ReadonlySet<string> = new Set(
  [fields, storeFields, daraja].flatMap(({ shape }) => Object.keys(shape)),
)
