/**
 * The door to every Daraja API that has no method of its own yet: token, limits and errors, nothing else.
 *
 * @see spec/daraja.md appendix A
 * @module
 */
import { invalidArgument } from '@latchkey/core'
import { parseJson } from '@latchkey/http'
import type { RunOptions } from '@latchkey/http'
import type { Context } from './context.ts'
import { directOperation } from './table.ts'

/**
 * Posts a body as JSON and resolves with the parsed answer, unchanged.
 *
 * Nothing is validated, and a `ResponseCode` in the answer is yours to read: APIs differ in what is success. Effect
 * `once`, whatever the API does, so a lost answer is an `OutcomeUnknownError` and nothing is sent twice unasked.
 *
 * @param path - Below the API's base, beginning with one `/`; no host, no query, no dot segments.
 * @param body - Anything that JSON can hold, the wire's own spelling.
 * @throws {TypeError} `ERR_INVALID_ARG`: the path leaves the API's address, or the body is no JSON; nothing was sent.
 * @throws {ProviderError} The status or an `errorCode` says that it failed.
 * @throws {OutcomeUnknownError} `DARAJA_OUTCOME_UNKNOWN`: the answer was lost, or is not JSON.
 */
export async function post(context: Context, path: string, body: unknown, run?: RunOptions): Promise<unknown> {
  if (typeof path !== 'string' || !/^\/[^/\\?#{}][^\\?#{}]*$/.test(path) || path.length > 1024) {
    throw invalidArgument(
      "post: path must begin with one '/', as in '/mpesa/b2c/v3/paymentrequest', without host or query",
    )
  }
  if (body === undefined) throw invalidArgument('post: body must be something that JSON can hold')
  const answer = await context.http.send(directOperation(path), { body }, run)
  return parseJson(answer.text)
}
