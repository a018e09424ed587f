/** Documents that are refused, and with which code: spec/ksef.md sections 1.9, 2.3, 2.6, 8.1. @module */
import { createPublicKey, X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../../src/index.ts'
import { call } from '../../support.ts'
import { type Caller, codesOf, createCaller } from '../support/caller.ts'
import { curvePair, foreignAuthority, makeSigner, rsaPair, type Signer, subjects } from '../support/certificates.ts'
import {
  dsig,
  exclusive,
  inclusive,
  more,
  requestXml,
  type Shape,
  signRequest,
  xades,
} from '../support/signed-request.ts'

let simulator: Simulator
let caller: Caller
let other: Signer

beforeAll(async () => {
  simulator = await startSimulator({ ksef: { rateLimits: false } })
  caller = createCaller(simulator)
  other = await makeSigner(subjects.seal(caller.credentials.nip))
})
afterAll(() => simulator.close())

const profile = [400, 9105, 'Format podpisu niezgodny z akceptowanymi profilami XAdES.']
const negative = [400, 9105, 'Podpis zweryfikowany negatywnie.']
const algorithm = [400, 9105, 'Podpis złożony z użyciem niewspieranego algorytmu kryptograficznego.']

type Row = readonly [name: string, codes: readonly unknown[], shape: Partial<Shape>, after?: (xml: string) => string]

/** Signs, alters, submits. The document must differ from what an honest signer makes. */
async function refusal(shape: Partial<Shape>, after: (xml: string) => string = (xml) => xml) {
  const honest = await caller.signed(caller.owner, {}, shape)
  return codesOf(await caller.submitXml(after(honest)))
}

/** A test for each row. */
function refuses(rows: readonly Row[]): void {
  for (const [name, codes, shape, after] of rows) {
    test(name, async () => {
      expect(await refusal(shape, after)).toEqual(codes)
    })
  }
}

/** Replaces what must be there. */
function swap(from: string | RegExp, to: string) {
  return (xml: string): string => {
    const changed = xml.replace(from, to)
    if (changed === xml) throw new Error(`nothing to replace: ${String(from)}`)
    return changed
  }
}

const signatureValue = /(?<=<ds:SignatureValue>)[^<]*/
const encoded = Buffer.from(requestXml({ challenge: '20250514-CR-226FB7B000-3ACF9BE4C0-10' })).toString('base64')
const certificate = /(?<=<ds:X509Certificate>)[^<]*/

describe('altered after it was signed', () => {
  refuses([
    ['another challenge', negative, {}, swap(/(-CR-)(.)/, '$10')],
    ['another context', negative, {}, swap(/<Nip>\d+/, '<Nip>1111111111')],
    ['another subject identifier type', negative, {}, swap('certificateSubject', 'certificateFingerprint')],
    [
      'an added IP policy',
      negative,
      {},
      swap('<ds:Signature ', '<AuthorizationPolicy><AllowedIps/></AuthorizationPolicy>$&'),
    ],
    ['another signing time', negative, {}, swap(/<xades:SigningTime>\d/, '<xades:SigningTime>3')],
    ['an emptied digest', negative, {}, swap(/(?<=<ds:DigestValue>)[^<]+/, '')],
    ['printed again with line breaks (8.1 row 10)', negative, {}, (xml) => xml.replaceAll('><', '>\n<')],
    [
      'a signature value with one other bit',
      negative,
      {},
      swap(signatureValue, Buffer.alloc(64, 1).toString('base64')),
    ],
    ['a signature value that is not Base64', negative, {}, swap('<ds:SignatureValue>', '$&!!%%')],
    ['a signature value without its last byte', negative, {}, (xml) => reValue(xml, (value) => value.subarray(0, 63))],
    ['a signature value in DER (8.1 row 9)', negative, {}, (xml) => reValue(xml, derOf)],
    [
      'a signature value with zeros before it',
      negative,
      {},
      (xml) => reValue(xml, (value) => Buffer.concat([Buffer.alloc(2), value])),
    ],
    ['another method for the same value', negative, {}, swap('#ecdsa-sha256', '#ecdsa-sha384')],
    ['another request as Base64', negative, { form: 'encoded' }, swap(/(?<=<ds:Object Id="Data">)[^<]+/, encoded)],
    ['a namespace that is no absolute URI', negative, {}, swap('<ds:Object>', '<ds:Object xmlns:other="relative">')],
    ['no signature value', profile, {}, swap(/<ds:SignatureValue>.*<\/ds:SignatureValue>/, '')],
    ['no KeyInfo', profile, {}, swap(/<ds:KeyInfo.*<\/ds:KeyInfo>/, '')],
    ['two KeyInfos', profile, {}, swap(/<ds:KeyInfo.*<\/ds:KeyInfo>/, '$&<ds:KeyInfo/>')],
    ['KeyInfo without a certificate', profile, {}, swap(/<ds:X509Certificate>.*<\/ds:X509Certificate>/, '')],
    ['a certificate with bytes behind it', [400, 21115], {}, swap('</ds:X509Certificate>', 'AAAA$&')],
    ['a certificate that is none', [400, 21115], {}, swap(certificate, 'AAAA')],
  ])

  test('the certificate of another key with the same subject', async () => {
    const substitute = swap(certificate, other.certificate.raw.toString('base64'))
    expect(await refusal({}, substitute)).toEqual(negative)
  })

  test('the certificate of another key, beside a property that was changed to fit', async () => {
    const forged = signRequest(requestXml(await caller.challenge()), { ...other, privateKey: caller.owner.privateKey })
    expect(codesOf(await caller.submitXml(forged))).toEqual(negative)
  })
})

function reValue(xml: string, change: (value: Buffer) => Buffer): string {
  return xml.replace(signatureValue, (value) => change(Buffer.from(value, 'base64')).toString('base64'))
}

/** R‖S as ASN.1 writes it. */
function derOf(value: Buffer): Buffer {
  const integer = (half: Buffer): Buffer => {
    const bytes = Buffer.concat([Buffer.from([0]), half])
    return Buffer.concat([Buffer.from([2, bytes.length]), bytes])
  }
  const both = Buffer.concat([integer(value.subarray(0, 32)), integer(value.subarray(32))])
  return Buffer.concat([Buffer.from([0x30, both.length]), both])
}

describe('signed, but not in an accepted profile', () => {
  const dataReference = /<ds:Reference Id="reference-1".*?<\/ds:Reference>/
  const propertiesReference = /<ds:Reference URI="#SignedProperties".*?<\/ds:Reference>/
  refuses([
    ['no type on the reference to SignedProperties (8.1 row 12)', profile, { propertiesType: null }],
    ['the type with a version', profile, { propertiesType: 'http://uri.etsi.org/01903/v1.3.2#SignedProperties' }],
    [
      'empty SignedProperties (8.1 row 12)',
      profile,
      { before: swap(/<xades:SignedSignatureProperties>.*<\/xades:SignedSignatureProperties>/, '') },
    ],
    ['no signing time', profile, { before: swap(/<xades:SigningTime>.*<\/xades:SigningTime>/, '') }],
    [
      'no signing certificate',
      profile,
      { before: swap(/<xades:SigningCertificateV2>.*<\/xades:SigningCertificateV2>/, '') },
    ],
    [
      'both forms of the signing certificate',
      profile,
      { before: swap(/<xades:SigningCertificateV2>.*<\/xades:SigningCertificateV2>/, '$&<xades:SigningCertificate/>') },
    ],
    [
      'a signing certificate without issuer, first form',
      profile,
      { certificateProperty: 'SigningCertificate', before: swap(/<xades:IssuerSerial>.*<\/xades:IssuerSerial>/, '') },
    ],
    [
      'a serial number in hex, first form',
      negative,
      {
        certificateProperty: 'SigningCertificate',
        before: swap(/(?<=<ds:X509SerialNumber>)\d+/, '1122334455667788AB'),
      },
    ],
    [
      'a digest over other than the DER of the certificate (8.1 row 11)',
      negative,
      { before: swap(/(?<=CertDigest>.*<ds:DigestValue>)[^{<]+/, 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=') },
    ],
    [
      'plain XML-DSig without an Object',
      profile,
      { before: (xml) => swap(/<ds:Object>.*<\/ds:Object>/, '')(swap(propertiesReference, '')(xml)) },
    ],
    ['no reference to the document', profile, { before: swap(dataReference, '') }],
    ['no reference to SignedProperties', profile, { before: swap(propertiesReference, '') }],
    ['properties of another signature', profile, { before: swap('Target="#Signature"', 'Target="#Other"') }],
    ['a signature without an Id', profile, { before: swap(' Id="Signature"', '') }],
    [
      'a detached signature: a reference to elsewhere',
      profile,
      { before: swap('URI=""', 'URI="https://example.org/request.xml"') },
    ],
    ['a reference without a URI', profile, { before: swap(' URI=""', '') }],
    ['a reference to nothing', profile, { before: swap('URI="#SignedProperties"', 'URI="#Nothing"') }],
    [
      'a reference to SignedProperties by XPointer',
      profile,
      { before: swap('URI="#SignedProperties"', `URI="#xpointer(id('SignedProperties'))"`) },
    ],
    [
      'an Id that occurs twice',
      profile,
      { before: swap('<ds:KeyInfo Id="KeyInfo">', '<ds:KeyInfo Id="SignedProperties">') },
    ],
    [
      'the signature left out of what is no document',
      profile,
      {
        before: swap(
          /(URI="#SignedProperties".*?<ds:Transforms>)/,
          `$1<ds:Transform Algorithm="${dsig}enveloped-signature"/>`,
        ),
      },
    ],
    [
      'a transform after the canonical form',
      profile,
      { before: swap(/(<ds:Transform Algorithm="[^"]*enveloped-signature"\/>)(<ds:Transform [^>]*>)/, '$2$1') },
    ],
    ['eleven references', profile, { before: (xml) => xml.replace(propertiesReference, (one) => one.repeat(10)) }],
  ])
})

describe('signed with what is not supported', () => {
  const transform = '<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>'
  const xslt = '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/>'
  const xpath = (path: string) =>
    `<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath>${path}</ds:XPath></ds:Transform>`
  refuses([
    ['RSA or ECDSA with SHA-1, as on DEMO and production', algorithm, { signatureMethod: `${more}ecdsa-sha1` }],
    ['a digest with SHA-1', algorithm, { digestMethod: `${dsig}sha1` }],
    ['a signature method that is unknown', algorithm, {}, swap('#ecdsa-sha256', '#hmac-sha256')],
    [
      'a signature method named like a member of every object',
      algorithm,
      {},
      swap(/SignatureMethod Algorithm="[^"]*"/, 'SignatureMethod Algorithm="constructor"'),
    ],
    ['a digest method that is unknown', algorithm, {}, swap('xmlenc#sha256', 'xmldsig-more#md5')],
    ['a canonical form that is unknown', algorithm, {}, swap(exclusive, 'http://www.w3.org/TR/none')],
    ['XSLT', algorithm, { before: swap(transform, xslt) }],
    [
      'an XPath that leaves out more than the signature',
      algorithm,
      { before: swap(transform, xpath('not(ancestor-or-self::ds:Signature) and not(self::ds:Other)')) },
    ],
    [
      'an XPath that leaves the context out',
      algorithm,
      { before: swap(transform, xpath('not(ancestor-or-self::ContextIdentifier)')) },
    ],
  ])

  test('an RSA signature method with an EC key', async () => {
    expect(await refusal({}, swap('#ecdsa-sha256', '#rsa-sha256'))).toEqual(negative)
  })

  test('an RSA key of 1024 bits', async () => {
    const issuer = { subject: foreignAuthority, keys: curvePair() }
    const weak = await makeSigner(subjects.seal(), { keys: rsaPair(1024), issuer })
    expect(codesOf(await caller.submit(weak, {}, { signatureMethod: `${more}rsa-sha256` }))).toEqual([400, 21115])
  })

  test('a curve below 256 bits', async () => {
    const issuer = { subject: foreignAuthority, keys: curvePair() }
    const weak = await makeSigner(subjects.seal(), { keys: curvePair('secp224r1'), issuer })
    expect(codesOf(await caller.submit(weak))).toEqual([400, 21115])
  })
})

describe('wrapped', () => {
  const evil = (xml: string): string => xml.replace(/<Nip>\d+<\/Nip>/, '<Nip>1111111111</Nip>')
  const requestOf = (xml: string): string => /<AuthTokenRequest.*<\/AuthTokenRequest>/.exec(xml)?.[0] ?? ''

  test('the signed request hidden in the signature, another one around it', async () => {
    const signed = await caller.signed()
    const signature = /<ds:Signature .*<\/ds:Signature>/.exec(signed)?.[0] ?? ''
    const original = requestOf(signed).replace(signature, '')
    const hidden = signature.replace('</ds:Signature>', `<ds:Object>${original}</ds:Object>$&`)
    expect(codesOf(await caller.submitXml(evil(original).replace('</AuthTokenRequest>', `${hidden}$&`)))).toEqual(
      negative,
    )
  })

  test('the signature one level deeper than the root', async () => {
    const signed = await caller.signed()
    const deeper = signed.replace(/(<\/ContextIdentifier>)(.*)(<ds:Signature .*<\/ds:Signature>)/, '$3$1$2')
    expect(codesOf(await caller.submitXml(deeper))).toEqual(profile)
  })

  test('the signed Object of an enveloping signature moved aside, another one in its place', async () => {
    const signed = await caller.signed(caller.owner, {}, { form: 'enveloping' })
    const object = /<ds:Object Id="Data">.*?<\/ds:Object>/.exec(signed)?.[0] ?? ''
    const unsigned = evil(object).replace(' Id="Data"', '')
    const aside = signed
      .replace(object, unsigned)
      .replace('</xades:QualifyingProperties>', `<xades:UnsignedProperties>${object}</xades:UnsignedProperties>$&`)
    expect(codesOf(await caller.submitXml(aside))).toEqual(profile)
  })

  test('two requests in an enveloping signature', async () => {
    const signed = await caller.signed(caller.owner, {}, { form: 'enveloping' })
    const second = `<ds:Object>${evil(requestOf(signed))}</ds:Object>`
    expect(codesOf(await caller.submitXml(signed.replace('</ds:Signature>', `${second}$&`)))).toEqual([400, 9101])
  })

  test('signed properties that are not those of the signature', async () => {
    const copy = /<xades:SignedProperties.*<\/xades:SignedProperties>/
    const before = (xml: string): string => {
      const properties = copy.exec(xml)?.[0] ?? ''
      const own = properties.replace('Id="SignedProperties"', 'Id="Own"')
      return xml
        .replace(properties, own)
        .replace('</ds:Signature>', `<ds:Object xmlns:xades="${xades}">${properties}</ds:Object>$&`)
    }
    expect(await refusal({ before })).toEqual(profile)
  })
})

describe('no document of the kind', () => {
  const submitBytes = (body: Uint8Array | string, type = 'application/xml') =>
    call(`${simulator.systems.ksef.baseUrl}/v2/auth/xades-signature`, {
      ...{
        method: 'POST',
        headers: { 'content-type': type },
        body: typeof body === 'string' ? body : Buffer.from(body),
      },
    })
  const request = requestXml({ challenge: '20250514-CR-226FB7B000-3ACF9BE4C0-10' })

  test.each<readonly [string, readonly unknown[], Uint8Array | string]>([
    ['an empty body', [400, 21001], ''],
    ['no XML', [400, 21001], 'challenge=1'],
    ['XML that breaks off', [400, 21001], request.slice(0, -5)],
    ['UTF-16', [400, 21217], Buffer.from(`\uFEFF${request}`, 'utf16le')],
    ['another encoding in the prolog', [400, 21217], `<?xml version="1.0" encoding="ISO-8859-2"?>${request}`],
    ['bytes that are not UTF-8', [400, 21217], Buffer.concat([Buffer.from(request), Buffer.from([0xff])])],
    ['another root', [400, 9101], '<Other/>'],
    ['the right name in another namespace', [400, 9101], request.replace('token/2.1', 'token/3.0')],
    ['an enveloping signature around nothing', [400, 9101], `<Signature xmlns="${dsig}"/>`],
    ['a DTD', [400, 9101], `<!DOCTYPE AuthTokenRequest [<!ENTITY a "b">]>${request}`],
    [
      'an external entity',
      [400, 9101],
      `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>${request.replace('<Nip>', '<Nip>&a;')}`,
    ],
    ['no signature', [400, 9102], request],
  ])('%s', async (_, codes, body) => {
    expect(codesOf(await submitBytes(body))).toEqual(codes)
  })

  test('an entity bomb, at once', async () => {
    const entities = [...Array(12).keys()].map((n) => `<!ENTITY e${String(n + 1)} "${`&e${String(n)};`.repeat(10)}">`)
    const bomb = `<!DOCTYPE x [<!ENTITY e0 "ha">${entities.join('')}]>${request.replace('<Nip>', '<Nip>&e12;')}`
    expect(codesOf(await submitBytes(bomb))[1]).toBeOneOf([9101, 21001])
  })

  test('two signatures', async () => {
    const signed = await caller.signed()
    const twice = signed.replace('</ds:Signature>', `$&<ds:Signature xmlns:ds="${dsig}"/>`)
    expect(codesOf(await caller.submitXml(twice))).toEqual([400, 9103])
  })

  test('a body of more than the simulator takes', async () => {
    expect((await submitBytes(`${request}<!--${' '.repeat(300_000)}-->`)).status).toBe(413)
  })

  test('another content type', async () => {
    const reply = await submitBytes(await caller.signed(), 'text/xml')
    expect([reply.status, reply.text]).toEqual([415, ''])
  })
})

describe('order (2.6)', () => {
  test('nothing that is refused uses the challenge up', async () => {
    const signed = await caller.signed()
    expect(codesOf(await caller.submitXml(signed.replace('<ds:SignatureValue>', '$&AAAA')))).toEqual(negative)
    expect((await caller.submitXml(signed)).status).toBe(202)
    expect(codesOf(await caller.submitXml(signed))).toEqual([400, 21111])
  })

  test('the schema before the signature, the signature before the certificate, the identity before the challenge', async () => {
    const bad = 'not a challenge'
    const signed = await caller.signed(caller.owner, { challenge: bad })
    expect(codesOf(await caller.submitXml(signed.replace(signatureValue, 'AAAA')))[1]).toBe(21401)
    const nobody = await makeSigner([['commonName', 'Nobody']])
    const stale = { challenge: '20250514-CR-226FB7B000-3ACF9BE4C0-10' }
    expect(codesOf(await caller.submit(nobody, stale))).toEqual([400, 21406])
    expect(codesOf(await caller.submit(caller.owner, stale))).toEqual([400, 21111])
  })

  test('inclusive canonicalization sees a namespace that was added to the root afterwards', async () => {
    const shape = { canonicalization: inclusive }
    const signed = await caller.signed(caller.owner, {}, shape)
    const added = signed.replace('<AuthTokenRequest ', '<AuthTokenRequest xmlns:more="urn:more" ')
    expect(codesOf(await caller.submitXml(added))).toEqual(negative)
  })
})

test('the test signer binds what it says (a check of the tests themselves)', async () => {
  const read = /<ds:X509Certificate>([^<]*)/.exec(await caller.signed())?.[1] ?? ''
  const shown = new X509Certificate(Buffer.from(read, 'base64'))
  expect(shown.publicKey.equals(createPublicKey(caller.owner.privateKey))).toBe(true)
})
