/**
 * Signed samples that others have verified: accepted in form, refused in every altered variant. Their challenge is not
 * ours, so that 21111 is the proof that all checks before it were passed: it comes last (spec/ksef.md section 2.6).
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { startSimulator, type Simulator } from '../../src/index.ts'
import { type Caller, codesOf, createCaller } from './support/caller.ts'
import { makeSigner, subjects } from './support/certificates.ts'
import { sharedTest, sharedText } from './support/shared-data.ts'

let simulator: Simulator
let caller: Caller
beforeAll(async () => {
  simulator = await startSimulator({ ksef: { rateLimits: false } })
  caller = createCaller(simulator)
})
afterAll(() => simulator.close())

const negative = [400, 9105, 'Podpis zweryfikowany negatywnie.']
const profile = [400, 9105, 'Format podpisu niezgodny z akceptowanymi profilami XAdES.']
const algorithm = [400, 9105, 'Podpis złożony z użyciem niewspieranego algorytmu kryptograficznego.']
const value = /(?<=<ds:SignatureValue>)[^<]*/
const digests = /(?<=<ds:DigestValue>)[^<]*/g
const certificate = /(?<=<ds:X509Certificate>)[^<]*/
const signature = /<ds:Signature .*<\/ds:Signature>/s

type Variant = readonly [name: string, codes: readonly unknown[], alter: (xml: string) => string]

/** Puts the first character of Base64 where it is not yet. */
const alterFirst = (text: string): string => (text.startsWith('A') ? 'B' : 'A') + text.slice(1)
const alterDigest =
  (wanted: number) =>
  (xml: string): string => {
    let n = 0
    return xml.replace(digests, (text) => (n++ === wanted ? alterFirst(text) : text))
  }

const variants: readonly Variant[] = [
  [
    'the challenge',
    negative,
    (xml) => xml.replace(/(-CR-)./, (text, before: string) => before + (text.endsWith('2') ? '3' : '2')),
  ],
  ['the context', negative, (xml) => xml.replace('5265877635', '1111111111')],
  ['the subject identifier type', negative, (xml) => xml.replace('certificateSubject', 'certificateFingerprint')],
  ['the signature value', negative, (xml) => xml.replace(value, alterFirst)],
  ['the digest of the document', negative, alterDigest(0)],
  ['the digest of the signed properties', negative, alterDigest(1)],
  ['the digest of the certificate', negative, alterDigest(2)],
  ['the signing time', negative, (xml) => xml.replace(/(<xades:SigningTime>)\d{4}/, '$12031')],
  ['white space between elements', negative, (xml) => xml.replace('<SubjectIdentifierType>', '\n$&')],
  [
    'the type of the reference',
    profile,
    (xml) =>
      xml.replace('http://uri.etsi.org/01903#SignedProperties', 'http://uri.etsi.org/01903/v1.3.2#SignedProperties'),
  ],
  ['the target of the properties', profile, (xml) => xml.replace('Target="#Signature"', 'Target="#Another"')],
  [
    'the signature method',
    algorithm,
    (xml) => xml.replace(/(<ds:SignatureMethod Algorithm="[^"#]*)#[^"]*/, '$1#hmac-sha256'),
  ],
  ['a reference to elsewhere', profile, (xml) => xml.replace('URI=""', 'URI="request.xml"')],
  [
    'a second signature',
    [400, 9103],
    (xml) => xml.replace('</ds:Signature>', '$&<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>'),
  ],
  ['no signature', [400, 9102], (xml) => xml.replace(signature, '')],
  ['a DTD', [400, 9101], (xml) => xml.replace('<AuthTokenRequest', '<!DOCTYPE AuthTokenRequest>$&')],
]

describe.each(['signed-rsa-seal', 'signed-ec-seal'])('%s', (name) => {
  const sample = (): string => sharedText(`samples/auth/signed/${name}.xml`)

  sharedTest('is accepted in form: only its challenge is not ours', async () => {
    expect(codesOf(await caller.submitXml(sample()))).toEqual([400, 21111])
  })

  for (const [altered, codes, alter] of variants) {
    sharedTest(`altered: ${altered}`, async () => {
      const variant = alter(sample())
      expect(variant).not.toBe(sample())
      expect(codesOf(await caller.submitXml(variant))).toEqual(codes)
    })
  }

  sharedTest('altered: the certificate of somebody else with the same subject', async () => {
    const other = await makeSigner(subjects.seal('5265877635'))
    const variant = sample().replace(certificate, other.certificate.raw.toString('base64'))
    expect(codesOf(await caller.submitXml(variant))).toEqual(negative)
  })

  sharedTest('altered: wrapped into another request', async () => {
    const whole = sample().replace(/^<\?xml[^>]*>\s*/, '')
    const inner = signature.exec(whole)?.[0] ?? ''
    const original = whole.replace(signature, '')
    const moved = inner.replace('</ds:Signature>', `<ds:Object>${original}</ds:Object>$&`)
    const outer = original.replace('5265877635', '1111111111').replace('</AuthTokenRequest>', `${moved}$&`)
    expect(codesOf(await caller.submitXml(outer))).toEqual(negative)
  })
})
