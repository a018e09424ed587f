/**
 * Assertions that only have to compile: each `@ts-expect-error` is a mistake that must not.
 *
 * @module
 */
import type { Secret, TokenSource } from '@latchkey/core'
import { expect, expectTypeOf, test } from 'vitest'
import { MpesaClient, parseStkCallback, TokenManager } from '../../src/index.ts'
import type {
  DarajaErrorCode,
  MpesaClientOptions,
  StkCallback,
  StkPush,
  StkPushQueryResult,
  TokenManagerOptions,
} from '../../src/index.ts'
import { push } from '../support/client.ts'

const credential = { consumerKey: 'k', consumerSecret: 's' }

test('the kinds of secret exclude each other', () => {
  const { passkey, ...rest } = push
  const ready: StkPush = { ...rest, password: 'cmVhZHk=', timestamp: '20260101000000' }
  // @ts-expect-error Both kinds at once.
  const both: StkPush = { ...ready, passkey }
  // @ts-expect-error Neither kind.
  const none: StkPush = rest
  // @ts-expect-error A password without its timestamp.
  const half: StkPush = { ...rest, password: 'cmVhZHk=' }
  expect([both, none, half]).toHaveLength(3)
})

test('wire mistakes do not compile', () => {
  // @ts-expect-error A shortcode as a number loses its zeros.
  const number: StkPush = { ...push, businessShortCode: 174379 }
  // @ts-expect-error An amount is a number.
  const text: StkPush = { ...push, amount: '1' }
  // @ts-expect-error Not a transaction type.
  const type: StkPush = { ...push, transactionType: 'PayBill' }
  // @ts-expect-error Not a field.
  const name: StkPush = { ...push, acountReference: 'x' }
  expect([number, text, type, name]).toHaveLength(4)
})

test('tokens come from one place', () => {
  const tokens = new TokenManager({ ...credential, environment: 'sandbox' })
  const good: MpesaClientOptions[] = [
    { tokens },
    { tokens, environment: 'sandbox' },
    { ...credential, environment: 'sandbox' },
    { tokenSource: tokens.tokenSource, environment: 'sandbox' },
  ]
  // @ts-expect-error Two places.
  const two: MpesaClientOptions = { tokens, ...credential, environment: 'sandbox' }
  // @ts-expect-error No place at all.
  const none: MpesaClientOptions = { environment: 'sandbox' }
  // @ts-expect-error No environment.
  const nowhere: TokenManagerOptions = credential
  // @ts-expect-error The environment is a value, exactly spelled.
  const loose: TokenManagerOptions = { ...credential, environment: 'Production' }
  expect([...good, two, none, nowhere, loose]).toHaveLength(8)
  expectTypeOf(new MpesaClient({ tokens }).tokenSource).toEqualTypeOf<TokenSource>()
})

test('results are told apart by their state', () => {
  expectTypeOf<StkPushQueryResult['state']>().toEqualTypeOf<'paid' | 'failed' | 'pending'>()
  expectTypeOf<Extract<StkPushQueryResult, { state: 'pending' }>['askAgainAt']>().toEqualTypeOf<number>()
  expectTypeOf<Extract<StkCallback, { state: 'failed' }>>().not.toHaveProperty('amount')
  expectTypeOf(parseStkCallback).parameter(0).toBeUnknown()
  expectTypeOf<TokenManagerOptions['consumerSecret']>().toEqualTypeOf<string | Secret>()
  expectTypeOf<'DARAJA_OUTCOME_UNKNOWN'>().toExtend<DarajaErrorCode>()
})
