/**
 * The options that the clients have in common: how requests are sent, and where the tokens come from. Apart from
 * `client-options.ts`, which checks values; these are shapes.
 *
 * @see STYLE section 7, DESIGN section 3
 * @module
 */
import type { Clock, TokenSource } from '@latchkey/core'
import type { PipelineOptions, RequestEvent } from './operation.ts'

/** How requests are sent. */
export interface ClientRequests {
  /** For each try, in milliseconds. @default 30 000 */
  readonly timeoutMs?: number | undefined
  /** For a whole call, waits included, in milliseconds. @default 90 000 */
  readonly deadlineMs?: number | undefined
  /** Hears of every try; nothing that it is told is secret. */
  readonly log?: ((event: RequestEvent) => void) | undefined
}

/** What requests are sent with. */
export interface ClientTransport {
  readonly fetch?: typeof globalThis.fetch | undefined
  readonly clock?: Clock | undefined
}

/** What a token manager's options say about addresses. */
interface ManagerAddresses {
  readonly environment: string
  readonly baseUrl?: string | URL | undefined
  readonly apiBaseUrl?: string | URL | undefined
}

type Absent<Names extends string> = { readonly [Name in Names]?: never }

/**
 * Where a client's tokens come from: a manager that is shared, a source of your own, or the manager's options. One
 * excludes the others; `Credential` are the names of the manager's options that stand for the third.
 */
export type TokensFrom<Manager, Options extends ManagerAddresses, Credential extends string> =
  | (ClientTransport &
      Pick<Options, 'baseUrl' | 'apiBaseUrl'> &
      Absent<Credential | 'tokenSource'> & {
        /** Addresses, `fetch` and `clock` are taken from it where they are not given. It stays open on `close()`. */
        readonly tokens: Manager
        /** Must be the manager's. */
        readonly environment?: Options['environment'] | undefined
      })
  | (ClientTransport &
      Pick<Options, keyof ManagerAddresses> &
      Absent<Credential | 'tokens'> & { readonly tokenSource: TokenSource })
  | (Options & Absent<'tokens' | 'tokenSource'>)

/** The names of {@link ClientRequests}. */
export const clientRequestNames: readonly string[] = ['timeoutMs', 'deadlineMs', 'log']

/** The pipeline's part of them: what is not given is left out, so that the pipeline's defaults hold. */
export function pipelineRequests({
  timeoutMs,
  deadlineMs,
  log,
}: ClientRequests): Pick<PipelineOptions, keyof ClientRequests> {
  return {
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(deadlineMs !== undefined && { deadlineMs }),
    ...(log !== undefined && { log }),
  }
}
