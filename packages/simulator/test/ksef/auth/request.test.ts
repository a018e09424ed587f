/** The AuthTokenRequest by its schema, and contexts: spec/ksef.md sections 2.2, 2.6. @module */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../../src/index.ts'
import { type Caller, codesOf, createCaller } from '../support/caller.ts'
import { makeSigner, type Signer, subjects } from '../support/certificates.ts'

let simulator: Simulator
let caller: Caller
let seal: Signer

beforeAll(async () => {
  simulator = await startSimulator({ ksef: { rateLimits: false } })
  caller = createCaller(simulator)
  seal = await makeSigner(subjects.seal('5265877635'))
})
afterAll(() => simulator.close())

const ips = (name: string, ...values: readonly string[]): string =>
  values.map((value) => `<${name}>${value}</${name}>`).join('')
const policy = (content: string): string =>
  `<AuthorizationPolicy><AllowedIps>${content}</AllowedIps></AuthorizationPolicy>`

describe('requests that do not fit the schema are refused with 21401 (2.2)', () => {
  const ten = Array<string>(10).fill('10.0.0.1')
  const rows: Readonly<Record<string, Parameters<Caller['submit']>[1]>> = {
    'a challenge of another shape': { challenge: '20250514-CR-226FB7B000-3ACF9BE4C0-1' },
    'a challenge in lower case': { challenge: '20250514-cr-226fb7b000-3acf9be4c0-10' },
    'no context': { context: '' },
    'two contexts': { context: '<Nip>5265877635</Nip><PeppolId>PPL000001</PeppolId>' },
    'an unknown context': { context: '<Pesel>88010112345</Pesel>' },
    'a NIP that begins with 0': { context: '<Nip>0265877635</Nip>' },
    'a NIP with white space, which is not collapsed': { context: '<Nip> 5265877635 </Nip>' },
    'an InternalId without its check digits': { context: '<InternalId>5265877635-1234</InternalId>' },
    'a Polish VAT UE number': { context: '<NipVatUe>5265877635-PL5265877635</NipVatUe>' },
    'a Greek one with the wrong prefix': { context: '<NipVatUe>5265877635-GR123456789</NipVatUe>' },
    'a PeppolId with too few digits': { context: '<PeppolId>PPL00001</PeppolId>' },
    'a child within the NIP': { context: '<Nip>526<b/>5877635</Nip>' },
    'text beside the NIP': { context: 'x<Nip>5265877635</Nip>' },
    'an attribute': { context: '<Nip type="a">5265877635</Nip>' },
    'a NIP of another namespace': { context: '<Nip xmlns="urn:other">5265877635</Nip>' },
    'an unknown subject identifier type': { subjectIdentifierType: 'CertificateSubject' },
    'an element that is not declared': { policy: '<More/>' },
    'a policy without AllowedIps': { policy: '<AuthorizationPolicy/>' },
    'eleven addresses': { policy: policy(ips('Ip4Address', ...ten, '10.0.0.2')) },
    'an address above 255': { policy: policy(ips('Ip4Address', '10.0.0.256')) },
    'a range with an en dash (2.13)': { policy: policy(ips('Ip4Range', '10.0.0.1–10.0.0.9')) },
    'a mask of 33 bits': { policy: policy(ips('Ip4Mask', '10.0.0.0/33')) },
    'kinds in another order': { policy: policy(ips('Ip4Mask', '10.0.0.0/8') + ips('Ip4Address', '10.0.0.1')) },
  }
  test.each(Object.entries(rows))('%s', async (_, parts) => {
    const reply = await caller.submit(seal, parts)
    expect(codesOf(reply).slice(0, 2)).toEqual([400, 21401])
    expect(reply.text).toContain('in namespace')
  })
})

describe('requests that fit it', () => {
  const rows: Readonly<Record<string, Parameters<Caller['submit']>[1]>> = {
    'ten of each kind': {
      policy: policy(
        ips('Ip4Address', ...Array<string>(10).fill('127.0.0.1')) +
          ips('Ip4Range', ...Array<string>(10).fill('10.0.0.1-10.0.0.9')) +
          ips('Ip4Mask', ...Array<string>(10).fill('192.168.0.0/16')),
      ),
    },
    'a policy that allows nobody in particular': { policy: policy('') },
    'white space around tokens, which is collapsed': { subjectIdentifierType: '\n  certificateSubject\n' },
    'a NIP whose check digit is wrong, since only the pattern counts (1.8)': { context: '<Nip>5265877630</Nip>' },
    'an internal id': { context: '<InternalId>5265877635-12345</InternalId>' },
    'a hint where the schema is': {
      policy: `<AuthorizationPolicy xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b"><AllowedIps/></AuthorizationPolicy>`,
    },
  }
  test.each(Object.entries(rows))('%s', async (_, parts) => {
    const reply = await caller.submit(seal, parts)
    // An attribute in the policy is none that the schema knows, except for these hints.
    expect([reply.status, codesOf(reply)]).toEqual([202, [202]])
  })
})

describe('whose certificate fits which context (2.2, 2.6)', () => {
  const contexts = {
    Nip: '<Nip>5265877635</Nip>',
    InternalId: '<InternalId>5265877635-12345</InternalId>',
    NipVatUe: '<NipVatUe>5265877635-DE123456789</NipVatUe>',
    PeppolId: '<PeppolId>PPL000001</PeppolId>',
  } as const
  type Row = readonly [keyof typeof contexts, 'certificateSubject' | 'certificateFingerprint', readonly unknown[]]
  test.each<Row>([
    ['Nip', 'certificateSubject', [202]],
    ['Nip', 'certificateFingerprint', [202]],
    ['InternalId', 'certificateSubject', [202]],
    ['NipVatUe', 'certificateFingerprint', [202]],
    ['NipVatUe', 'certificateSubject', [400, 21117]],
    ['PeppolId', 'certificateSubject', [400, 21117]],
    ['PeppolId', 'certificateFingerprint', [400, 21117]],
  ])('a seal in a context %s by %s', async (type, subjectIdentifierType, codes) => {
    expect(codesOf(await caller.submit(seal, { context: contexts[type], subjectIdentifierType }))).toEqual(codes)
  })

  test('a Peppol provider only in its own kind of context', async () => {
    const provider = await makeSigner(subjects.peppol('PPL000001'))
    expect(codesOf(await caller.submit(provider, { context: contexts.PeppolId }))).toEqual([202])
    expect(codesOf(await caller.submit(provider, { context: contexts.Nip }))).toEqual([400, 21117])
  })
})
