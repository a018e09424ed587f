/**
 * M-PESA's result codes and whether they are the end of a transaction. Texts vary between channels and over time,
 * so the code alone decides.
 *
 * @see spec/daraja.md section 1.11
 * @module
 */

/** What a result code means. `final`: the transaction will not change any more. */
export interface ResultCodeRow {
  readonly final: boolean
  readonly meaning: string
}

const end = (meaning: string): ResultCodeRow => ({ final: true, meaning })
const open = (meaning: string): ResultCodeRow => ({ final: false, meaning })

/** Every code that a document or a recording names, apart from success. */
export const resultCodes: Readonly<Record<string, ResultCodeRow>> = {
  1: end('The balance is insufficient.'),
  2: end('The amount is below the minimum.'),
  3: end('The amount is above the maximum for one transaction.'),
  4: end('The amount would exceed the daily limit.'),
  8: end('The amount would exceed the maximum balance of the receiver.'),
  11: end('The debited account is not active.'),
  15: end('The request was sent before with the same originator conversation id.'),
  17: end('A limit rule applies: the same amount went to the same customer within two minutes.'),
  18: end('The initiator credential failed the check.'),
  19: end('The message sequence failed.'),
  20: end('The initiator is unknown.'),
  21: end('The initiator is not allowed to make this request.'),
  22: end('The initiator is not active for this party.'),
  24: end('Mandatory fields are missing.'),
  25: end('Request parameters are invalid.'),
  26: end('The system is too busy; a new request may be made later.'),
  29: end('The command is invalid.'),
  1001: end('Another session is open for this subscriber; wait at least one minute.'),
  1019: end('The transaction expired before it was processed.'),
  1025: end('The prompt could not be sent; a text longer than 182 characters causes this.'),
  1031: end('The customer did not enter the PIN in time.'),
  1032: end('The customer cancelled, or the prompt timed out on the handset.'),
  1037: end('The customer could not be reached or did not respond.'),
  1050: end('A standing order of this name exists.'),
  1051: end('A field of the request is invalid.'),
  2001: end('The PIN, or the initiator information, is wrong.'),
  2006: end('The account status does not allow this transaction.'),
  2028: end('The product assignment does not permit the request: check transaction type and party B.'),
  2032: end('The transaction receipt number does not exist.'),
  2040: end('The credited customer is not registered.'),
  4001: end('The user cancelled the transaction.'),
  4102: end('The merchant failed the identity check.'),
  4104: end('The nominated number is missing.'),
  4201: end('The USSD network failed.'),
  4203: end('The USSD session failed.'),
  4999: open('The transaction is still under processing.'),
  8006: end('The PIN or the security credential is locked: stop sending and have it unlocked.'),
  9999: end('The push could not be sent.'),
  R000001: end('The transaction has already been reversed.'),
  R000002: end('The original transaction id is invalid.'),
  SFC_IC0003: end('The operator or the receiving party does not exist.'),
}

/** True where a non-zero code is known to be the end of a transaction. */
export function isFinalFailureCode(code: string): boolean {
  return Object.hasOwn(resultCodes, code) && resultCodes[code]?.final === true
}
