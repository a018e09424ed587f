/** Who a certificate belongs to: spec/ksef.md sections 2.4, 8.1 row 14. @module */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../../src/index.ts'
import type { SubjectParts } from '../../../src/systems/ksef/x509.ts'
import { type Caller, codesOf, createCaller } from '../support/caller.ts'
import { makeSigner, nip, pesel, subjects } from '../support/certificates.ts'

let simulator: Simulator
let caller: Caller
beforeAll(async () => {
  simulator = await startSimulator({ ksef: { rateLimits: false } })
  caller = createCaller(simulator)
})
beforeEach(() => simulator.reset())
afterAll(() => simulator.close())

const identities = () => simulator.state().systems.ksef.sessions.map(({ identity }) => identity)

describe('the identity in a subject', () => {
  test.each<readonly [string, SubjectParts, string]>([
    ['a seal, VATPL-', subjects.seal(), `Nip ${nip}`],
    ['a person, TINPL-', subjects.person(`TINPL-${nip}`), `Nip ${nip}`],
    ['a person, NIP-', subjects.person(`NIP-${nip}`), `Nip ${nip}`],
    ['a person, PNOPL-', subjects.person(`PNOPL-${pesel}`), `Pesel ${pesel}`],
    ['a person, PESEL:', subjects.person(`PESEL: ${pesel}`), `Pesel ${pesel}`],
    ['the first eleven digits of more', subjects.person(`PNOPL-${pesel}9`), `Pesel ${pesel}`],
  ])('%s', async (_, subject, identity) => {
    expect((await caller.submit(await makeSigner(subject), { context: `<Nip>${nip}</Nip>` })).status).toBe(202)
    expect(identities()).toEqual([identity])
  })

  test('the fingerprint is that of the certificate, in upper-case hex (1.8)', async () => {
    const signer = await makeSigner([['commonName', 'Nobody in particular']])
    await caller.submit(signer, { subjectIdentifierType: 'certificateFingerprint' })
    expect(identities()).toEqual([`Fingerprint ${signer.certificate.fingerprint256.replaceAll(':', '')}`])
  })
})

describe('subjects that are refused', () => {
  const person = subjects.person(`TINPL-${nip}`)
  const without = (subject: SubjectParts, name: string): SubjectParts => subject.filter(([each]) => each !== name)
  test.each<readonly [string, SubjectParts, number]>([
    ['a person with an organisation', [...person, ['organizationName', 'Org']], 21115],
    ['a seal with a given name', [...subjects.seal(), ['givenName', 'Anna']], 21115],
    ['a person without a surname', without(person, 'surname'), 21115],
    ['a person without a serial number', without(person, 'serialNumber'), 21115],
    ['a person without a country', without(person, 'countryName'), 21115],
    ['a seal without a name', without(subjects.seal(), 'organizationName'), 21115],
    ['a seal without an identifier', without(subjects.seal(), 'organizationIdentifier'), 21115],
    ['a seal without a country', without(subjects.seal(), 'countryName'), 21115],
    ['a serial number without its kind', subjects.person(`-${pesel}`), 21406],
    ['TINPL- with six digits', subjects.person('TINPL-111111'), 21406],
    ['PESEL- with ten digits', subjects.person('PESEL-8801011234'), 21406],
    ['PNOPL- with the thirteenth month', subjects.person('PNOPL-88130112345'), 21406],
    [
      'a seal with the identifier of another country',
      [
        ['organizationName', 'Org'],
        ['organizationIdentifier', 'VATDE-123456789'],
        ['commonName', 'Org'],
        ['countryName', 'DE'],
      ],
      21406,
    ],
    ['nothing that would identify anybody', [['commonName', 'Nobody']], 21406],
  ])('%s', async (_, subject, code) => {
    expect(codesOf(await caller.submit(await makeSigner(subject)))).toEqual([400, code])
    expect(identities()).toEqual([])
  })
})
