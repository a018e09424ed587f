import { createHash, generateKeyPairSync, sign, verify, X509Certificate } from 'node:crypto'
import { XmlDocument } from 'libxml2-wasm'
import { beforeAll, describe, expect, test } from 'vitest'
import { Certificate } from '../../src/certificates/certificate.ts'
import type { CertificateAndKey } from '../../src/certificates/p12.ts'
import { loadX509, signingAlgorithms, webKeys } from '../../src/certificates/x509-library.ts'
import { canonicalizeElement } from '../../src/xades/canonical-xml.ts'
import { signedProperties } from '../../src/xades/signature-template.ts'
import { signXades } from '../../src/xades/sign-xades.ts'
import { localSigner } from '../../src/xades/signer.ts'
import { sharedTest, sharedText } from '../values/support/shared-data.ts'
import { clock, requestXml, seals } from './support/signing.ts'
import { parseXml, xadesjsAccepts, xmlsec1Accepts, xmlsec1Test } from './support/verifiers.ts'

const kinds = ['rsa', 'ec'] as const

let keys: Record<(typeof kinds)[number], CertificateAndKey>
let signed: Record<(typeof kinds)[number], string>

beforeAll(async () => {
  keys = await seals()
  const [rsa, ec] = await Promise.all(kinds.map((kind) => signXades(requestXml, localSigner(keys[kind]), { clock })))
  signed = { rsa: rsa ?? '', ec: ec ?? '' }
})

function text(xml: string, name: string): string {
  return parseXml(xml).getElementsByTagName(name)[0]?.textContent ?? ''
}

function digest(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('base64')
}

// Everything that a signature must hold on to, each changed by one stroke.
const strokes: readonly (readonly [what: string, from: string | RegExp, to: string])[] = [
  ['the context', '5265877635</Nip>', '5265877636</Nip>'],
  ['the challenge', '20260202-CR', '20260203-CR'],
  ['the subject identifier type', '>certificateSubject<', '>certificateFingerprint<'],
  ['an element more', '</ContextIdentifier>', '</ContextIdentifier><X/>'],
  ['a line break between elements', '</Challenge>', '</Challenge>\n'],
  ['the signing time', '2026-02-02T08:30:00Z', '2026-02-02T08:30:01Z'],
  ['the certificate digest', /(<xades:CertDigest>.*?<ds:DigestValue>)[^<]{8}/, '$1AAAAAAAA'],
  ['a reference digest', /(<ds:DigestValue>)[^<]{44}/, `$1${'A'.repeat(43)}=`],
  ['the signature', /(<ds:SignatureValue>)[^<]{8}/, '$1AAAAAAAA'],
]

describe('XAdES-BASELINE-B, enveloped (section 2.3)', () => {
  test.each(kinds)('%s: xadesjs accepts the signature', async (kind) => {
    expect(await xadesjsAccepts(signed[kind])).toBe(true)
  })

  xmlsec1Test.each(kinds)('%s: xmlsec1 accepts the signature and both references', (kind) => {
    expect(xmlsec1Accepts(signed[kind])).toBe(true)
  })

  describe.each(kinds)('%s', (kind) => {
    test.each(strokes)('xadesjs notices a change of %s', async (_, from, to) => {
      const changed = signed[kind].replace(from, to)
      expect(changed).not.toBe(signed[kind])
      expect(await xadesjsAccepts(changed)).toBe(false)
    })

    xmlsec1Test.each(strokes)('xmlsec1 notices a change of %s', (_, from, to) => {
      expect(xmlsec1Accepts(signed[kind].replace(from, to))).toBe(false)
    })
  })

  test('the parts have the recommended algorithms, in the recommended order', () => {
    const shape = (xml: string): string[] =>
      [...parseXml(xml).getElementsByTagName('*')].map((node) => {
        const attributes = ['Id', 'URI', 'Type', 'Target', 'Algorithm'].map((name) => node.getAttribute(name) ?? '-')
        return `${node.namespaceURI ?? ''} ${node.localName ?? ''} ${attributes.join(' ')}`
      })
    expect(shape(signed.rsa).join('\n').replaceAll('#rsa-sha256', '#ecdsa-sha256')).toBe(shape(signed.ec).join('\n'))
    expect(shape(signed.rsa).filter((line) => line.includes('xmldsig-more'))).toEqual([
      'http://www.w3.org/2000/09/xmldsig# SignatureMethod - - - - http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    ])
    expect(signed.rsa).toContain(
      '<ds:Reference URI=""><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature">',
    )
    expect(signed.rsa).toContain(
      '<ds:Reference Type="http://uri.etsi.org/01903#SignedProperties" URI="#SignedProperties">',
    )
    expect(signed.rsa).toContain(
      '<xades:QualifyingProperties xmlns:xades="http://uri.etsi.org/01903/v1.3.2#" Target="#Signature">',
    )
  })

  test('the certificate is in KeyInfo, and its digest is over DER', () => {
    for (const kind of kinds) {
      const der = Buffer.from(keys[kind].certificate.der)
      expect(text(signed[kind], 'ds:X509Certificate')).toBe(der.toString('base64'))
      expect(text(signed[kind], 'xades:CertDigest')).toBe(digest(der))
    }
  })

  test('the signing time is a minute ago, in UTC and without fractions', () => {
    expect(text(signed.rsa, 'xades:SigningTime')).toBe('2026-02-02T08:30:00Z')
  })

  test('an elliptic signature is R and S, 64 bytes, never DER', () => {
    const value = Buffer.from(text(signed.ec, 'ds:SignatureValue'), 'base64')
    expect(value).toHaveLength(64)
    const info = /<ds:SignedInfo>.*<\/ds:SignedInfo>/.exec(signed.ec)?.[0] ?? ''
    const canonical = info.replace('<ds:SignedInfo>', '<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">')
    const key = keys.ec.certificate.publicKey
    expect(verify('sha256', Buffer.from(canonical), { key, dsaEncoding: 'ieee-p1363' }, value)).toBe(true)
    expect(verify('sha256', Buffer.from(canonical), { key, dsaEncoding: 'der' }, value)).toBe(false)
  })

  test('taking the signature out leaves the document that was signed', () => {
    const without = signed.rsa.replace(/<ds:Signature .*<\/ds:Signature>/, '')
    expect(without).toBe(requestXml)
    const [, body = ''] = without.split('?>\n')
    expect(text(signed.rsa, 'ds:DigestValue')).toBe(digest(body)) // The request is written in canonical form.
  })

  test('a P-384 key signs too, with 96 bytes', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
    const x509 = await loadX509()
    const pair = await webKeys(privateKey, publicKey, 'P-384')
    const made = await x509.X509CertificateGenerator.createSelfSigned({
      name: 'CN=demo',
      keys: pair,
      signingAlgorithm: signingAlgorithms['P-384'],
    })
    const certificate = new Certificate(new X509Certificate(Buffer.from(made.rawData)))
    const xml = await signXades(requestXml, localSigner({ certificate, privateKey }))
    expect(Buffer.from(text(xml, 'ds:SignatureValue'), 'base64')).toHaveLength(96)
    expect(await xadesjsAccepts(xml)).toBe(true)
  })
})

describe('documents', () => {
  const documents: readonly (readonly [what: string, xml: string])[] = [
    ['namespaces that only values use', '<a:r xmlns:a="urn:a" xmlns:t="urn:t" a:k="t:x"><a:b>t:y</a:b></a:r>'],
    ['attributes in any order, quotes and white space', `<r b='1' a="&quot;&#10;"  c = "ż" ><x/>\r\n\t<y></y ></r >`],
    ['CDATA, references and comments', '<r><!-- c --><![CDATA[<&]]>&#x17C;&gt;<x/><!-- d --></r><!-- e -->'],
    ['an instruction inside, and xml:lang', '<r xml:lang="pl"><?do it?><x xmlns="urn:d"><y xmlns=""/></x></r>'],
    ['a byte order mark', '\ufeff<?xml version="1.0"?><r>ż</r>'],
    ['an empty root', '<r/>'],
    ['a character beyond the first plane', '<r>𝓀</r>'],
  ]

  test.each(documents)('xadesjs accepts one with %s', async (_, xml) => {
    expect(await xadesjsAccepts(await signXades(xml, localSigner(keys.ec)))).toBe(true)
  })

  xmlsec1Test.each(documents)('xmlsec1 accepts one with %s', async (_, xml) => {
    expect(xmlsec1Accepts(await signXades(xml, localSigner(keys.rsa)))).toBe(true)
  })

  test('namespaces that only values use are kept, and comments are dropped', async () => {
    const xml = await signXades(documents[0]?.[1] ?? '', localSigner(keys.ec))
    expect(xml).toContain('xmlns:t="urn:t"')
    expect(await signXades('<r><!-- c -->1</r>', localSigner(keys.ec))).not.toContain('<!--')
  })

  test.each([
    ['not XML', 'garbage'],
    ['nothing', ''],
    ['an open element', '<r><x></r>'],
    ['two roots', '<r/><r/>'],
    ['a document type', '<!DOCTYPE r><r/>'],
    ['entities', '<!DOCTYPE r [<!ENTITY e "private-word">]><r>&e;</r>'],
    ['an external entity', '<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]><r>&e;</r>'],
    ['an instruction before the root', '<?do it?><r/>'],
    ['an instruction behind the root', '<r/><?do </r> it?>'],
    ['a signature', '<r><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/></r>'],
    ['a namespace that is a relative URI', '<r xmlns="private-word"/>'],
    ['more than 1 MiB', `<r>${'x'.repeat(1_048_576)}</r>`],
    ['bytes', Buffer.from('<r/>') as unknown as string],
  ])('%s is refused, and not quoted', async (_, xml) => {
    const error: unknown = await signXades(xml, localSigner(keys.ec)).catch((error: unknown) => error)
    expect(error).toMatchObject({ code: 'ERR_INVALID_ARG' })
    expect(String(error)).not.toMatch(/private-word|root:/)
  })

  test('a signed document is not signed again (9103)', async () => {
    await expect(signXades(signed.rsa, localSigner(keys.rsa))).rejects.toThrow(/signed already/)
  })
})

describe('signing elsewhere', () => {
  const outside = (kind: 'rsa' | 'ec', dsaEncoding: 'ieee-p1363' | 'der' = 'ieee-p1363') => ({
    certificate: keys[kind].certificate,
    sign: (input: Uint8Array) => Promise.resolve(sign('sha256', input, { key: keys[kind].privateKey, dsaEncoding })),
  })

  test.each(kinds)('%s: a signer outside gets the bytes and its signature is used', async (kind) => {
    expect(await xadesjsAccepts(await signXades(requestXml, outside(kind)))).toBe(true)
  })

  test('the signer gets canonical SignedInfo, and may change its copy', async () => {
    let seen = ''
    const { certificate, sign } = outside('rsa')
    const xml = await signXades(requestXml, {
      certificate,
      sign: async (input) => {
        seen = Buffer.from(input).toString('utf8')
        const signature = await sign(input)
        input.fill(0)
        return signature
      },
    })
    expect(seen).toMatch(/^<ds:SignedInfo xmlns:ds="http:\/\/www\.w3\.org\/2000\/09\/xmldsig#">.*<\/ds:SignedInfo>$/)
    expect(await canonicalizeElement(seen)).toBe(seen)
    expect(await xadesjsAccepts(xml)).toBe(true)
  })

  test('DER, another key, a second hashing and no bytes are found before anything is sent', async () => {
    const mismatch = expect.objectContaining({ code: 'KSEF_CREDENTIAL_MISMATCH' }) as Error
    await expect(signXades(requestXml, outside('ec', 'der'))).rejects.toThrow(/R and S/)
    const foreign = { certificate: (await seals()).ec.certificate, sign: outside('ec').sign }
    await expect(signXades(requestXml, foreign)).rejects.toThrow(mismatch)
    const { certificate } = keys.rsa
    const hash = (input: Uint8Array): Uint8Array => createHash('sha256').update(input).digest()
    const twice = { certificate, sign: (input: Uint8Array) => outside('rsa').sign(hash(input)) }
    await expect(signXades(requestXml, twice)).rejects.toThrow(mismatch)
    const nothing = { certificate, sign: () => Promise.resolve(undefined as unknown as Uint8Array) } // As JavaScript could do.
    await expect(signXades(requestXml, nothing)).rejects.toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG' }))
  })

  test('the error of a signer is passed on unchanged', async () => {
    const refused = new Error('The card was taken out.')
    const { certificate } = keys.rsa
    await expect(signXades(requestXml, { certificate, sign: () => Promise.reject(refused) })).rejects.toBe(refused)
  })

  test('a key that is not the certificate’s makes no signer', () => {
    const { certificate } = keys.rsa
    expect(() => localSigner({ certificate, privateKey: keys.ec.privateKey })).toThrow(
      expect.objectContaining({ code: 'KSEF_CREDENTIAL_MISMATCH' }),
    )
    expect(() => localSigner({ certificate, privateKey: certificate.publicKey })).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG' }),
    )
  })
})

describe('beside the published samples', () => {
  sharedTest.each([
    ['signed-rsa-seal.xml', 'rsa'],
    ['signed-ec-seal.xml', 'ec'],
  ] as const)('%s has the same parts, attributes and namespaces as ours', (file, kind) => {
    const shape = (xml: string): string[] =>
      [...parseXml(xml).getElementsByTagName('*')].map((node) => {
        const attributes = [...node.attributes].map(({ name, value }) => `${name}=${value}`).sort()
        return `${node.nodeName} ${attributes.join(' ')}`
      })
    expect(shape(signed[kind])).toEqual(shape(sharedText(`samples/auth/signed/${file}`)))
  })

  sharedTest.each(['signed-rsa-seal.xml', 'signed-ec-seal.xml'])(
    'xadesjs accepts %s, so its word counts',
    async (file) => {
      expect(await xadesjsAccepts(sharedText(`samples/auth/signed/${file}`))).toBe(true)
    },
  )

  sharedTest('our digest of the signed sample’s document is the digest in the sample', async () => {
    const sample = sharedText('samples/auth/signed/signed-rsa-seal.xml')
    const without = sample.replace(/<ds:Signature .*<\/ds:Signature>/s, '')
    const xml = await signXades(without, localSigner(keys.rsa))
    expect(text(xml, 'ds:DigestValue')).toBe(text(sample, 'ds:DigestValue'))
  })

  sharedTest('the properties of a sample, written by our template, have the sample’s digest', async () => {
    const sample = sharedText('samples/auth/signed/signed-ec-seal.xml')
    const facts = {
      signingTime: text(sample, 'xades:SigningTime'),
      certificateDigest: text(sample, 'xades:CertDigest'),
    }
    const canonical = await canonicalizeElement(signedProperties(facts, true).markup)
    expect(digest(canonical)).toBe(parseXml(sample).getElementsByTagName('ds:DigestValue')[1]?.textContent)
  })
})

test('the signed document parses as one with the signature as the last child of its root', () => {
  const document = XmlDocument.fromString(signed.ec)
  try {
    expect(document.get('/*/*[last()]/self::ds:Signature', { ds: 'http://www.w3.org/2000/09/xmldsig#' })).not.toBeNull()
  } finally {
    document.dispose()
  }
})
