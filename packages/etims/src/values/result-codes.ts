/**
 * KRA's result codes. What a code means is looked up here and nowhere derived from its spelling or its order.
 *
 * @see spec/etims.md section 5
 * @module
 */

/** What kind of answer a code is. `no_data` is an empty result and no error. */
export type ResultClass =
  | 'ok'
  | 'no_data'
  | 'client'
  | 'transport'
  | 'request'
  | 'device'
  | 'sequence'
  | 'throttle'
  | 'server'
  | 'duplicate'
  | 'unknown'

export interface ResultCodeRow {
  readonly class: ResultClass
  readonly meaning: string
  /** Whether asking again can help: `read` for reads alone, because a write with this code may have happened. */
  readonly retryable: 'never' | 'read' | 'always'
}

const row = (kind: ResultClass, meaning: string, retryable: ResultCodeRow['retryable'] = 'never'): ResultCodeRow => ({
  class: kind,
  meaning,
  retryable,
})

/** Every code that a document or a recording names with a meaning. */
export const resultCodes = {
  '000': row('ok', 'It succeeded.'),
  '0': row('ok', 'It succeeded.'),
  '00': row('ok', 'It succeeded.'),
  '0000': row('ok', 'It succeeded.'),
  '001': row('no_data', 'Nothing was found.'),
  '891': row('client', 'The request URL could not be built.'),
  '892': row('client', 'The request header could not be built.'),
  '893': row('client', 'The request body could not be built.'),
  '894': row('transport', 'Communication with the server failed.', 'read'),
  '895': row('client', 'The request method is not allowed.'),
  '896': row('transport', 'The state of the request is wrong.', 'read'),
  '899': row('client', 'The client failed; a VSCU answers so to a duplicate.'),
  '900': row('request', 'The device credential is missing from the header.'),
  '901': row('device', 'The device is not valid: serial, branch or communication key do not match.'),
  '902': row('device', 'The device is initialized already; its key is not given out again.'),
  '903': row('device', 'The serial belongs to a VSCU, not to an OSCU.'),
  '905': row('device', 'The serial belongs to an OSCU, not to a VSCU.'),
  '910': row('request', 'A request parameter is wrong.'),
  '911': row('request', 'The request has no body.'),
  '912': row('request', 'The request method or path is wrong.'),
  '913': row('request', 'A code is in none of the code lists.'),
  '921': row('sequence', 'The sales or invoice data cannot be received in this order.'),
  '922': row('sequence', 'The invoice can be received only after the sales data.'),
  '990': row('throttle', 'Too many views: ask later, or for a shorter time.', 'always'),
  '991': row('server', 'The server failed while registering.', 'read'),
  '992': row('server', 'The server failed while modifying.', 'read'),
  '993': row('server', 'The server failed while deleting.', 'read'),
  '994': row('duplicate', 'The data exists already.'),
  '995': row('server', 'There is no file to download.'),
  '999': row('server', 'The server failed for an unknown reason.', 'read'),
} as const satisfies Record<string, ResultCodeRow>

export type ResultCode = keyof typeof resultCodes

const unknown = row('unknown', 'The code is not known.')

/** Looks a code up; codes that are not in the table have the class `unknown` and are not worth a repeat. */
export function resultCodeRow(code: string): ResultCodeRow {
  return Object.hasOwn(resultCodes, code) ? resultCodes[code as ResultCode] : unknown // Its own key, as just asked.
}

/** True for every spelling of success. */
export function isSuccessCode(code: string): boolean {
  return resultCodeRow(code).class === 'ok'
}
