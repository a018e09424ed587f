/** Limits as they are and as the test data change them: spec/ksef.md sections 1.7, 1.10, 1.11, 3.8. @module */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../../src/index.ts'
import type { Signer } from '../support/certificates.ts'
import { type Call, faultOf, person, seal, signIn, unhurried } from '../support/user.ts'

const firm = '5265877635'

let simulator: Simulator
let signer: Signer
let owner: Call
beforeAll(async () => {
  simulator = await startSimulator({ ksef: unhurried })
  signer = await seal(firm)
})
beforeEach(async () => {
  simulator.reset()
  owner = await signIn(simulator, signer, ['Nip', firm])
})
afterAll(() => simulator.close())

const session = { maxInvoiceSizeInMB: 1, maxInvoiceWithAttachmentSizeInMB: 3, maxInvoices: 10_000 }

/** The table of section 1.10 without what comes with 2.8.0. */
const production = {
  onlineSession: { perSecond: 10, perMinute: 30, perHour: 120 },
  onlineSessionClose: { perSecond: 20, perMinute: 60, perHour: 240 },
  batchSession: { perSecond: 10, perMinute: 20, perHour: 60 },
  batchSessionClose: { perSecond: 20, perMinute: 40, perHour: 120 },
  invoiceSend: { perSecond: 10, perMinute: 30, perHour: 180 },
  invoiceStatus: { perSecond: 30, perMinute: 120, perHour: 1200 },
  sessionList: { perSecond: 5, perMinute: 10, perHour: 60 },
  sessionInvoiceList: { perSecond: 10, perMinute: 20, perHour: 200 },
  sessionMisc: { perSecond: 10, perMinute: 120, perHour: 1200 },
  invoiceMetadata: { perSecond: 8, perMinute: 16, perHour: 20 },
  invoiceExport: { perSecond: 8, perMinute: 16, perHour: 20 },
  invoiceExportStatus: { perSecond: 10, perMinute: 60, perHour: 600 },
  invoiceDownload: { perSecond: 8, perMinute: 16, perHour: 64 },
  collectiveIdentifier: { perSecond: 10, perMinute: 60, perHour: 120 },
  other: { perSecond: 10, perMinute: 30, perHour: 120 },
}

const initial = { onlineSession: session, batchSession: session, collectiveIdentifier: { maxInvoices: 500 } }

describe('session limits of a context', () => {
  test('are those of 1.11, are set for this context alone, and go back', async () => {
    expect((await owner('GET', 'limits/context')).json).toEqual(initial)
    const changed = {
      onlineSession: { ...session, maxInvoices: 100_000 },
      batchSession: { ...session, maxInvoiceSizeInMB: 0 },
      collectiveIdentifier: { maxInvoices: 2 },
    }
    expect(await owner('POST', 'testdata/limits/context/session', changed)).toMatchObject({ status: 200, text: '' })
    expect((await owner('GET', 'limits/context')).json).toEqual(changed)
    const other = await signIn(simulator, await seal('6824515772'), ['Nip', '6824515772'])
    expect((await other('GET', 'limits/context')).json).toEqual(initial)
    expect(await owner('DELETE', 'testdata/limits/context/session')).toMatchObject({ status: 200, text: '' })
    expect((await owner('GET', 'limits/context')).json).toEqual(initial)
  })

  test('are set without the member of 2.7.1, too (1.3)', async () => {
    const changed = { onlineSession: session, batchSession: { ...session, maxInvoices: 1 } }
    await owner('POST', 'testdata/limits/context/session', changed)
    expect((await owner('GET', 'limits/context')).json).toEqual({ ...initial, ...changed })
  })

  test('are refused beyond their ranges, all together', async () => {
    const tooMuch = { maxInvoiceSizeInMB: 6, maxInvoiceWithAttachmentSizeInMB: 11, maxInvoices: 100_001 }
    const body = { onlineSession: tooMuch, batchSession: { ...session, maxInvoices: -1 } }
    expect(faultOf(await owner('POST', 'testdata/limits/context/session', body))).toEqual([
      21405,
      "'onlineSession.maxInvoiceSizeInMB' must be between 0 and 5. You entered 6.",
      "'onlineSession.maxInvoiceWithAttachmentSizeInMB' must be between 0 and 10. You entered 11.",
      "'onlineSession.maxInvoices' must be between 0 and 100000. You entered 100001.",
      "'batchSession.maxInvoices' must be between 0 and 100000. You entered -1.",
    ])
  })
})

describe('certificate limits of a subject', () => {
  test.each([
    ['Nip', () => seal(firm), 300, 100],
    ['Pesel', () => person('PNOPL-15062788702'), 12, 6],
  ])('of a %s are those of 1.11', async (_, make, maxEnrollments, maxCertificates) => {
    await owner('POST', 'testdata/person', { nip: firm, pesel: '15062788702', isBailiff: false, description: 'Osoba' })
    const call = await signIn(simulator, await make(), ['Nip', firm])
    expect((await call('GET', 'limits/subject')).json).toEqual({
      enrollment: { maxEnrollments },
      certificate: { maxCertificates },
    })
  })

  test('are set one by one and go back', async () => {
    const path = 'testdata/limits/subject/certificate'
    expect(await owner('POST', path, { certificate: { maxCertificates: 0 } })).toMatchObject({ status: 200, text: '' })
    expect((await owner('GET', 'limits/subject')).json).toEqual({
      enrollment: { maxEnrollments: 300 },
      certificate: { maxCertificates: 0 },
    })
    expect((await owner('GET', 'certificates/limits')).json).toMatchObject({ canRequest: false })
    expect(await owner('DELETE', path)).toMatchObject({ status: 200, text: '' })
    expect((await owner('GET', 'limits/subject')).json).toMatchObject({ certificate: { maxCertificates: 100 } })
  })

  test('are refused for another type of subject, and below nothing', async () => {
    const path = 'testdata/limits/subject/certificate'
    expect(faultOf(await owner('POST', path, { subjectIdentifierType: 'Pesel' }))).toEqual([
      21405,
      "'subjectIdentifierType' must be that of the authenticated subject, Nip.",
    ])
    const [code] = faultOf(await owner('POST', path, { enrollment: { maxEnrollments: -1 } }))
    expect(code).toBe(21405)
  })
})

describe('rate limits of a context', () => {
  const path = 'testdata/rate-limits'

  test('are those of 1.10, are set, and go back in two ways', async () => {
    const read = async () => {
      const { anonymous, global, ...ofContext } = (await owner('GET', 'rate-limits')).json
      expect(anonymous).toEqual({ perSecond: 60, perMinute: -1, perHour: -1 })
      expect(global).toEqual({ perSecond: -1, perMinute: -1, perHour: -1 })
      return ofContext
    }
    expect(await read()).toEqual(production)
    const changed = { ...production, other: { perSecond: 100, perMinute: 300, perHour: 1200 } }
    expect(await owner('POST', path, { rateLimits: changed })).toMatchObject({ status: 200, text: '' })
    expect(await read()).toEqual(changed)
    expect(await owner('POST', `${path}/production`)).toMatchObject({ status: 200, text: '' })
    expect(await read()).toEqual(production)
    await owner('POST', path, { rateLimits: changed })
    expect(await owner('DELETE', path)).toMatchObject({ status: 200, text: '' })
    expect(await read()).toEqual(production)
    const { onlineSessionClose: _, batchSessionClose: __, ...earlier } = changed // As clients before 2.8.0 know them.
    expect(await owner('POST', path, { rateLimits: earlier })).toMatchObject({ status: 200 })
    expect(await read()).toEqual(changed)
  })

  test('are refused outside a range of each group, and without a group', async () => {
    const { other: _, ...rest } = production
    const wrong = {
      ...rest,
      onlineSession: { perSecond: 0, perMinute: 301, perHour: 11_111_111 },
      sessionList: { perSecond: 1.5 },
    }
    expect(faultOf(await owner('POST', path, { rateLimits: wrong }))).toEqual([
      21405,
      "'rateLimits.onlineSession.perSecond' must be between 1 and 100. You entered 0.",
      "'rateLimits.onlineSession.perMinute' must be between 1 and 300. You entered 301.",
      "'rateLimits.onlineSession.perHour' must be between 1 and 1200. You entered 11111111.",
      "'rateLimits.sessionList.perSecond' has an invalid value.",
      "'rateLimits.sessionList.perMinute' must not be empty.",
      "'rateLimits.sessionList.perHour' must not be empty.",
      "'rateLimits.other' must not be empty.",
    ])
  })

  test('are what the gateway counts by, for each operation of group other alone', async () => {
    simulator.set({ ksef: { rateLimits: true } })
    const limited = { ...production, other: { perSecond: 2, perMinute: 300, perHour: 1200 } }
    await owner('POST', path, { rateLimits: limited })
    const statuses = async () => {
      const replies = [
        await owner('GET', 'limits/context'),
        await owner('GET', 'limits/context'),
        await owner('GET', 'limits/context'),
      ]
      return replies.map(({ status }) => status)
    }
    await simulator.clock.advance(60_000)
    expect(await statuses()).toEqual([200, 200, 429])
    expect((await owner('GET', 'limits/subject')).status).toBe(200)
  })
})
