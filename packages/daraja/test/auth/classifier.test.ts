import { describe, expect, test } from 'vitest'
import { classifyDaraja } from '../../src/index.ts'
import { darajaVerdict } from '../../src/auth/classifier.ts'

const shapeA = (errorCode: string, errorMessage: string) =>
  JSON.stringify({ requestId: 'a-1', errorCode, errorMessage })
const fault = (errorcode: string, faultstring: string) =>
  JSON.stringify({ fault: { faultstring, detail: { errorcode } } })
const noProduct = 'Error Occurred - Invalid Access Token - Invalid API call as no apiproduct match found'

describe('section 1.9: what refuses a token', () => {
  test.each([
    ['STK push and query, reversal', 404, shapeA('404.001.03', 'Invalid Access Token')],
    ['C2B, transaction status', 400, shapeA('400.003.01', 'Invalid Access Token')],
    ['C2B in practice', 401, shapeA('401.003.01', 'Error Occurred - Invalid Access Token - ')],
    ['balance, B2C family', 401, shapeA('401.002.01', 'Error Occurred - Invalid Access Token - Zz0demo')],
    ['pull', 401, shapeA('401.001', 'Error Occurred - Invalid Access Token - ')],
    ['B2B Express, Bill Manager', 401, '{"errorCode":"401","errorMessage":"Unauthorized - Invalid Access Token"}'],
    ['IoT: any 401', 401, 'Unauthorized'],
    ['an empty 401', 401, ''],
    ['gateway', 401, fault('keymanagement.service.invalid_access_token', 'Invalid Access Token')],
    ['a code alone decides', 500, fault('keymanagement.service.invalid_access_token', '')],
  ])('%s', async (_, status, text) => {
    expect(darajaVerdict(status, text)).toBe('refused')
    expect(await classifyDaraja({ status, headers: new Headers(), text: async () => text })).toBe('refused')
  })

  test.each([
    ['by text', 401, shapeA('401.003.01', noProduct)],
    ['by text in another case', 404, shapeA('404.001.03', noProduct.toUpperCase())],
    ['by the gateway', 401, fault('keymanagement.service.InvalidAPICallAsNoApiProductMatchFound', 'Invalid API call')],
  ])('a missing product is forbidden, %s: a new token will not help', (_, status, text) => {
    expect(darajaVerdict(status, text)).toBe('forbidden')
  })

  test.each([
    ['success', 200, '{"ResponseCode":"0"}'],
    ['resource not found', 404, shapeA('404.001.01', 'Resource not found')],
    ['no header', 404, shapeA('404.001.04', 'Invalid Authentication Header')],
    ['an empty 404', 404, ''],
    ['validation', 400, shapeA('400.002.02', 'Bad Request - Invalid Amount')],
    ['wrong passkey', 500, shapeA('500.001.1001', 'Wrong credentials')],
    ['a page', 503, '<html>'],
  ])('%s says nothing about the token', (_, status, text) => {
    expect(darajaVerdict(status, text)).toBe('fine')
  })

  test('an answer below 400 is not waited for', async () => {
    const text = () => expect.unreachable('the body was read')
    expect(await classifyDaraja({ status: 200, headers: new Headers(), text })).toBe('fine')
  })
})
