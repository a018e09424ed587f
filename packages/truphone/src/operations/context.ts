/**
 * What every operation function is handed, and the one way in which they send.
 *
 * @see spec/truphone.md sections 2.1 and 5
 * @module
 */
import { assertKnown } from '@latchkey/core'
import type { Clock } from '@latchkey/core'
import { ProviderError } from '@latchkey/http'
import type { Answer, Pipeline, RunOptions, SendRequest } from '@latchkey/http'
import { truphoneError } from '../errors.ts'
import { parseWire } from '../wire/json.ts'
import { callCorrelation, correlationHeader } from './correlation.ts'
import type { Role, TruphoneOperation } from './table.ts'

/** How one call runs. */
export interface CallOptions extends RunOptions {
  /**
   * Begins the `X-Correlation-ID` of each attempt: 1 to 80 visible ASCII characters. @default a random UUID
   */
  readonly correlationId?: string | undefined
}

export interface Context {
  readonly http: Pipeline
  readonly clock: Clock
  readonly random: () => number
  /** Absent: Truphone decides. */
  readonly role: Role | undefined
  /** Under which of its two names the catalogue is found here; learnt at most once. */
  readonly catalogue: { path: 'products' | 'product'; settled: boolean }
}

/** An answer's body, decoded as this operation's row promised. */
export interface Sent {
  readonly answer: Answer
  readonly json: unknown
}

/** The names of {@link CallOptions}. */
export const callOptionNames: readonly string[] = ['signal', 'deadlineMs', 'correlationId']

/**
 * Sends an operation under a correlation id of its own.
 *
 * @throws {ProviderError} `TRUPHONE_ROLE_MISSING`: the client's role does not have it; nothing was sent.
 */
export async function send(
  context: Context,
  operation: TruphoneOperation,
  request: SendRequest = {},
  run: CallOptions = {},
): Promise<Sent> {
  assertKnown(run, callOptionNames, operation.name)
  const { correlationId: given, signal, deadlineMs } = run
  assertRole(context, operation)
  const correlationId = callCorrelation(given)
  const headers = { ...request.headers, [correlationHeader]: correlationId }
  const unknown = { ...request.unknown, correlationId }
  try {
    const answer = await context.http.send(operation, { ...request, headers, unknown }, { signal, deadlineMs })
    return { answer, json: parseWire(answer.text) }
  } catch (error) {
    throw error instanceof ProviderError && error.correlationId === undefined ? withId(error, correlationId) : error
  }
}

/** Checks the role here, where the message can say what is missing. */
export function assertRole({ role }: Context, { name, roles }: TruphoneOperation): void {
  if (role === undefined || roles.includes(role)) return
  throw truphoneError(
    'TRUPHONE_ROLE_MISSING',
    `${name} needs the role ${roles.join(' or ')}, and this client has ${role}. Nothing was sent.`,
    { operation: name, more: { role, needs: roles.join(' ') } },
  )
}

// The pipeline's own findings, a timeout for one, know no id.
function withId(error: ProviderError, correlationId: string): ProviderError {
  const { code, message, details, retryable, cause } = error
  return new ProviderError(code, message, {
    ...details,
    retryable,
    correlationId,
    ...(cause !== undefined && { cause }),
  })
}
