/**
 * What rows of the tables say about their answers, and the one way in which an operation is sent for its answer.
 *
 * @see DESIGN "Operations are data"
 * @module
 */
import type { SendRequest } from '@latchkey/http'
import type { z } from 'zod'
import type { ReadAnswer } from '../errors.ts'
import { send } from './context.ts'
import type { CallOptions, Context } from './context.ts'
import type { KsefOperation } from './table-row.ts'

/** A row whose answer has a body. */
export interface Asking<Value> extends KsefOperation {
  /** `undefined` where the body is something else than the operation answers with. */
  decode(json: unknown): Value | undefined
}

/** The part of a row that says what its answer holds. */
export function gives<Value>(schema: z.ZodType<Value>): Pick<Asking<Value>, 'accepts' | 'decode'> {
  const decode = (json: unknown): Value | undefined => schema.safeParse(json).data
  return { decode, accepts: (answer) => succeeded(answer) && decode(answer.json) !== undefined }
}

/** The same for answers without a body, or with one that tells nothing. */
export const givesNothing: Pick<KsefOperation, 'accepts'> = { accepts: succeeded }

/** Sends an operation and decodes what it answers. */
export async function ask<Value>(
  context: Context,
  operation: Asking<Value>,
  request?: SendRequest,
  run?: CallOptions,
): Promise<Value> {
  const { json } = await send(context, operation, request, run)
  const value = operation.decode(json)
  // The row lets no other answer through, so its absence is a mistake of ours.
  if (value === undefined) throw new Error('An accepted answer could not be decoded.')
  return value
}

function succeeded({ status }: ReadAnswer): boolean {
  return status >= 200 && status < 300
}
