/**
 * What the public types allow and refuse. These lines only have to compile: a line under `@ts-expect-error` must not.
 *
 * @module
 */
import {
  createTokenSource,
  createTokenSources,
  errorCodes,
  isLatchkeyError,
  Secret,
  StoreError,
  TokenError,
} from '@latchkey/core'
import type {
  CodeRow,
  EngineEvent,
  ErrorCode,
  ErrorFacts,
  EventName,
  ExitCode,
  Generation,
  Grant,
  KeyOptions,
  KeyParts,
  LatchkeyError,
  Lifetime,
  ManagedTokenSource,
  Need,
  RevokeReport,
  Store,
  Swap,
  Token,
  TokenFate,
  TokenSource,
  Traits,
} from '@latchkey/core'

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false
type Holds<Claims extends readonly true[]> = Claims

// A token: its secret is behind two methods and nowhere else (engine.md section 1).
export type Claim1 = Holds<
  [Same<keyof Token, 'generation' | 'scheme' | 'scopes' | 'lifetime' | 'remaining' | 'header' | 'reveal'>]
>
export type Claim2 = Holds<[Same<ReturnType<Token['remaining']>, number>]>
export function readToken(token: Token): string[] {
  // @ts-expect-error A token has no property that holds its secret.
  const secret: unknown = token.secret
  // @ts-expect-error Nor one by any other name.
  const access: unknown = token.accessToken
  // @ts-expect-error A token is immutable.
  token.generation = 5
  // @ts-expect-error And so are its scopes.
  const scopes: string[] | undefined = token.scopes
  return [String(secret), String(access), ...(scopes ?? []), token.header(), token.reveal()]
}

// A need: every field is optional, and none is a force.
export type Claim3 = Holds<[Same<keyof Need, 'signal' | 'after' | 'minRemaining' | 'patience'>]>
export type Claim4 = Holds<[Same<Generation, number>]>
export const needs: readonly Need[] = [
  {},
  { after: 41 },
  { signal: AbortSignal.timeout(1), minRemaining: 60_000, patience: 0 },
  { after: undefined },
  // @ts-expect-error There is no boolean "force refresh": say which generation is no longer wanted.
  { force: true },
  // @ts-expect-error Durations are milliseconds, not texts.
  { minRemaining: '60s' },
]

// A source: what callers hold.
export type Claim5 = Holds<[Same<keyof TokenSource, 'get' | 'peek' | 'refuse' | 'forget' | 'revoke'>]>
export async function useSource(source: ManagedTokenSource): Promise<RevokeReport> {
  const plain: TokenSource = source
  await using scoped = source
  const peeked: Token | undefined = plain.peek()
  // @ts-expect-error What is peeked at may be absent.
  peeked.reveal()
  // @ts-expect-error A refusal names its generation.
  scoped.refuse()
  scoped.refuse(41, { status: 401, providerCode: 'invalid_token' })
  // @ts-expect-error Evidence holds no body.
  scoped.refuse(41, { body: 'denied' })
  // @ts-expect-error Only a managed source can be closed.
  const closable: AsyncDisposable = plain
  await closable[Symbol.asyncDispose]()
  return await scoped.revoke()
}

// The fate of a revoked token is told apart by its tag.
export function tell(fate: TokenFate): string {
  switch (fate.fate) {
    case 'failed':
      return fate.reason
    case 'remains':
      return String(fate.until)
    default:
      // @ts-expect-error Neither a reason nor an end belongs to the others.
      return String(fate.until)
  }
}

// An event: its type decides its fields.
export type Claim6 = Holds<[Same<EngineEvent['type'], `latchkey.${EventName}`>]>
export function observe(event: EngineEvent): string {
  // @ts-expect-error Not every event has a generation.
  const anyGeneration: unknown = event.generation
  switch (event.type) {
    case 'latchkey.commit.accepted':
      // @ts-expect-error An accepted commit needs no reason.
      return `${event.generation} ${String(event.reason)}`
    case 'latchkey.refresh.start':
      return event.trigger
    case 'latchkey.clock.jump':
      return event.difference.toFixed()
    // @ts-expect-error An event of this name does not exist.
    case 'latchkey.refresh.maybe':
      return ''
    default:
      return `${event.provider} ${event.environment} ${event.keyLabel} ${String(anyGeneration)}`
  }
}

// Codes: a table of rows of one shape, and a union made of it.
export type Claim7 = Holds<[Same<ErrorCode, keyof typeof errorCodes>]>
export type Claim8 = Holds<[Same<ExitCode, 1 | 2 | 3 | 4 | 5 | 6>]>
export const rows: Readonly<Record<ErrorCode, CodeRow>> = errorCodes
export const later: boolean = errorCodes.LATCHKEY_TIMEOUT.retryable
// @ts-expect-error A code that is not in the table is no code.
export const invented: ErrorCode = 'LATCHKEY_SOMETHING'
// @ts-expect-error Rows cannot be changed.
errorCodes.LATCHKEY_TIMEOUT.retryable = false
// @ts-expect-error Exit code 7 is not the command's.
export const row: CodeRow = { retryable: false, exit: 7 }

// Errors: facts are an allow-list.
export function read(thrown: unknown): string {
  if (!isLatchkeyError(thrown)) return 'foreign'
  const error: LatchkeyError = thrown
  // @ts-expect-error Details are frozen.
  error.details['status'] = 500
  return `${error.code} ${error.retryable} ${error.retryAt ?? 0}`
}
export const facts: ErrorFacts = { status: 401, providerCode: 'x', more: { attempt: 1 } }
export const failed = new TokenError('SOME_CODE', 'It failed.', { failure: 'denied' })
// @ts-expect-error A body is not a fact.
export const leaking: ErrorFacts = { body: 'secret' }
// @ts-expect-error Headers are not flat facts.
export const nested: ErrorFacts = { more: { headers: { authorization: 'secret' } } }
// @ts-expect-error A failure is one of five classes.
export const unclassed = new TokenError('SOME_CODE', 'It failed.', { failure: 'strange' })
// @ts-expect-error A store error does not decide the fleet's cool-down.
export const misplaced = new StoreError('SOME_CODE', 'It failed.', { failure: 'denied' })

// A secret is no string, and its value is not a property.
// @ts-expect-error It comes out through `reveal()` alone.
export const printed: string = new Secret('text')
export type Claim9 = Holds<[Same<Extract<keyof Secret, 'value'>, never>]>

// Grants and keys.
export const traits: Traits = { exclusive: true, renewal: 'none', replay: 'unknown', longest: 15_000 }
// @ts-expect-error The bound of an attempt is not optional.
export const unbounded: Traits = { exclusive: true, renewal: 'none', replay: 'unknown' }
// @ts-expect-error A replay is safe, grace, fatal or unknown.
export const hopeful: Traits = { ...traits, replay: 'fine' }
export const lifetimes: readonly Lifetime[] = [{ seconds: '3599' }, { at: '2026-01-01T00:00:00Z' }, { at: 0, now: 0 }]
// @ts-expect-error A lifetime says in which unit it is.
export const bare: Lifetime = 3599
export const parts: KeyParts = { provider: 'p', environment: 'e', tokenEndpoint: 'https://p.test', clientId: 'c' }
// @ts-expect-error A secret is never part of a key.
export const secretive: KeyParts = { ...parts, clientSecret: 's' }
// @ts-expect-error A profile's name is not part of a key either.
export const named: KeyParts = { ...parts, profile: 'daraja' }

// Options: unknown names are refused by the type as well.
export function construct(grant: Grant, store: Store): void {
  const options: KeyOptions = { grant, key: parts, keyLabel: 'label' }
  createTokenSource(options)
  createTokenSource({ ...options, store, plaintext: true, storeTrouble: 'fail' })
  createTokenSources({ store, maxKeys: 100 }).get(options)
  // @ts-expect-error A label is needed.
  createTokenSource({ grant, key: parts })
  // @ts-expect-error An option by that name does not exist.
  createTokenSource({ ...options, cacheSeconds: 60 })
  // @ts-expect-error Nor does it for a collection, which takes no grant of its own.
  createTokenSources({ grant })
  // @ts-expect-error A policy is degrade or fail.
  createTokenSource({ ...options, storeTrouble: 'ignore' })
  // @ts-expect-error A budget names both its numbers.
  createTokenSource({ ...options, refusalBudget: { renewals: 2 } })
}

// A swap is told apart by its kind.
export function swapped(swap: Swap): number {
  if (swap.kind === 'conflict') return swap.reading.now
  // @ts-expect-error An unknown result has no time.
  const done: Extract<Swap, { now: number }> = swap
  return done.now
}
