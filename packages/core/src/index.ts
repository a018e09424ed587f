/**
 * The token engine's public names.
 *
 * @module
 */
export { systemClock } from './clock.ts'
export type { Clock } from './clock.ts'
export {
  errorCodes,
  invalidArgument,
  isLatchkeyError,
  LatchkeyError,
  StoreError,
  systemCode,
  TokenError,
} from './errors.ts'
export type { CodeRow, ErrorCode, ErrorFacts, ExitCode, FailureClass } from './errors.ts'
export type {
  Grant,
  GrantRun,
  Issued,
  Lifetime,
  Renewal,
  Revocable,
  TokenRequest,
  TokenResponse,
  Traits,
} from './grant.ts'
export type { EngineEvent, EventFields, EventName, Observer, Path, RefusalAction, Trigger } from './observer.ts'
export { isSafeUrl } from './attempt.ts'
export { retryAfterMs } from './lifetime.ts'
export { isNotSent } from './not-sent.ts'
export { heldRefreshToken } from './held-token.ts'
export type { HeldRefreshToken } from './held-token.ts'
export { Secret } from './secret.ts'
export type { Description, Evidence, Generation, Need, RevokeReport, Token, TokenFate, TokenSource } from './source.ts'
export type { Etag, Key, Reading, Store, Swap, Unwatch } from './store.ts'
export { createTokenSource, createTokenSources } from './engine.ts'
export type { EngineOptions, KeyOptions, TokenSources } from './engine.ts'
export type { KeyParts } from './key.ts'
export type { ManagedTokenSource } from './managed-source.ts'
export { memoryStore } from './memory-store.ts'
export { assertKnown, assertTypes, engineRules, nearest, withMethods } from './options.ts'
export type { Rule } from './options.ts'
export type { KeyRing } from './vault.ts'
