import { describe, expect, test } from 'vitest'
import { assertAuthorizationPolicy } from '../../src/values/authorization-policy.ts'
import type { AllowedIps } from '../../src/values/authorization-policy.ts'
import { assertContextIdentifier, isPeppolId } from '../../src/values/context-identifier.ts'
import type { ContextIdentifier } from '../../src/values/context-identifier.ts'

const refusal = expect.objectContaining({ code: 'ERR_INVALID_ARG' }) as Error

describe('context identifiers (sections 1.8 and 2.2)', () => {
  test.each([
    { type: 'Nip', value: '1234567890' }, // A wrong check digit is KSeF's to judge: TEST takes it.
    { type: 'InternalId', value: '6824515772-12343' },
    { type: 'NipVatUe', value: '5265877635-DE123456789' },
    { type: 'PeppolId', value: 'PPL123456' },
  ] as const)('$type $value is accepted', (context) => expect(() => assertContextIdentifier(context)).not.toThrow())

  test.each([
    { type: 'Nip', value: '6824515772-12343' },
    { type: 'InternalId', value: '6824515772' },
    { type: 'NipVatUe', value: '5265877635-PL123456789' },
    { type: 'PeppolId', value: 'PPL12345' },
    { type: 'PeppolId', value: 'XPL123456' },
    { type: 'nip', value: '5265877635' },
    { type: 'constructor', value: '5265877635' },
    { type: 'Nip', value: 5265877635 },
  ])('$type $value is refused, and not quoted', (context) => {
    const attempt = (): void => assertContextIdentifier(context as ContextIdentifier) // As JavaScript could call it.
    expect(attempt).toThrow(refusal)
    expect(attempt).not.toThrow(String(context.value))
  })

  test('a Peppol id has nine characters', () => {
    expect([isPeppolId('PPL123456'), isPeppolId('PPL1234567'), isPeppolId(undefined)]).toEqual([true, false, false])
  })
})

describe('authorization policy (sections 2.2 and 2.13)', () => {
  test('ten entries of each kind are accepted', () => {
    const ten = (text: string): string[] => Array.from({ length: 10 }, () => text)
    const allowedIps = {
      ip4Addresses: ten('0.0.0.0'),
      ip4Ranges: ten('10.0.0.1-10.0.0.254'),
      ip4Masks: [...ten('203.0.113.0/24').slice(2), '0.0.0.0/0', '255.255.255.255/32'],
    }
    expect(() => assertAuthorizationPolicy({ allowedIps })).not.toThrow()
  })

  test.each<[string, AllowedIps]>([
    ['eleven entries', { ip4Addresses: Array.from({ length: 11 }, () => '10.0.0.1') }],
    ['nothing at all', {}],
    ['empty lists', { ip4Addresses: [], ip4Masks: [] }],
    ['256', { ip4Addresses: ['10.0.0.256'] }],
    ['a leading zero', { ip4Addresses: ['10.0.0.01'] }],
    ['IPv6', { ip4Addresses: ['::1'] }],
    ['an en dash', { ip4Ranges: ['10.0.0.1–10.0.0.9'] }],
    ['blanks around the hyphen', { ip4Ranges: ['10.0.0.1 - 10.0.0.9'] }],
    ['mask 33', { ip4Masks: ['10.0.0.0/33'] }],
    ['mask 08', { ip4Masks: ['10.0.0.0/08'] }],
    ['no mask', { ip4Masks: ['10.0.0.0'] }],
    ['an unknown list', { ip4Adresses: ['10.0.0.1'] } as AllowedIps],
  ])('%s is refused', (_, allowedIps) => expect(() => assertAuthorizationPolicy({ allowedIps })).toThrow(refusal))
})
