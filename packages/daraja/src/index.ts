/**
 * Safaricom Daraja (M-PESA): tokens, operations, callbacks and the values they are made of.
 *
 * @module
 */
export type { InvalidRequestError, Issue } from '@latchkey/http'
export { AccessToken } from './auth/access-token.ts'
export { classifyDaraja } from './auth/classifier.ts'
export { darajaGrant, darajaTraits } from './auth/grant.ts'
export type { TokenFailureReason } from './auth/token-failure.ts'
export { TokenManager } from './auth/token-manager.ts'
export type { TokenManagerOptions } from './auth/token-manager.ts'
export { parseAccountBalanceResult } from './callbacks/account-balance-result.ts'
export type {
  AccountBalanceFailed,
  AccountBalanceResult,
  AccountBalanceSucceeded,
} from './callbacks/account-balance-result.ts'
export { parseResultCallback } from './callbacks/result-callback.ts'
export type { NamedValue, ResultCallback } from './callbacks/result-callback.ts'
export { parseStkCallback } from './callbacks/stk-callback.ts'
export type { StkCallback, StkCallbackFailed, StkCallbackPaid } from './callbacks/stk-callback.ts'
export { parseTimeoutNotification } from './callbacks/timeout-notification.ts'
export type { TimeoutNotification } from './callbacks/timeout-notification.ts'
export { environments, resolveAddresses } from './environments.ts'
export type { Addresses, AddressOptions, Environment, EnvironmentName } from './environments.ts'
export { darajaErrorCodes } from './errors.ts'
export type { DarajaErrorCode, ReadAnswer } from './errors.ts'
export { MpesaClient } from './mpesa-client.ts'
export type { MpesaClientOptions, RequestOptions } from './mpesa-client.ts'
export type { AccountBalanceAccepted, AccountBalanceRequest } from './operations/account-balance.ts'
export type { StkPushSettled } from './operations/resolve-stk-push.ts'
export { stkPushWarnings } from './operations/stk-push.ts'
export type { StkPush, StkPushAccepted } from './operations/stk-push.ts'
export type {
  StkPushQuery,
  StkPushQueryFailed,
  StkPushQueryPaid,
  StkPushQueryPending,
  StkPushQueryResult,
} from './operations/stk-push-query.ts'
export type { PendingReason } from './operations/stk-query-state.ts'
export type { StkSecret } from './operations/stk-secret.ts'
export { parseBalanceString, parseBasicAmount } from './values/balance.ts'
export type { AccountBalance, BalanceReading } from './values/balance.ts'
export { checkCallbackUrl } from './values/callback-url.ts'
export type { CallbackUrlProblem, CallbackUrlUse } from './values/callback-url.ts'
export { formatEatTimestamp, parseEatDateTime, parseEatTimestamp } from './values/eat.ts'
export type { DecimalText } from './values/money.ts'
export { normalizePhoneNumber } from './values/phone.ts'
export { isGenericReceipt, receiptDatePrefix } from './values/receipt.ts'
export { resultCodes } from './values/result-codes.ts'
export type { ResultCodeRow } from './values/result-codes.ts'
export { certificateExpiresAt, createSecurityCredential } from './values/security-credential.ts'
export type { Certificate } from './values/security-credential.ts'
export { createStkPassword } from './values/stk-password.ts'
export { isSuccessCode } from './values/success-code.ts'
