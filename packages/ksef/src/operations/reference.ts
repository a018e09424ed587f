/**
 * Things that a reference number names: what KSeF answered when it took them, and items of lists, are taken as they are.
 *
 * @see spec/ksef.md section 1.8
 * @module
 */
import { parseRequest } from '@latchkey/http'
import type { RequestSchema, WaitOptions } from '@latchkey/http'

/** Whatever names it, with anything beside it. */
export interface Referenced {
  /** 36 characters. */
  readonly referenceNumber: string
}

/** @throws {TypeError} `ERR_INVALID_ARG` with `issues`: there is no reference number, or none of KSeF's. */
export function parseReference(
  operation: { readonly name: string; readonly request: RequestSchema<Referenced> },
  named: Referenced,
): { readonly referenceNumber: string } {
  return parseRequest(operation, { referenceNumber: { ...named }.referenceNumber }, [])
}

/** What is waited for, and for how long. */
export function parseWait(
  operation: { readonly name: string; readonly request: RequestSchema<Referenced> },
  waited: Referenced & WaitOptions,
): { readonly referenceNumber: string; readonly options: WaitOptions } {
  const { signal, timeoutMs } = { ...waited }
  return { ...parseReference(operation, waited), options: { signal, timeoutMs } }
}
