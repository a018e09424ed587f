/**
 * A sign-in that only has to be carried out, and what every way of signing in is checked for before anything is sent.
 * Messages name an option and never show its value.
 *
 * @see spec/ksef.md sections 2.2, 2.9 and 2.13, engine.md section 2
 * @module
 */
import { assertKnown, assertTypes, invalidArgument, withMethods } from '@latchkey/core'
import type { Clock, Rule } from '@latchkey/core'
import { oneOf } from '@latchkey/http'
import { assertAuthorizationPolicy } from '../values/authorization-policy.ts'
import type { AuthorizationPolicy } from '../values/authorization-policy.ts'
import { assertContextIdentifier } from '../values/context-identifier.ts'
import type { ContextIdentifier } from '../values/context-identifier.ts'
import type { Environment } from '../values/environments.ts'
import type { SignInMethod } from './method.ts'
import type { Patience } from './poll.ts'
import type { SignInOptions } from './sign-in-options.ts'

/** What every way of signing in has. */
export interface SignInTerms {
  readonly context: ContextIdentifier
  readonly authorizationPolicy: AuthorizationPolicy | undefined
  readonly patience: Patience
  readonly keyLabel: string
  readonly onFirstUse: boolean
  readonly signal: AbortSignal | undefined
}

/** One that is complete. */
export interface SignInPlan extends SignInTerms {
  readonly method: SignInMethod
  /**
   * Tells this credential from every other, and is no secret: who gives the same one again goes on with the sign-in
   * that the store holds. Absent where nothing does.
   */
  readonly identity: string | undefined
}

/** What a plan depends on beside its options. */
export interface PlanSettings {
  readonly environment: Environment
  readonly clock: Clock
}

const someText: Rule = { text: 'non-empty text', holds: (value) => typeof value === 'string' && value !== '' }
const yesOrNo: Rule = { text: 'true or false', holds: (value) => typeof value === 'boolean' }
const milliseconds: Rule = {
  text: 'a number of milliseconds above 0 and at most 2 700 000',
  holds: (value) => typeof value === 'number' && value > 0 && value <= 2_700_000, // As long as KSeF's token for asking.
}

const rules: Readonly<Record<string, Rule>> = {
  timeoutMs: milliseconds,
  pollIntervalMs: milliseconds,
  signal: withMethods('an AbortSignal', 'throwIfAborted'),
  keyLabel: someText,
  onFirstUse: yesOrNo,
  verifyChain: yesOrNo,
  algorithm: oneOf('rsa', 'ec'),
  subjectIdentifierType: oneOf('certificateSubject', 'certificateFingerprint'),
  signer: { ...withMethods('a signer', 'sign'), text: 'a signer: a certificate and sign()' },
  sign: { text: 'a function', holds: (value) => typeof value === 'function' },
  signedXml: someText,
  identity: someText,
}

const commonNames = ['authorizationPolicy', 'timeoutMs', 'pollIntervalMs', 'signal', 'keyLabel', 'onFirstUse']
const onTestMs = 60_000
const elsewhereMs = 600_000 // The issuer of a qualified certificate is asked, which has taken minutes.

/**
 * Checks what all ways have in common, and the types of everything.
 *
 * @param names - The options that this way adds.
 * @throws {TypeError} `ERR_INVALID_ARG`
 */
export function parseTerms(
  where: string,
  options: SignInOptions,
  names: readonly string[],
  { environment }: PlanSettings,
): Omit<SignInTerms, 'context'> {
  assertKnown(options, [...names, ...commonNames], where)
  assertTypes(options, rules)
  const { authorizationPolicy: policy, timeoutMs, pollIntervalMs: intervalMs } = options
  const { signal, keyLabel = 'ksef', onFirstUse = false } = options
  if (policy !== undefined) assertAuthorizationPolicy(policy)
  const patience = { timeoutMs: timeoutMs ?? (environment.name === 'test' ? onTestMs : elsewhereMs), intervalMs }
  return { authorizationPolicy: structuredClone(policy), patience, keyLabel, onFirstUse, signal }
}

/** The context, by its own name or as the NIP that it mostly is. @throws {TypeError} `ERR_INVALID_ARG` */
export function parseContext(options: {
  readonly nip?: string | undefined
  readonly contextIdentifier?: ContextIdentifier | undefined
}): ContextIdentifier {
  const { nip, contextIdentifier } = options
  const context = contextIdentifier ?? (nip === undefined ? undefined : { type: 'Nip' as const, value: nip })
  if (context === undefined || (nip !== undefined && contextIdentifier !== undefined)) {
    throw invalidArgument('nip, contextIdentifier: give one of them, to say in whose name')
  }
  assertContextIdentifier(context)
  return Object.freeze({ type: context.type, value: context.value })
}

/** The policy as a part of the key: a token that is good from elsewhere is another token. */
export function audienceOf(policy: AuthorizationPolicy | undefined): readonly string[] | undefined {
  if (policy === undefined) return undefined
  const { ip4Addresses = [], ip4Ranges = [], ip4Masks = [] } = policy.allowedIps
  return [...ip4Addresses, ...ip4Ranges, ...ip4Masks] // Each kind has a shape of its own.
}
