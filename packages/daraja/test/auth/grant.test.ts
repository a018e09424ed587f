import { isLatchkeyError } from '@latchkey/core'
import { describe, expect, test } from 'vitest'
import { darajaErrorCodes, darajaTraits } from '../../src/index.ts'
import { parseIssued } from '../../src/auth/grant.ts'

const shapeA = (errorCode: string, errorMessage = '') =>
  JSON.stringify({ requestId: '1c5b-4ba8-815c-01', errorCode, errorMessage })
const spike = JSON.stringify({
  fault: { faultstring: 'Spike arrest violation.', detail: { errorcode: 'policies.ratelimit.SpikeArrestViolation' } },
})

function failureOf(status: number, text: string) {
  try {
    parseIssued(status, text)
  } catch (error) {
    if (isLatchkeyError(error)) return error
    throw error
  }
  return expect.unreachable('a token was issued')
}

test('engine.md section 18: the traits of Daraja', () => {
  expect(darajaTraits).toEqual({
    ...{ exclusive: true, renewal: 'none', replay: 'unknown' },
    ...{ longest: 15_000, settle: 0, assumedLifetime: 3_599_000 },
  })
})

test.each(['3599', 3599])('section 2.2: expires_in %j is handed on as it came', (expires_in) => {
  const issued = parseIssued(200, JSON.stringify({ access_token: 'Zz0demoTokenDemoTokenDemo001', expires_in }))
  expect(issued.access.reveal()).toBe('Zz0demoTokenDemoTokenDemo001')
  expect(issued.lifetime).toEqual({ seconds: expires_in })
})

const html = '<html><body>Request unsuccessful. Incapsula incident ID: 1-2</body></html>'

describe('section 2.3: every failure of the token endpoint has a code, a class and a reason', () => {
  test.each([
    ['wrong key or secret: empty 400', 400, '', 'AUTH_INVALID_CREDENTIALS', 'denied', 'invalid_credentials'],
    ['the same with spaces', 400, ' \n', 'AUTH_INVALID_CREDENTIALS', 'denied', 'invalid_credentials'],
    ['the same as empty 401', 401, '', 'AUTH_INVALID_CREDENTIALS', 'denied', 'invalid_credentials'],
    ['the same as JSON 401', 401, shapeA('401'), 'AUTH_INVALID_CREDENTIALS', 'denied', 'invalid_credentials'],
    ['the same as JSON 403', 403, shapeA('403'), 'AUTH_INVALID_CREDENTIALS', 'denied', 'invalid_credentials'],
    ['scheme', 400, shapeA('400.008.01'), 'DARAJA_INVALID_AUTH_SCHEME', 'denied', 'invalid_auth_scheme'],
    ['grant type', 400, shapeA('400.008.02'), 'DARAJA_INVALID_GRANT_TYPE', 'denied', 'invalid_grant_type'],
    ['edge filter', 403, html, 'DARAJA_BLOCKED', 'transient', 'blocked'],
    ['edge filter, 503', 503, html, 'DARAJA_BLOCKED', 'transient', 'blocked'],
    ['edge filter, empty', 403, '', 'DARAJA_BLOCKED', 'transient', 'blocked'],
    ['maintenance page', 503, '<html>Maintenance</html>', 'LATCHKEY_ENDPOINT_FAILED', 'transient', 'unavailable'],
    ['outage', 500, shapeA('500.003.1001'), 'LATCHKEY_ENDPOINT_FAILED', 'transient', 'unavailable'],
    ['spike arrest', 429, spike, 'LATCHKEY_ENDPOINT_THROTTLED', 'throttled', 'throttled'],
    ['busy', 500, shapeA('500.003.02', 'System is busy.'), 'LATCHKEY_ENDPOINT_THROTTLED', 'throttled', 'throttled'],
    ['quota', 500, shapeA('500.003.03'), 'LATCHKEY_ENDPOINT_THROTTLED', 'throttled', 'throttled'],
    ['another method', 405, shapeA('405.001'), 'DARAJA_TOKEN_DENIED', 'denied', 'refused'],
    ['another path', 404, '', 'DARAJA_TOKEN_DENIED', 'denied', 'refused'],
    ['200 with a page', 200, html, 'LATCHKEY_NOT_JSON', 'transient', 'malformed_response'],
    ['200 with nothing', 200, '', 'LATCHKEY_NOT_JSON', 'transient', 'malformed_response'],
    ['200 without a token', 200, '{"expires_in":"3599"}', 'LATCHKEY_NO_TOKEN', 'transient', 'malformed_response'],
    ['200 with an empty token', 200, '{"access_token":" "}', 'LATCHKEY_NO_TOKEN', 'transient', 'malformed_response'],
    ['200 with a number', 200, '{"access_token":7}', 'LATCHKEY_NO_TOKEN', 'transient', 'malformed_response'],
  ])('%s', (_, status, text, code, failure, reason) => {
    const error = failureOf(status, text)
    expect(error).toMatchObject({ name: 'TokenError', code, failure, reason, status, provider: 'daraja' })
    if (code in darajaErrorCodes) {
      expect(error.retryable).toBe(darajaErrorCodes[code as keyof typeof darajaErrorCodes].retryable) // Just looked up.
    }
  })

  test("the provider's code and request id are kept, and its words are not", () => {
    const error = failureOf(400, shapeA('400.008.01', 'Invalid Authentication passed'))
    expect(error).toMatchObject({ providerCode: '400.008.01', correlationId: '1c5b-4ba8-815c-01' })
    expect(error.message).not.toContain('passed')
    expect(error.message).toMatch(/wrong consumer key or secret/)
  })
})
