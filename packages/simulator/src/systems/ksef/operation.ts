/**
 * What an operation is: where it lies, who may call it, and what it does.
 *
 * @see spec/ksef.md sections 3, B.2
 * @module
 */
import { type Answer, emptyAnswer } from '../../answers.ts'
import type { Session } from './auth/session.ts'
import type { Context, ContextType, Identity } from './identity.ts'
import type { Permission } from './permissions/names.ts'
import type { RateGroup } from './rate-groups.ts'
import type { World } from './world.ts'

/** A call of anybody. */
export interface PublicCall {
  readonly world: World
  /** The variable parts of the path, decoded, by name. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** Parsed JSON; undefined where there was no body, or the operation takes another kind. */
  readonly body: unknown
  /** The body as it came. */
  readonly bytes: Uint8Array
  /** A header by its name in lower case. */
  header(name: string): string | undefined
  readonly clientIp: string
  readonly now: number
}

/** A call with the token of an authentication, which may not be decided yet. */
export interface TokenCall extends PublicCall {
  readonly session: Session
}

/** A call with an access token. */
export interface Call extends TokenCall {
  readonly identity: Identity
  readonly context: Context
  /** Those that the access token holds. */
  readonly permissions: readonly Permission[]
}

interface Common {
  /** By which faults and the log know it. */
  readonly name: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** `/v2/auth/{referenceNumber}`. */
  readonly path: string
  /** The body that it takes. */
  readonly takes?: 'json' | 'xml'
}

/** An operation for everybody; limited per IP address. */
export interface PublicOperation extends Common {
  readonly who: 'public'
  /** Two public operations count in a group of protected ones. */
  readonly rateGroup?: RateGroup
  readonly run: (call: PublicCall) => Answer | Promise<Answer>
}

/** An operation for the holder of an authentication token or a refresh token; limited per IP address. */
export interface TokenOperation extends Common {
  readonly who: 'authToken' | 'refreshToken'
  readonly run: (call: TokenCall) => Answer | Promise<Answer>
}

/** An operation for the holder of an access token. */
export interface ProtectedOperation extends Common {
  /** `bearer`: any access token. A list: any one of these permissions. */
  readonly who: 'bearer' | 'bearerOrRefreshToken' | readonly Permission[]
  /** @default 'other', in which every operation has a counter of its own */
  readonly rateGroup?: RateGroup
  /** Only here; otherwise 403 `context-type-not-allowed`. */
  readonly contextTypes?: readonly ContextType[]
  /** Not with a KSeF token; otherwise 403 `auth-method-not-allowed`. */
  readonly needsXades?: boolean
  readonly run: (call: Call) => Answer | Promise<Answer>
}

/** An operation. What it refuses, it throws as a `Refusal` before it changes anything. */
export type Operation = PublicOperation | TokenOperation | ProtectedOperation

/** An answer with JSON. Members that are undefined or null are left out, as the service does. */
export function answer(status: number, body: object): Answer {
  const text = JSON.stringify(body, (_, value: unknown) => (value === null ? undefined : value))
  return { status, body: text, contentType: 'application/json; charset=utf-8' }
}

/** An answer without a body. */
export function nothing(status: 200 | 204 = 204): Answer {
  return emptyAnswer(status)
}

/** A variable part of the path. */
export function param({ params }: PublicCall, name: string): string {
  return params[name] ?? ''
}
