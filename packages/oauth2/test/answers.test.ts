/**
 * Every kind of answer of a token endpoint, and what becomes of it.
 *
 * @module
 */
import { describe, expect, test } from 'vitest'
import { errorCodes } from '@latchkey/core'
import { oauth2ErrorCodes } from '../src/index.ts'
import { issues, says, scripted } from './support/source.ts'

const denied = { retryable: false }
const later = { retryable: true }

// Sections 12.6 and 13.2 of spec/truphone.md, and RFC 6749 section 5.2.
test.each<readonly [string, Parameters<typeof says>[0], object]>([
  [
    'a wrong secret',
    { status: 401, json: { error: 'invalid_client' } },
    { code: 'AUTH_INVALID_CREDENTIALS', ...denied },
  ],
  [
    "a wrong secret in Keycloak's words (T19)",
    { status: 401, json: { error: 'unauthorized_client', error_description: 'Invalid client' } },
    { code: 'AUTH_INVALID_CREDENTIALS', providerCode: 'unauthorized_client', ...denied },
  ],
  [
    'a wrong secret with a challenge beside the body',
    { status: 401, json: { error: 'invalid_client' }, headers: { 'www-authenticate': 'Basic realm="x"' } },
    { code: 'AUTH_INVALID_CREDENTIALS', providerCode: 'invalid_client', ...denied },
  ],
  ['a 401 without a body', { status: 401, text: '' }, { code: 'AUTH_INVALID_CREDENTIALS', ...denied }],
  [
    'an unknown scope',
    { status: 400, json: { error: 'invalid_scope' } },
    { code: 'LATCHKEY_CREDENTIALS_DENIED', providerCode: 'invalid_scope', ...denied },
  ],
  [
    'an unsupported grant',
    { status: 400, json: { error: 'unsupported_grant_type' } },
    { code: 'LATCHKEY_CREDENTIALS_DENIED', ...denied },
  ],
  [
    'a duplicated parameter (T26)',
    { status: 400, json: { error: 'invalid_request' } },
    { code: 'LATCHKEY_CREDENTIALS_DENIED', ...denied },
  ],
  [
    'an unknown realm (T25)',
    { status: 404, json: { error: 'Realm does not exist' } },
    { code: 'LATCHKEY_CREDENTIALS_DENIED', reason: 'not_found', ...denied },
  ],
  ['an HTML 404', { status: 404, text: '<html>' }, { reason: 'not_found', ...denied }],
  ['a redirect', { status: 302, text: '', headers: { location: 'https://x' } }, { reason: 'redirect', ...denied }],
  ['too many requests', { status: 429, text: '' }, { code: 'LATCHKEY_ENDPOINT_THROTTLED', ...later }],
  ['a maintenance page', { status: 503, text: '<html>' }, { code: 'LATCHKEY_ENDPOINT_FAILED', ...later }],
  ['HTML with 200', { status: 200, text: '<html>' }, { code: 'LATCHKEY_NOT_JSON', ...later }],
  ['an array', { json: [] }, { code: 'LATCHKEY_NOT_JSON', ...later }],
  ['an empty 204', { status: 204 }, { code: 'LATCHKEY_ENDPOINT_FAILED', ...later }],
  ['an error with 200', { json: { error: 'invalid_client' } }, { code: 'LATCHKEY_NO_TOKEN', ...later }],
  ['an empty token', { json: { access_token: '', token_type: 'Bearer' } }, { code: 'LATCHKEY_NO_TOKEN', ...later }],
  ['a MAC token', { json: { access_token: 'A', token_type: 'mac' } }, { code: 'LATCHKEY_BAD_TOKEN', ...later }],
  ['a DPoP token', { json: { access_token: 'A', token_type: 'DPoP' } }, { code: 'LATCHKEY_BAD_TOKEN', ...later }],
  ['an odd token type', { json: { access_token: 'A', token_type: 7 } }, { code: 'LATCHKEY_BAD_TOKEN', ...later }],
  [
    'a line break',
    { json: { access_token: 'A\r\nB', token_type: 'bearer' } },
    { code: 'LATCHKEY_BAD_TOKEN', ...later },
  ],
])('%s', async (_, answer, expected) => {
  const { source, fetch, clock } = scripted([says(answer)])
  const error: unknown = await clock.drive(source.get({ patience: 0 })).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject(expected)
  const { code } = error as { code: string } // Just matched.
  expect(Object.keys({ ...errorCodes, ...oauth2ErrorCodes })).toContain(code)
  fetch.done()
})

describe('tolerance', () => {
  test.each([
    ['token_type in lower case (T24)', { token_type: 'bearer' }],
    ['no token_type', { token_type: undefined }],
    ['a lifetime as text', { expires_in: '300' }],
    ['a lifetime as nonsense', { expires_in: 'soon' }],
    ['an ID token nobody asked for', { id_token: 'x.y.z' }],
    ['a scope that is no text', { scope: 7 }],
    ['a refresh token that is no text', { refresh_token: 7 }],
    ['not-before and session fields (12.4)', { 'not-before-policy': 0, session_state: 's' }],
  ])('%s is accepted', async (_, more) => {
    const { source, clock } = scripted([issues('A1', more)])
    expect((await clock.drive(source.get())).header()).toBe('Bearer A1')
  })

  test('a byte order mark before the JSON is accepted', async () => {
    const { source, clock } = scripted([says({ text: '\uFEFF{"access_token":"A1","token_type":"bearer"}' })])
    expect((await clock.drive(source.get())).reveal()).toBe('A1')
  })

  test('no lifetime means the assumed one', async () => {
    const { source, clock } = scripted([issues('A1', { expires_in: undefined })], {
      traits: { assumedLifetime: 120_000 },
    })
    expect((await clock.drive(source.get())).lifetime).toBe(120_000)
  })
})

test('callers who arrive together share one request (T10)', async () => {
  const { source, fetch, clock } = scripted([issues('A1')])
  const tokens = await clock.drive(Promise.all(Array.from({ length: 50 }, () => source.get())))
  expect(new Set(tokens.map((token) => token.reveal()))).toEqual(new Set(['A1']))
  fetch.done()
})

test('a wrong secret is remembered: the next callers cost no request (T20)', async () => {
  const { source, fetch, clock } = scripted([says({ status: 401, json: { error: 'invalid_client' } })])
  for (let i = 0; i < 5; i += 1) {
    await expect(clock.drive(source.get({ patience: 0 }))).rejects.toMatchObject({ code: 'AUTH_INVALID_CREDENTIALS' })
  }
  fetch.done()
})
