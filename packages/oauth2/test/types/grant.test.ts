/**
 * Assertions that only have to compile: each `@ts-expect-error` is a mistake that must not.
 *
 * @module
 */
import type { Grant, Secret } from '@latchkey/core'
import { expect, expectTypeOf, test } from 'vitest'
import type { LoginEnding, OAuth2ErrorCode, oauth2Grant, OAuth2GrantOptions } from '../../src/index.ts'

const whole = { tokenUrl: 'https://login.example.com/token', clientId: 'demo', clientSecret: 's' }

test('the two endings exclude each other', () => {
  // @ts-expect-error Both at once.
  const both: LoginEnding = { revocationUrl: 'https://a.example', logoutUrl: 'https://a.example' }
  // @ts-expect-error Not a way of client authentication.
  const jwt: OAuth2GrantOptions = { ...whole, clientAuthentication: 'jwt' }
  // @ts-expect-error A list, since order does not matter.
  const scope: OAuth2GrantOptions = { ...whole, scopes: 'a b' }
  expect([both, jwt, scope]).toHaveLength(3)
})

test('a grant is the engine’s', () => {
  expectTypeOf<ReturnType<typeof oauth2Grant>>().toEqualTypeOf<Grant>()
  expectTypeOf<OAuth2GrantOptions['clientSecret']>().toEqualTypeOf<string | Secret>()
  expectTypeOf<'AUTH_INVALID_CREDENTIALS'>().toExtend<OAuth2ErrorCode>()
})
