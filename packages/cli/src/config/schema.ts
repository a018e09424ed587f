/**
 * What the configuration file may say. Every message completes "NAME …"; none shows a value, since a secret may stand
 * where it does not belong.
 *
 * @see DESIGN section 4
 * @module
 */
import { z } from 'zod'
import { providers } from '../providers/registry.ts'
import { known, secret, text, wholeNumber, words } from './fields.ts'
import type { Reference } from './fields.ts'
import type { Path } from './placed-json.ts'

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

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)

const profileSchemas = Object.values(providers).map(({ profile }) => profile)
const providerWords = Object.keys(providers)
  .map((name) => `"${name}"`)
  .join(' or ')

// Of one of the providers at least, which is what the tuple says.
const profile = z.discriminatedUnion('provider', profileSchemas as [ProfileSchema, ...ProfileSchema[]], {
  error: ({ input }) =>
    isObject(input) ? `must be the name of a provider: ${providerWords}` : 'must be an object: a profile',
})

type ProfileSchema = (typeof profileSchemas)[number]

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
  [fields, storeFields, ...profileSchemas].flatMap(({ shape }) => Object.keys(shape)),
)
