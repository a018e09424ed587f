/** Signatures that are accepted: spec/ksef.md section 2.3. @module */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../../src/index.ts'
import { type Caller, createCaller } from '../support/caller.ts'
import { curvePair, foreignAuthority, makeSigner, rsaPair, type Signer, subjects } from '../support/certificates.ts'
import {
  canonical11,
  exclusive,
  inclusive,
  more,
  more2007,
  more2021,
  sha256,
  type Shape,
  token20,
} from '../support/signed-request.ts'

let simulator: Simulator
let caller: Caller
let signers: Readonly<Record<'P-256' | 'P-384' | 'P-521' | 'brainpoolP256r1' | 'secp256k1' | 'RSA', Signer>>

beforeAll(async () => {
  simulator = await startSimulator({ ksef: { rateLimits: false } })
  caller = createCaller(simulator)
  const subject = subjects.seal(caller.credentials.nip)
  const issuer = { subject: foreignAuthority, keys: curvePair() }
  const onCurve = (curve: string): Promise<Signer> => makeSigner(subject, { keys: curvePair(curve), issuer })
  signers = {
    'P-256': caller.owner,
    'P-384': await onCurve('P-384'),
    'P-521': await onCurve('P-521'),
    brainpoolP256r1: await onCurve('brainpoolP256r1'),
    secp256k1: await onCurve('secp256k1'),
    RSA: await makeSigner(subject, { keys: rsaPair() }),
  }
})
afterAll(() => simulator.close())

/** Signs in with a shape, to the very end. */
async function signIn(signer: Signer, shape: Partial<Shape>): Promise<string> {
  return (await caller.signIn(signer, {}, shape)).accessToken
}

const jwt = /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/

describe('the shapes of the known signers (2.3)', () => {
  const shapes: Readonly<Record<string, Partial<Shape>>> = {
    'the recommended one': {},
    'C# client': {
      canonicalization: inclusive,
      referenceCanonicalization: inclusive,
      certificateProperty: 'SigningCertificate',
      prefix: '',
    },
    'Java client (DSS)': { certificateProperty: 'SigningCertificate', dataObjectFormat: true },
    ksef2: {
      canonicalization: canonical11,
      referenceCanonicalization: canonical11,
      keyInfoReference: true,
      dataObjectFormat: true,
    },
    'an enveloping signature': { form: 'enveloping' },
    'an enveloping signature, inclusive': {
      form: 'enveloping',
      canonicalization: inclusive,
      referenceCanonicalization: inclusive,
    },
    'an enveloping signature around Base64': { form: 'encoded' },
    'a signed KeyInfo in place of the signing certificate': {
      keyInfoReference: true,
      before: (xml) => xml.replace(/<xades:SigningCertificateV2>.*<\/xades:SigningCertificateV2>/, ''),
    },
    'an Id with letters of other alphabets': {
      before: (xml) => xml.replaceAll('reference-1', 'odniesienie-główne'),
      dataObjectFormat: true,
    },
    'printed on many lines before it was signed': { pretty: true },
    'references without a canonical form': { referenceCanonicalization: null },
    'comments in the request, which no reference covers': {
      before: (xml) => xml.replace('<Challenge>', '<!-- a comment --><Challenge>'),
      referenceCanonicalization: `${exclusive}WithComments`,
    },
    'comments in SignedInfo, canonical with comments': {
      canonicalization: `${exclusive}WithComments`,
      before: (xml) => xml.replace('<ds:SignedInfo>', '$&<!-- a comment -->'),
    },
  }
  test.each(Object.entries(shapes))('%s', async (_, shape) => {
    expect(await signIn(caller.owner, shape)).toMatch(jwt)
  })
})

describe('algorithms (2.3)', () => {
  const forms = [exclusive, `${exclusive}WithComments`, inclusive, `${inclusive}#WithComments`, canonical11]
  test.each([...forms, `${canonical11}#WithComments`])('canonical form %s', async (form) => {
    expect(await signIn(caller.owner, { canonicalization: form, referenceCanonicalization: form })).toMatch(jwt)
  })

  test.each(['enveloped', 'xpath', 'filter2'] as const)('the signature left out by %s', async (leaveOut) => {
    expect(await signIn(caller.owner, { leaveOut })).toMatch(jwt)
  })

  const digests = [sha256, `${more}sha384`, 'http://www.w3.org/2001/04/xmlenc#sha512']
  const newDigests = ['sha3-256', 'sha3-384', 'sha3-512'].map((name) => more2007 + name)
  test.each([...digests, ...newDigests])('DigestMethod %s', async (digestMethod) => {
    expect(await signIn(caller.owner, { digestMethod })).toMatch(jwt)
  })

  const rsa = ['rsa-sha256', 'rsa-sha384', 'rsa-sha512'].map((name) => more + name)
  const hashes = ['sha256', 'sha384', 'sha512', 'sha3-256', 'sha3-384', 'sha3-512']
  const pss = hashes.map((name) => `${more2007}${name}-rsa-MGF1`)
  test.each([...rsa, ...pss])('SignatureMethod %s', async (signatureMethod) => {
    expect(await signIn(signers.RSA, { signatureMethod })).toMatch(jwt)
  })

  const ecdsa = ['ecdsa-sha256', 'ecdsa-sha384', 'ecdsa-sha512'].map((name) => more + name)
  const newEcdsa = ['ecdsa-sha3-256', 'ecdsa-sha3-384', 'ecdsa-sha3-512'].map((name) => more2021 + name)
  test.each([...ecdsa, ...newEcdsa])('SignatureMethod %s', async (signatureMethod) => {
    expect(await signIn(caller.owner, { signatureMethod })).toMatch(jwt)
  })

  test.each(['P-256', 'P-384', 'P-521', 'brainpoolP256r1', 'secp256k1'] as const)('a key on %s', async (curve) => {
    expect(await signIn(signers[curve], {})).toMatch(jwt)
  })

  test('SHA-1 where the switch allows it', async () => {
    simulator.set({ ksef: { refuseSha1: false } })
    const shape = { signatureMethod: `${more}ecdsa-sha1`, digestMethod: 'http://www.w3.org/2000/09/xmldsig#sha1' }
    expect(await signIn(caller.owner, shape)).toMatch(jwt)
    simulator.set({ ksef: { refuseSha1: true } })
  })
})

test('both versions of the request (2.2)', async () => {
  expect((await caller.signIn(caller.owner, { namespace: token20 })).accessToken).toMatch(jwt)
})
