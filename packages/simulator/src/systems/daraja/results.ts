/**
 * Result codes and their texts. The callback and the query word some results differently, as the real ones do.
 *
 * @see spec/daraja.md sections 1.11, 3.1, 3.2
 * @module
 */

/** A code as the callback writes it: a number, but for the few that have letters. */
export type ResultCode = number | 'SFC_IC0003'

const texts: Readonly<Record<string, { readonly callback: string; readonly query?: string }>> = {
  '0': { callback: 'The service request is processed successfully.' },
  '1': { callback: 'The balance is insufficient for the transaction.' },
  '3': { callback: 'Declined due to limit rule: greater than the maximum transaction amount.' },
  '8': { callback: 'Declined due to limit rule: would exceed the maximum balance.' },
  '17': { callback: 'Rule limited.' },
  '21': { callback: 'The initiator is not allowed to initiate this request' },
  '25': { callback: 'Invalid request parameters' },
  '26': { callback: 'Traffic blocking condition in place' },
  '1019': { callback: 'Transaction has expired.', query: 'Transaction expired. No MO has been received' },
  '1025': { callback: 'An error occurred while sending a push request.' },
  '1032': { callback: 'Request cancelled by user', query: 'Request Cancelled by user.' },
  '1037': { callback: 'DS timeout user cannot be reached.', query: 'No response from user.' },
  '2001': { callback: 'The initiator information is invalid.' },
  '2028': { callback: 'The request is not permitted according to product assignment.' },
  '8006': { callback: 'The security credential is locked.' },
  '9999': { callback: 'Error occurred while sending the push request.' },
  SFC_IC0003: { callback: 'The operator does not exist.' },
}

/** The text of a code in one channel. */
export function resultText(code: ResultCode, channel: 'callback' | 'query'): string {
  const row = texts[String(code)]
  return (channel === 'query' ? row?.query : undefined) ?? row?.callback ?? 'Failed'
}
