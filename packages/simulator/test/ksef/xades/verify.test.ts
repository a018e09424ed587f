/** What verification leaves behind: spec/dependencies.md section 7. @module */
import { diag } from 'libxml2-wasm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Refusal } from '../../../src/systems/ksef/refusal.ts'
import { verifySigned } from '../../../src/systems/ksef/xades/verify.ts'
import { makeSigner, nip, type Signer, subjects } from '../support/certificates.ts'
import { requestXml, type Shape, signRequest } from '../support/signed-request.ts'

let signer: Signer
beforeAll(async () => {
  signer = await makeSigner(subjects.seal())
  diag.configure({ enabled: true })
})
afterAll(() => diag.configure({ enabled: false }))

const request = requestXml({ challenge: '20250514-CR-226FB7B000-3ACF9BE4C0-10' })
const signed = (shape: Partial<Shape> = {}): Buffer => Buffer.from(signRequest(request, signer, shape))

test('a document whose signature holds says who signed what', () => {
  const read = verifySigned(signed(), true)
  expect(read.certificate.fingerprint256).toBe(signer.certificate.fingerprint256)
  expect(read.request).toEqual({
    ...{
      challenge: '20250514-CR-226FB7B000-3ACF9BE4C0-10',
      subjectIdentifierType: 'certificateSubject',
      ipPolicy: null,
    },
    context: { type: 'Nip', value: nip },
  })
})

test.each<readonly [string, () => Buffer]>([
  ['accepted', () => signed()],
  ['accepted, with its request as Base64', () => signed({ form: 'encoded' })],
  ['without a signature', () => Buffer.from(request)],
  ['altered', () => Buffer.from(signed().toString().replace('<Nip>5', '<Nip>6'))],
  ['of another schema', () => Buffer.from(signed().toString().replace('<Nip>5', '<Nip>x'))],
  [
    'that has no canonical form',
    () => Buffer.from(signed().toString().replace('<ds:Object>', '<ds:Object xmlns:a="b">')),
  ],
  ['that is no XML', () => Buffer.from('<a>')],
  ['with a DTD', () => Buffer.from(`<!DOCTYPE a>${request}`)],
])('a document %s leaves nothing in the memory that no collector sees', (_, make) => {
  const bytes = make()
  const before = JSON.stringify(diag.report())
  for (let n = 0; n < 20; n += 1) {
    try {
      verifySigned(bytes, true)
    } catch (error) {
      expect(error).toBeInstanceOf(Refusal)
    }
  }
  expect(JSON.stringify(diag.report())).toBe(before)
})
