import { describe, expect, test } from 'vitest'
import { darajaErrorCodes } from '../src/index.ts'
import { failureOf } from '../src/errors.ts'
import { codeWord, idWord, readAnswer } from '../src/wire/answer.ts'

const shapeA = (errorCode: string, errorMessage: string) =>
  JSON.stringify({ requestId: 'a-1', errorCode, errorMessage })
const judge = (status: number, text: string) => failureOf(readAnswer(status, text))

describe('section 1.8: documented errors', () => {
  test.each([
    [400, '400.002.02', 'Bad Request - Invalid PhoneNumber', 'DARAJA_INVALID_REQUEST', 'no'],
    [400, '400.002.05', 'Invalid Request Payload', 'DARAJA_INVALID_REQUEST', 'no'],
    [400, '400.003.02', 'Bad Request', 'DARAJA_INVALID_REQUEST', 'no'],
    [400, '400.001', 'Invalid ShortCode', 'DARAJA_INVALID_REQUEST', 'no'],
    [404, '404.001.01', 'Resource not found', 'DARAJA_NOT_FOUND', 'no'],
    [404, '404.002.01', 'Resource not found', 'DARAJA_NOT_FOUND', 'no'],
    [404, '404.003.01', 'Resource not found', 'DARAJA_NOT_FOUND', 'no'],
    [404, '404.001.04', 'Invalid Authentication Header', 'DARAJA_INVALID_REQUEST', 'no'],
    [405, '405.001', 'GET Method Not Allowed', 'DARAJA_INVALID_REQUEST', 'no'],
    [404, '404.001.03', 'Invalid Access Token', 'DARAJA_TOKEN_REJECTED', 'no'],
    [401, '401.003.01', 'no apiproduct match found', 'DARAJA_PRODUCT_MISSING', 'no'],
    [500, '500.001.1001', 'Merchant does not exist', 'DARAJA_MERCHANT_UNKNOWN', 'no'],
    [500, '500.001.1001', '[MerchantValidate] - Wrong credentials', 'DARAJA_WRONG_PASSKEY', 'no'],
    [500, '500.001.1001', 'Unable to lock subscriber, a transaction is already in process', 'DARAJA_CONFLICT', 'no'],
    [500, '500.001.1001', 'Internal Server Error', 'DARAJA_UNAVAILABLE', 'unknown'],
    [500, '500.002.1001', 'Duplicate OriginatorConversationID.', 'DARAJA_CONFLICT', 'no'],
    [500, '500.002.1001', 'System internal error.', 'DARAJA_UNAVAILABLE', 'unknown'],
    [500, '00.002.1001', 'Service is currently under maintenance.', 'DARAJA_UNAVAILABLE', 'unknown'],
    [500, '500.003.02', 'System is busy. Please try again in few minutes.', 'DARAJA_THROTTLED', 'unknown'],
    [500, '500.003.02', 'Error Occurred: Spike Arrest Violation', 'DARAJA_THROTTLED', 'no'],
    [500, '500.003.03', 'Error Occurred: Quota Violation', 'DARAJA_THROTTLED', 'unknown'],
    [500, '500.003.1001', 'Internal Server Error', 'DARAJA_UNAVAILABLE', 'unknown'],
    [500, '500.003.1001', 'Urls are already registered.', 'DARAJA_CONFLICT', 'no'],
    [500, '500.003.1001', 'Duplicate notification info, SP ID is 1, correlator is 2', 'DARAJA_CONFLICT', 'no'],
    [400, '400.999.99', 'Something new', 'DARAJA_UNEXPECTED_ANSWER', 'no'],
    [500, '500.999.99', 'Something new', 'DARAJA_UNAVAILABLE', 'unknown'],
    [403, '403', 'Forbidden', 'DARAJA_FORBIDDEN', 'no'],
  ])('%d %s %s is %s, processed: %s', (status, errorCode, message, code, processed) => {
    expect(judge(status, shapeA(errorCode, message))).toMatchObject({ code, processed })
  })
})

describe('section 1.7: the other shapes', () => {
  const fault = (errorcode: string) => JSON.stringify({ fault: { faultstring: 'x', detail: { errorcode } } })
  test.each([
    ['C, spike arrest', 429, fault('policies.ratelimit.SpikeArrestViolation'), 'DARAJA_THROTTLED', 'no'],
    ['C, timeout', 504, fault('messaging.adaptors.http.flow.GatewayTimeout'), 'DARAJA_UNAVAILABLE', 'unknown'],
    ['C, no path', 404, fault('messaging.adaptors.http.flow.ApplicationNotFound'), 'DARAJA_NOT_FOUND', 'no'],
    ['D', 404, '', 'DARAJA_NOT_FOUND', 'no'],
    ['D, 400', 400, '', 'DARAJA_UNEXPECTED_ANSWER', 'no'],
    ['E, 403', 403, '<html>Incapsula incident ID: 1</html>', 'DARAJA_BLOCKED', 'no'],
    ['E, 503', 503, '<html>Incapsula incident ID: 1</html>', 'DARAJA_BLOCKED', 'unknown'],
    ['E, 502', 502, '<html>Bad gateway</html>', 'DARAJA_UNAVAILABLE', 'unknown'],
    ['E with 200', 200, '<!DOCTYPE html>', 'DARAJA_MALFORMED_ANSWER', 'unknown'],
    ['H', 500, '<env:Envelope>ResponseCode 409 is treated as error</env:Envelope>', 'DARAJA_UNAVAILABLE', 'unknown'],
    ['a list', 200, '[]', 'DARAJA_MALFORMED_ANSWER', 'unknown'],
    ['null', 200, 'null', 'DARAJA_MALFORMED_ANSWER', 'unknown'],
    ['408', 408, '', 'DARAJA_UNAVAILABLE', 'unknown'],
  ])('%s is judged', (_, status, text, code, processed) => {
    expect(judge(status, text)).toMatchObject({ code, processed })
  })
})

test('the field that Daraja complains about is told, if it is one of its own', () => {
  expect(judge(400, shapeA('400.002.02', 'Bad Request - Invalid PhoneNumber'))).toMatchObject({ field: 'PhoneNumber' })
  expect(judge(400, shapeA('400.002.02', 'Bad Request – Invalid CallBackURL'))).toMatchObject({ field: 'CallBackURL' })
  expect(judge(400, shapeA('400.002.02', 'Bad Request - Invalid Zz0demoTokenDemo'))).not.toHaveProperty('field')
})

test('codes and ids pass, and an opaque word does not', () => {
  for (const code of [
    '404.001.03',
    '401',
    '0',
    '00000000',
    'SFC_IC0003',
    'R000002',
    'policies.ratelimit.SpikeArrestViolation',
    'keymanagement.service.invalid_access_token',
  ]) {
    expect(codeWord(code)).toBe(code)
  }
  expect(idWord('1c5b-4ba8-815c-0123456789ab1495926')).toBe('1c5b-4ba8-815c-0123456789ab1495926')
  expect(idWord('30764-19833054-1')).toBe('30764-19833054-1')
  for (const word of ['Zz0demoTokenDemoTokenDemo001', 'a b', '', 'x'.repeat(97), 'eyJhbGciOi.eyJzdWIi1.c2ln0A']) {
    expect(codeWord(word)).toBeUndefined()
    expect(idWord(word)).toBeUndefined()
  }
})

test('every code says whether asking again helps and how the command exits', () => {
  for (const [code, row] of Object.entries(darajaErrorCodes)) {
    expect(code).toMatch(/^(DARAJA_[A-Z_]+|AUTH_INVALID_CREDENTIALS)$/)
    expect(row.retryable).toBe(row.exit === 4)
  }
  expect(darajaErrorCodes.AUTH_INVALID_CREDENTIALS).toEqual({ retryable: false, exit: 3 })
  expect(darajaErrorCodes.DARAJA_OUTCOME_UNKNOWN).toEqual({ retryable: false, exit: 6 })
})
