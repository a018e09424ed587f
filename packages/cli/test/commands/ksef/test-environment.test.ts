/**
 * What `latchkey ksef …` has for tests: limits that are set, test data, and certificates made for the occasion
 * (spec/ksef.md sections 2.5, 3.7, 3.8, 3.16 and 3.19).
 *
 * @module
 */
import type { Simulator } from '@latchkey/simulator'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openHome } from '../../terminal.ts'
import type { Home, Transcript } from '../../terminal.ts'
import { document, prepared, quickSimulator, unhurried } from './home.ts'

let simulator: Simulator

beforeAll(async () => {
  simulator = await quickSimulator()
}, 60_000)
afterEach(() => simulator.reset())
afterAll(() => simulator.close())

const nip = '5265877635'
const pesel = '90010112347'
const aPerson = `testdata person create --nip ${nip} --pesel ${pesel} --description Testing`

interface Scene extends AsyncDisposable {
  readonly home: Home
  ksef(line: string): Promise<Transcript>
}

async function opened(): Promise<Scene> {
  const home = await openHome()
  return {
    home,
    ksef: async (line) => unhurried(await home.type(`ksef ${line} --simulator ${simulator.url}`)),
    [Symbol.asyncDispose]: () => home[Symbol.asyncDispose](),
  }
}

describe('latchkey ksef limits set and reset (3.8)', () => {
  it.each([
    ['context', { onlineSession: session(9), batchSession: session(7) }],
    ['subject', { enrollment: { maxEnrollments: 8 }, certificate: { maxCertificates: 6 } }],
  ])('sets those of the %s from a file, and takes them back', async (which, limits) => {
    await using scene = await opened()
    const show = async (): Promise<unknown> => document(await scene.ksef(`limits ${which} --json`))[which]
    const before = await show()
    await scene.home.write('limits.json', limits)
    expect(await scene.ksef(`limits set ${which} --file limits.json`)).toEqual({
      ...{ exit: 0, out: `Set: ${which}\n` },
      err: `Take it back with: latchkey ksef limits reset ${which} --simulator ${simulator.url}\n`,
    })
    expect(await show()).toMatchObject(limits)
    expect(await scene.ksef(`limits reset ${which} --json`)).toMatchObject({
      out: `{"which":"${which}","reset":true}\n`,
    })
    expect(await show()).toEqual(before)
  })

  it('sets the rates that were shown with another number in them, and those of production', async () => {
    await using scene = await opened()
    const show = async () => document(await scene.ksef('limits rate --json'))['rate'] as Record<string, object>
    const { anonymous: _, global: __, ...rates } = await show()
    const other = { perSecond: 3, perMinute: 4, perHour: 5 }
    await scene.home.write('rates.json', { ...rates, other })
    expect((await scene.ksef('limits set rate --file rates.json')).exit).toBe(0)
    expect((await show())['other']).toEqual(other)
    expect((await scene.ksef('limits set rate --production --json')).out).toBe('{"which":"rate","set":true}\n')
    expect((await show())['other']).not.toEqual(other)
    expect((await scene.ksef('limits reset rate')).out).toBe('Reset: rate\n')
    expect(await show()).toMatchObject(rates)
  })
})

describe('latchkey ksef testdata (3.16, 3.19)', () => {
  it('creates a person without signing in, who cannot be created twice, and removes it', async () => {
    await using scene = await opened()
    expect(await scene.ksef(aPerson)).toEqual({ exit: 0, out: 'Done: person create\n', err: '' })
    expect(simulator.state().systems.ksef.signIns).toBe(0)
    const again = await scene.ksef(aPerson)
    expect([again.exit, again.out]).toEqual([5, ''])
    expect(again.err).toMatch(/^KSEF_REJECTED: .*30001/)
    expect((await scene.ksef(`testdata person remove --nip ${nip} --json`)).out).toBe(
      '{"change":"person remove","done":true}\n',
    )
    expect((await scene.ksef(`${aPerson} --bailiff --created-at 2031-01-01T00:00:00Z`)).exit).toBe(0)
  })

  it('lets a person into a context, whose test certificate then signs in there, and blocks the context', async () => {
    await using scene = await opened()
    const context = simulator.systems.ksef.credentials.nip
    const holder = `--context Nip:${context} --subject Pesel:${pesel}`
    const grant = `testdata permissions grant ${holder} --permission InvoiceRead --permission Introspection`
    expect((await scene.ksef(`${grant} --description Testing`)).exit).toBe(0)
    const login = `login --test --as Pesel:${pesel}`
    const ran = await scene.ksef(`${login} --nip ${context} --json`)
    expect(document(ran)).toMatchObject({ context: { type: 'Nip', value: context }, method: 'test certificate' })
    expect((await scene.ksef(`testdata permissions revoke ${holder}`)).exit).toBe(0)
    expect(document(await scene.ksef('permissions list --persons --json'))['permissions']).toEqual([])
    await scene.ksef(`testdata context block --context Nip:${nip}`)
    expect(await scene.ksef(`login --test --nip ${nip}`)).toMatchObject({ exit: 3, out: '' })
    await scene.ksef(`testdata context unblock --context Nip:${nip}`)
    await using other = await opened() // What was refused is not asked again for a minute.
    expect((await other.ksef(`login --test --nip ${nip}`)).exit).toBe(0)
  })

  it('creates a group with its units, and removes it', async () => {
    await using scene = await opened()
    const group = 'testdata subject create --nip 7980332920 --type VatGroup --description Testing'
    expect((await scene.ksef(`${group} --subunit ${nip}:Unit-one`)).exit).toBe(0)
    expect((await scene.ksef(group)).exit).toBe(5)
    expect((await scene.ksef('testdata subject remove --nip 7980332920')).exit).toBe(0)
  })

  it('allows attachments, and withdraws that', async () => {
    await using scene = await opened()
    const own = simulator.systems.ksef.credentials.nip
    const isAllowed = async (): Promise<unknown> =>
      document(await scene.ksef('permissions attachments --json'))['isAttachmentAllowed']
    expect((await scene.ksef(`testdata attachments allow --nip ${own}`)).exit).toBe(0)
    await simulator.clock.advance(10_000)
    expect(await isAllowed()).toBe(true)
    expect((await scene.ksef(`testdata attachments withdraw --nip ${own}`)).exit).toBe(0)
    expect(await isAllowed()).toBe(false)
  })

  it('moves the end of a certificate', async () => {
    await using scene = await opened()
    const asked = await scene.ksef('certificates request --name Testing --key own.key --out own.pem --json')
    const { serial } = document(asked) as { serial: string } // As printed.
    expect((await scene.ksef(`testdata certificate end --serial ${serial} --at 2020-01-01T00:00:00Z`)).exit).toBe(0)
    const { certificates } = document(await scene.ksef('certificates list --json'))
    expect(certificates).toMatchObject([{ validTo: '2020-01-01T00:00:00.000Z' }])
  })
})

describe('a profile whose test certificate is somebody else (2.5)', () => {
  it('signs in as that person in the context', async () => {
    const context = simulator.systems.ksef.credentials.nip
    await using scene = await prepared(simulator, { testCertificate: { type: 'Pesel', value: pesel } })
    expect(await scene.type('token ksef')).toMatchObject({ exit: 3 })
    const holder = `--context Nip:${context} --subject Pesel:${pesel}`
    const grant = `ksef testdata permissions grant ${holder} --permission Introspection --description Testing`
    expect((await scene.type(grant)).exit).toBe(0)
    expect((await scene.type('forget ksef')).exit).toBe(0)
    expect((await scene.type('token ksef')).exit).toBe(0)
    expect(document(await scene.type('ksef permissions --permission Introspection --json'))).toMatchObject({
      permissions: [{ permissionScope: 'Introspection' }],
    })
  })
})

describe('latchkey ksef permissions list, narrowed (3.7)', () => {
  it('shows the rows that fit all that is stated', async () => {
    await using scene = await opened()
    const context = simulator.systems.ksef.credentials.nip
    const words = '--permission InvoiceRead --permission InvoiceWrite --description Testing'
    await scene.ksef(`testdata permissions grant --context Nip:${context} --subject Pesel:${pesel} ${words}`)
    await scene.ksef(`permissions grant person --subject Nip:${nip} --first-name Ana --last-name Nowak ${words} --wait`)
    const found = async (flags: string): Promise<number> =>
      (
        document(await scene.ksef(`permissions list --persons --json${flags && ` ${flags}`}`))[
          'permissions'
        ] as object[]
      ).length
    expect(await found('')).toBe(4)
    expect(await found(`--subject Pesel:${pesel}`)).toBe(2)
    expect(await found('--author System --permission InvoiceRead')).toBe(1)
    expect(await found(`--author Nip:${context} --state Active`)).toBe(2)
    expect(await found('--state Inactive')).toBe(0)
  })

  it.each([
    ['--granted --target AllPartners --context Nip:5265877635'],
    ['--subunits --unit InternalId:5265877635-00001'],
    ['--entities --context Nip:5265877635'],
    ['--subordinates --entity Nip:5265877635'],
    ['--authorizations --subject PeppolId:PPL123456 --permission SelfInvoicing'],
    ['--received --entity Nip:5265877635 --permission TaxRepresentative'],
    ['--eu-entities --vat-ue DE123456789 --fingerprint AB --permission InvoiceRead'],
  ])('%s', async (flags) => {
    await using scene = await opened()
    expect(await scene.ksef(`permissions list ${flags}`)).toMatchObject({ exit: 0, err: '0 in all.\n' })
  })
})

function session(maxInvoices: number): object {
  return { maxInvoiceSizeInMB: 2, maxInvoiceWithAttachmentSizeInMB: 4, maxInvoices }
}
