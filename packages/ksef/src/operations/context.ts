/**
 * What every operation function is handed, and the one way in which they send.
 *
 * @see spec/ksef.md sections 1.1 and 3
 * @module
 */
import type { Clock } from '@latchkey/core'
import type { Answer, Pipeline, RunOptions, SendRequest } from '@latchkey/http'
import { ksefError } from '../errors.ts'
import type { Environment } from '../values/environments.ts'
import type { KsefOperation } from './table-row.ts'

/** How one call runs. */
export type CallOptions = RunOptions

export interface Context {
  /** For operations that need no token. */
  readonly open: Pipeline
  /** Carries the access token; absent before anybody signed in. */
  readonly authorized: Pipeline | undefined
  readonly environment: Environment
  /** The operations below `/testdata` exist: on TEST, and on a simulator. */
  readonly hasTestData: boolean
  readonly clock: Clock
  readonly random: () => number
}

/** An answer's body as the operation's row promised it; `undefined` where there is none. */
export interface Sent {
  readonly answer: Answer
  readonly json: unknown
}

/**
 * Sends an operation.
 *
 * @throws {ProviderError} `KSEF_TEST_ONLY`, `KSEF_NOT_SIGNED_IN`: nothing was sent. Others: as `Pipeline.send`.
 */
export async function send(
  context: Context,
  operation: KsefOperation,
  request: SendRequest = {},
  run: CallOptions = {},
): Promise<Sent> {
  const { signal, deadlineMs } = run
  const answer = await pipelineFor(context, operation).send(operation, request, { signal, deadlineMs })
  return { answer, json: answer.json }
}

function pipelineFor(context: Context, { name, path, who }: KsefOperation): Pipeline {
  if (path.startsWith('/testdata/') && !context.hasTestData) {
    throw ksefError(
      'KSEF_TEST_ONLY',
      `${name}: only the environment TEST has it, and this client is for '${context.environment.name}'. Nothing was sent.`,
      { operation: name },
    )
  }
  if (who === 'public') return context.open
  if (context.authorized !== undefined) return context.authorized
  throw ksefError(
    'KSEF_NOT_SIGNED_IN',
    `${name}: needs somebody who signed in: call it on what client.authentication gives. Nothing was sent.`,
    { operation: name },
  )
}
