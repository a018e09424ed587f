import { XmlDocument, XsdValidator } from 'libxml2-wasm'
import { describe, expect, test } from 'vitest'
import { generateNip } from '../../src/values/nip.ts'
import { generateNipVatUe } from '../../src/values/nip-vat-ue.ts'
import { buildAuthTokenRequestXml } from '../../src/xades/auth-token-request.ts'
import type { AuthTokenRequest } from '../../src/xades/auth-token-request.ts'
import { sharedTest, sharedText } from '../values/support/shared-data.ts'
import { parseXml } from './support/verifiers.ts'

const challenge = '20250514-CR-226FB7B000-3ACF9BE4C0-10'
const context = { type: 'Nip', value: '5265877635' } as const
const allowedIps = {
  ip4Addresses: ['203.0.113.1', '203.0.113.2'],
  ip4Ranges: ['203.0.113.10-203.0.113.20'],
  ip4Masks: ['198.51.100.0/24'],
}

const requests: readonly AuthTokenRequest[] = [
  { challenge, context },
  { challenge, context, subjectIdentifierType: 'certificateFingerprint' },
  { challenge, context: { type: 'InternalId', value: '6824515772-12343' } },
  { challenge, context: { type: 'NipVatUe', value: '5265877635-DE123456789' } },
  { challenge, context: { type: 'PeppolId', value: 'PPL123456' } },
  { challenge, context, authorizationPolicy: { allowedIps } },
  { challenge, context, authorizationPolicy: { allowedIps: { ip4Masks: ['10.0.0.0/8'] } } },
]

describe('AuthTokenRequest (section 2.2)', () => {
  test('the smallest request', () => {
    expect(buildAuthTokenRequestXml({ challenge, context })).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<AuthTokenRequest xmlns="http://ksef.mf.gov.pl/auth/token/2.1">' +
        '<Challenge>20250514-CR-226FB7B000-3ACF9BE4C0-10</Challenge>' +
        '<ContextIdentifier><Nip>5265877635</Nip></ContextIdentifier>' +
        '<SubjectIdentifierType>certificateSubject</SubjectIdentifierType></AuthTokenRequest>',
    )
  })

  test('the kind of context names the element, and the policy comes last, in the order of the schema', () => {
    const xml = buildAuthTokenRequestXml({
      authorizationPolicy: { allowedIps },
      subjectIdentifierType: 'certificateFingerprint',
      context: { type: 'NipVatUe', value: '5265877635-DE123456789' },
      challenge,
    })
    const names = [...xml.matchAll(/<(\w+)[ >]/g)].map(([, name]) => name)
    expect(names.join(' ')).toBe(
      'AuthTokenRequest Challenge ContextIdentifier NipVatUe SubjectIdentifierType AuthorizationPolicy AllowedIps ' +
        'Ip4Address Ip4Address Ip4Range Ip4Mask',
    )
    expect(xml).toContain('<SubjectIdentifierType>certificateFingerprint</SubjectIdentifierType>')
  })

  test.each([
    { challenge: '20250514-AU-226FB7B000-3ACF9BE4C0-10', context },
    { challenge: `${challenge} `, context },
    { challenge: '</Challenge>', context },
    { challenge, context: { type: 'Nip', value: '</Nip>' } },
    { challenge, context: { type: 'Script', value: '5265877635' } },
    { challenge, context, subjectIdentifierType: 'certificate' },
    { challenge, context, authorizationPolicy: { allowedIps: { ip4Addresses: ['<x/>'] } } },
    { challenge, context, policy: {} },
  ])('what the schema refuses is refused here (%#)', (request) =>
    expect(() => buildAuthTokenRequestXml(request as AuthTokenRequest)).toThrow(
      // As JavaScript could call it.
      expect.objectContaining({ code: 'ERR_INVALID_ARG' }),
    ),
  )
})

// The patterns hold the anchors ^ and $, which a strict processor reads as characters (section 2.2).
function publishedSchema(): XsdValidator {
  const xsd = sharedText('xsd/auth/schemat_auth_v2-1.xsd').replaceAll('value="^', 'value="').replaceAll('$"', '"')
  const document = XmlDocument.fromString(xsd)
  try {
    return XsdValidator.fromDoc(document)
  } finally {
    document.dispose()
  }
}

sharedTest('every kind of request validates against the published schema, and a wrong one does not', () => {
  const generated = Array.from({ length: 50 }, (_, i): AuthTokenRequest => {
    const context = i % 2 ? { type: 'Nip', value: generateNip() } : { type: 'NipVatUe', value: generateNipVatUe() }
    return { challenge, context } as AuthTokenRequest // The two types go with their values.
  })
  const schema = publishedSchema()
  try {
    const validate = (xml: string): void => {
      const document = XmlDocument.fromString(xml)
      try {
        schema.validate(document)
      } finally {
        document.dispose()
      }
    }
    const documents = [...requests, ...generated].map(buildAuthTokenRequestXml)
    for (const xml of documents) expect(() => validate(xml)).not.toThrow()
    expect(() => validate(documents[0]?.replace('certificateSubject', 'subject') ?? '')).toThrow()
  } finally {
    schema.dispose()
  }
})

sharedTest.each([
  ['context-identifier-nip.xml', 'Nip', 'certificateSubject'],
  ['context-identifier-internal-id.xml', 'InternalId', 'certificateSubject'],
  ['context-identifier-nip-vat-ue.xml', 'NipVatUe', 'certificateSubject'],
  ['subject-identifier-type-certificate-fingerprint.xml', 'Nip', 'certificateFingerprint'],
] as const)('the published sample %s has the same elements and values', (file, type, subjectIdentifierType) => {
  const sample = parseXml(sharedText(`samples/auth/${file}`))
  const text = (name: string): string => sample.getElementsByTagName(name)[0]?.textContent ?? ''
  const ours = buildAuthTokenRequestXml({
    challenge: text('Challenge'),
    context: { type, value: text(type) },
    subjectIdentifierType,
  })
  const shape = (document: ReturnType<typeof parseXml>): string[] =>
    [...document.getElementsByTagName('*')].map(
      (node) => `${node.nodeName} ${node.childNodes.length === 1 ? (node.textContent ?? '') : ''}`,
    )
  const compact = parseXml(sharedText(`samples/auth/${file}`).replace(/>\s+</g, '><'))
  expect(shape(parseXml(ours))).toEqual(shape(compact))
})
