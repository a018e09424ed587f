/**
 * Who signs in, as flags state it: checked before anything is asked of KSeF, and turned into what a profile would say.
 *
 * @see spec/ksef.md sections 1.8, 2.5 and 2.7
 * @module
 */
import { generateNip } from '@latchkey/ksef'
import { referenceIn } from '../../config/fields.ts'
import type { Reference } from '../../config/fields.ts'
import { contextTypes, testCertificateTypes } from '../../providers/ksef-profile.ts'
import type { KsefProfile } from '../../providers/ksef-profile.ts'
import { flagNamed, UsageError } from '../../usage.ts'
import type { CredentialFlags, LoginFlags } from './flags.ts'
import { identifierIn } from './words.ts'

/** The fields of a profile, and the flags that state them. */
const flags = {
  nip: 'nip',
  context: 'context',
  ksefToken: 'ksefToken',
  certificate: 'cert',
  privateKey: 'key',
  privateKeyPassword: 'keyPassword',
  p12: 'p12',
  p12Password: 'p12Password',
  testCertificate: 'as',
} as const satisfies Readonly<Record<string, keyof CredentialFlags>>

/** The flag that states a field of a profile; undefined where none does. */
export function flagOf(field: string): string | undefined {
  return Object.hasOwn(flags, field) ? flagNamed(flags[field as keyof typeof flags]) : undefined
}

/** What belongs to which credential. */
const parts = { key: 'cert', keyPassword: 'cert', p12Password: 'p12', as: 'test' } as const

/**
 * What the flags say; undefined where they leave it to a profile or a simulator.
 *
 * @throws {UsageError} They do not say enough, or contradict each other.
 */
export function profileFromFlags(given: LoginFlags): KsefProfile | undefined {
  const { test, cert, p12, ksefToken, nip, context } = given
  for (const [name, owner] of Object.entries(parts) as [keyof typeof parts, (typeof parts)[keyof typeof parts]][]) {
    if (given[name] === undefined || given[owner] !== undefined) continue
    throw new UsageError(`${flagNamed(name)} goes together with ${flagNamed(owner)}.`)
  }
  if (test === undefined && cert === undefined && p12 === undefined && ksefToken === undefined) {
    const idle = (['nip', 'context', 'env'] as const).find((name) => given[name] !== undefined)
    if (idle === undefined) return undefined
    const ways = '--test, --cert, --p12 or --ksef-token'
    throw new UsageError(`${flagNamed(idle)} goes together with ${ways}; without them a profile says all.`)
  }
  if (nip === undefined && context === undefined && (!test || given.as !== undefined)) {
    throw new UsageError('--nip or --context is missing: in whose name to sign in.')
  }
  return {
    provider: 'ksef',
    environment: environmentOf(given),
    ...(context === undefined
      ? { nip: nip ?? generateNip() }
      : { context: identifierIn('--context', context, contextTypes) }),
    ...credentialOf(given),
  }
}

function environmentOf({ test, env, simulator }: LoginFlags): KsefProfile['environment'] {
  if (simulator) return 'test'
  if (test && env !== undefined && env !== 'test') {
    throw new UsageError('--test signs in at the environment test alone: elsewhere KSeF asks who issued a certificate.')
  }
  const environment = test ? 'test' : env
  if (environment === undefined) throw new UsageError('--env is missing: production, demo or test.')
  return environment
}

type Credential = Pick<
  KsefProfile,
  'ksefToken' | 'certificate' | 'privateKey' | 'privateKeyPassword' | 'p12' | 'p12Password' | 'testCertificate'
>

function credentialOf({
  test,
  as: whose,
  cert,
  key,
  keyPassword,
  p12,
  p12Password,
  ksefToken,
}: LoginFlags): Credential {
  if (test) {
    return { testCertificate: whose === undefined ? true : identifierIn('--as', whose, testCertificateTypes) }
  }
  if (ksefToken !== undefined)
    return { ksefToken: ksefToken === '-' ? input : reference('--ksef-token', ksefToken, ' or - for standard input') }
  if (p12 !== undefined) {
    return {
      p12: file(p12),
      ...(p12Password !== undefined && { p12Password: reference('--p12-password', p12Password) }),
    }
  }
  if (cert === undefined || key === undefined)
    throw new UsageError('--key is missing: the file with the private key of --cert.')
  const privateKeyPassword =
    keyPassword === undefined ? {} : { privateKeyPassword: reference('--key-password', keyPassword) }
  return { certificate: file(cert), privateKey: file(key), ...privateKeyPassword }
}

const input: Reference = { from: 'input', name: '-' }

function file(name: string): Reference {
  return { from: 'file', name }
}

// A secret among the words of a command would be in the shell's history and in the list of processes.
function reference(flag: string, text: string, more = ''): Reference {
  const found = referenceIn(text)
  if (found !== undefined) return found
  throw new UsageError(`${flag} takes env:NAME or file:PATH${more}, and never the secret itself.`)
}
