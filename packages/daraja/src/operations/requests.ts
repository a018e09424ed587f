/**
 * What each operation takes, as schemas: the source of validation, and of whatever else lists an operation's fields.
 * The types that callers see stand beside the operations, with their documentation.
 *
 * @see spec/daraja.md sections 3.1, 3.2 and 3.9
 * @module
 */
import { z } from 'zod'
import { amountKes, phoneNumber, secretText, shortCode, stkSecretFields, text } from './fields.ts'

const notAnObject = 'must be an object'
const url = z.string('must be a URL') // Its rules depend on the environment: see `callbackUrlIssues`.

export const stkPushRequest = z.strictObject(
  {
    ...stkSecretFields,
    businessShortCode: shortCode,
    transactionType: z.enum(
      ['CustomerPayBillOnline', 'CustomerBuyGoodsOnline'],
      "must be 'CustomerPayBillOnline' or 'CustomerBuyGoodsOnline'",
    ),
    amount: amountKes,
    partyA: phoneNumber,
    partyB: shortCode,
    phoneNumber,
    callbackUrl: url,
    accountReference: text(1, 12),
    transactionDesc: text(0, 13).optional(),
  },
  notAnObject,
)

export const stkPushQueryRequest = z.strictObject(
  { ...stkSecretFields, businessShortCode: shortCode, checkoutRequestId: text(1, 128) },
  notAnObject,
)

export const accountBalanceRequest = z.strictObject(
  {
    initiator: text(1, 100),
    securityCredential: secretText,
    partyA: shortCode,
    identifierType: z.literal([1, 2, 4], 'must be 1 (phone), 2 (till) or 4 (shortcode)'),
    remarks: text(1, 100).optional(),
    resultUrl: url,
    queueTimeOutUrl: url,
  },
  notAnObject,
)
