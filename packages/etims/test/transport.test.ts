/**
 * What the drop-in answers and throws: the table of section 8.1, on the shapes of section 4.1.
 *
 * @see spec/etims.md sections 2.4, 3.1, 4.1, 5.3 and 8.1
 * @module
 */
import { isLatchkeyError } from '@latchkey/core'
import { OutcomeUnknownError } from '@latchkey/http'
import { scriptedFetch } from '@latchkey/testkit'
import type { Answer, Scripted } from '@latchkey/testkit'
import { describe, expect, it } from 'vitest'
import { ApiException, AuthenticationException, ValidationException } from '../src/errors.ts'
import { EtimsClient } from '../src/etims-client.ts'
import {
  client,
  direct,
  envelope,
  gateway,
  generation2,
  lastReqDt,
  receipt,
  sale,
  tokenIs,
  wrapped,
} from './support/client.ts'

const codeList = `POST ${direct}/selectCodeList`
const answers = (...list: readonly (Answer | Error)[]): Scripted[] =>
  list.map((answer) => ({ request: codeList, answer }))
const caught = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )
const expired = {
  fault: { faultstring: 'Access Token expired', detail: { errorcode: 'keymanagement.service.access_token_expired' } },
}
const invalid = {
  fault: { faultstring: 'Invalid Access Token', detail: { errorcode: 'keymanagement.service.invalid_access_token' } },
}
const unauthorised = { header: { responseMessage: 'Unauthorised-Invalid Access Token', responseCode: 401 }, body: {} }

describe('8.1: answers that are returned', () => {
  it.each<[what: string, answer: Answer, expected: object]>([
    ['200 000', envelope('000', 'Successful', { clsList: [] }), { resultCd: '000', data: { clsList: [] } }],
    ['200 001', envelope('001', 'There is no search result'), { resultCd: '001', data: null }],
    ['200 0000, another spelling of success', envelope('0000', 'Successful'), { resultCd: '0000' }],
    [
      '400 with a 001 envelope',
      envelope('001', 'There is no search result', null, 400),
      { resultCd: '001', data: null },
    ],
    [
      '400 with a 001 envelope of the gateway',
      wrapped(200, { resultCd: '001', resultMsg: 'none', data: null }, 400),
      { resultCd: '001' },
    ],
    ['200 with an empty body', { text: '' }, {}],
    ['200 with JSON without a result code', { json: { anything: 1 } }, { anything: 1 }],
  ])('%s', async (_, answer, expected) => {
    const { etims, fetch } = client(answers(answer))
    expect(await etims.selectCodeList({ lastReqDt })).toMatchObject(expected)
    fetch.done()
  })
})

describe('8.1: answers that throw', () => {
  interface Expected {
    readonly message: string | RegExp
    readonly statusCode: number
    readonly errorCode?: string | undefined
    readonly kind: string
    readonly details?: object
  }
  it.each<[what: string, answer: Answer, expected: Expected]>([
    [
      '200 902',
      envelope('902', 'This device is installed'),
      {
        message: 'Server Error (902): This device is installed',
        statusCode: 500,
        errorCode: '902',
        kind: 'device',
        details: { resultCd: '902', resultMsg: 'This device is installed', resultDt: '20260105081530', data: null },
      },
    ],
    [
      '200 910',
      envelope('910', 'Request parameter error'),
      { message: /^Server Error \(910\)/, statusCode: 500, errorCode: '910', kind: 'request' },
    ],
    [
      '200 891',
      envelope('891', 'URL'),
      { message: 'Client Error (891): URL', statusCode: 400, errorCode: '891', kind: 'client' },
    ],
    [
      '200 with an unknown code',
      envelope('E31', 'What'),
      { message: 'Business Error (E31): What', statusCode: 400, errorCode: 'E31', kind: 'unknown' },
    ],
    [
      'a refusal of the gateway on HTTP 200',
      wrapped(400, null),
      {
        message: 'apigee_app_id cannot be Null',
        statusCode: 400,
        kind: 'rejected',
        details: { customerMessage: 'Invalid Headers apigee_app_id', debugMessage: 'apigee_app_id cannot be Null' },
      },
    ],
    [
      'a refusal of the gateway on HTTP 400',
      wrapped(400, null, 400),
      { message: 'apigee_app_id cannot be Null', statusCode: 400, kind: 'rejected' },
    ],
    [
      '404 without a result code',
      { status: 404, json: {} },
      { message: 'HTTP Error (404): Unknown API response', statusCode: 404, kind: 'http' },
    ],
  ])('%s', async (_, answer, { message, details, ...fields }) => {
    const { etims, fetch } = client(answers(answer))
    const error = await caught(etims.selectCodeList({ lastReqDt }))
    expect(error).toBeInstanceOf(ApiException)
    expect(isLatchkeyError(error)).toBe(true)
    expect(error).toMatchObject({ name: 'ApiException', ...fields })
    expect((error as Error).message).toMatch(
      typeof message === 'string' ? new RegExp(`^${message.replaceAll(/[()]/g, '\\$&')}$`) : message,
    )
    if (details) expect((error as ApiException).details).toMatchObject(details)
    fetch.done()
  })

  it.each<[what: string, answer: Answer | Error, statusCode: number, kind: string]>([
    ['a 502 of HTML', { status: 502, text: '<html>bad gateway</html>' }, 502, 'http'],
    ['a 200 of HTML', { text: '<html>hello</html>' }, 500, 'transport'],
    ['894', envelope('894', 'communication'), 400, 'transport'],
    [
      'a gateway timeout',
      { status: 504, json: { header: { responseMessage: 'slow', responseCode: 504 }, body: {} } },
      504,
      'http',
    ],
    [
      'a broken connection',
      Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error('x'), { code: 'ECONNRESET' }) }),
      500,
      'transport',
    ],
  ])('%s, after a read was asked three times', async (_, answer, statusCode, kind) => {
    const { etims, clock, fetch } = client(answers(answer, answer, answer))
    const error = await clock.drive(caught(etims.selectCodeList({ lastReqDt })))
    expect(error).toBeInstanceOf(ApiException)
    expect(error).toMatchObject({ statusCode, kind })
    fetch.done()
  })
})

describe('2.4: a refused token', () => {
  const good = envelope('000', 'Successful', { clsList: [] })
  it.each<[what: string, answer: Answer]>([
    ['401 of the gateway', { status: 401, json: unauthorised }],
    ['401 without a body', { status: 401, text: '' }],
    ['500 with an expiry fault', { status: 500, json: expired }],
    ['500 with "Invalid Access Token"', { status: 500, json: invalid }],
    ['400 of the gateway that names the token', { status: 400, json: unauthorised }],
  ])('%s: one refresh, one repeat', async (_, answer) => {
    const [first, second] = answers(answer, good)
    const { etims, fetch } = client([first!, tokenIs('T2'), second!])
    expect(await etims.selectCodeList({ lastReqDt })).toMatchObject({ resultCd: '000' })
    expect(
      fetch.calls.map(({ headers }) => headers.get('authorization')).filter((each) => each?.startsWith('Bearer')),
    ).toEqual(['Bearer T1', 'Bearer T2'])
    fetch.done()
  })

  it('401 twice: AuthenticationException, and no third try', async () => {
    const [first, second] = answers({ status: 401, json: unauthorised }, { status: 401, json: unauthorised })
    const { etims, fetch } = client([first!, tokenIs('T2'), second!])
    const error = await caught(etims.selectCodeList({ lastReqDt }))
    expect(error).toBeInstanceOf(AuthenticationException)
    expect(error).toMatchObject({ message: 'Unauthorized: Invalid or expired token', statusCode: 401 })
    fetch.done()
  })

  it('does not take a 500 without such a word for one', async () => {
    const { etims, clock, fetch } = client(
      answers(...Array.from({ length: 3 }, () => ({ status: 500, json: { error: 'x' } }))),
    )
    expect(await clock.drive(caught(etims.selectCodeList({ lastReqDt })))).toMatchObject({
      statusCode: 500,
      kind: 'http',
    })
    fetch.done()
  })
})

describe('3.1: what travels', () => {
  it('tin, bhfId and cmcKey are headers, and the body is the caller’s alone', async () => {
    const { etims, fetch } = client(answers(envelope('000', 'Successful')))
    await etims.selectCodeList({ lastReqDt })
    const { headers, text } = fetch.calls[1]!
    expect(Object.fromEntries(headers)).toMatchObject({
      ...{ tin: 'P000000001A', bhfid: '00', cmckey: 'DEMO-CMC-KEY-0001', authorization: 'Bearer T1' },
      ...{ accept: 'application/json', 'content-type': 'application/json' },
    })
    expect(JSON.parse(text)).toEqual({ lastReqDt })
  })

  it('initialization carries none of the three', async () => {
    const { etims, fetch } = client(
      [
        {
          request: `POST ${direct}/selectInitOsdcInfo`,
          answer: envelope('000', 'Successful', { info: { cmcKey: 'NEW-KEY-1' } }),
        },
        { request: codeList, answer: envelope('000', 'Successful') },
      ],
      { oscu: { tin: 'P000000001A', bhf_id: '00' } },
    )
    const body = { tin: 'P000000001A', bhfId: '00', dvcSrlNo: 'dvcv1130' }
    await etims.selectInitOsdcInfo(body)
    const { headers, text } = fetch.calls[1]!
    expect([headers.get('tin'), headers.get('bhfId'), headers.get('cmcKey')]).toEqual([null, null, null])
    expect(JSON.parse(text)).toEqual(body)
    await etims.selectCodeList({ lastReqDt })
    expect(fetch.calls[2]?.headers.get('cmcKey')).toBe('NEW-KEY-1')
  })

  it('the gateway gets its own path, the app id, and PIN and branch in the body where it wants them', async () => {
    const { etims, fetch } = client(
      [
        {
          request: `POST ${gateway}/getPurchaseTransactionInfo`,
          answer: wrapped(200, { resultCd: '001', resultMsg: 'none', data: null }, 400),
        },
      ],
      {
        ...{ face: 'gateway', api: undefined },
        oscu: { tin: 'P000000001A', bhf_id: '00', cmc_key: 'K-0001', apigee_app_id: 'app-1' },
      },
    )
    expect(await etims.selectPurchases({ lastReqDt })).toMatchObject({ resultCd: '001' })
    const { headers, text } = fetch.calls[1]!
    expect(headers.get('apigee_app_id')).toBe('app-1')
    expect(JSON.parse(text)).toEqual({ tin: 'P000000001A', bhfId: '00', lastReqDt })
  })

  it('a key that the program sets later is used from then on (3.3)', async () => {
    const oscu: { tin: string; bhf_id: string; cmc_key?: string } = { tin: 'P000000001A', bhf_id: '00' }
    const { etims, fetch } = client(answers(envelope('000', ''), envelope('000', '')), { oscu })
    await etims.selectCodeList({ lastReqDt })
    oscu.cmc_key = 'SET-LATER-1'
    await etims.selectCodeList({ lastReqDt })
    expect(fetch.calls.slice(1).map(({ headers }) => headers.get('cmcKey'))).toEqual([null, 'SET-LATER-1'])
  })

  it('paths of the configuration win (1.4, 8.2)', async () => {
    const { etims, fetch } = client([{ request: `POST ${direct}/select-code-list`, answer: envelope('000', '') }], {
      endpoints: { selectCodeList: '/select-code-list' },
    })
    await etims.selectCodeList({ lastReqDt })
    fetch.done()
  })

  it('without credentials the direct face is asked without a bearer token (12, question 1)', async () => {
    const fetch = scriptedFetch(answers(envelope('000', 'Successful')))
    const { auth: _, ...rest } = generation2
    await new EtimsClient({ ...rest, fetch }).selectCodeList({ lastReqDt })
    expect(fetch.calls[0]?.headers.get('authorization')).toBeNull()
    expect(fetch.calls[0]?.headers.get('cmcKey')).toBe('DEMO-CMC-KEY-0001')
    fetch.done()
  })
})

describe('a write whose answer is lost (5.3)', () => {
  const saving = `POST ${direct}/saveStockMaster`
  const master = { itemCd: 'KE2NTNO0000001', rsdQty: 1, regrId: 'a', regrNm: 'A', modrId: 'a', modrNm: 'A' }
  it.each<[what: string, answer: Answer | Error]>([
    ['a 500', { status: 500, json: {} }],
    ['999', envelope('999', 'unknown')],
    ['991', envelope('991', 'registering')],
    [
      'a broken connection',
      Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error('x'), { code: 'ECONNRESET' }) }),
    ],
  ])('%s: is not sent again, and counts as an ApiException for those who catch nothing else', async (_, answer) => {
    const { etims, clock, fetch } = client([{ request: saving, answer }])
    const error = await clock.drive(caught(etims.saveStockMaster(master)))
    expect(error).toBeInstanceOf(OutcomeUnknownError)
    expect(error).toBeInstanceOf(ApiException)
    expect(error).not.toBeInstanceOf(AuthenticationException)
    expect(error).toMatchObject({ code: 'ETIMS_OUTCOME_UNKNOWN', statusCode: 500, kind: 'transport' })
    fetch.done()
  })

  it('a sale is not taken for signed by an empty 200', async () => {
    const { etims, clock, fetch } = client([{ request: `POST ${direct}/saveTrnsSalesOsdc`, answer: { text: '' } }])
    expect(await clock.drive(caught(etims.saveSalesTransaction(sale)))).toBeInstanceOf(OutcomeUnknownError)
    fetch.done()
  })
})

describe('a sale', () => {
  it('is answered with numbers, whatever KRA calls its keys (facts 11 and 19)', async () => {
    const { curRcptNo, totRcptNo, ...rest } = receipt
    const odd = { 'curRcptNo ': curRcptNo, 'totRcptNo ': totRcptNo, ...rest }
    const { etims, fetch } = client([
      { request: `POST ${direct}/saveTrnsSalesOsdc`, answer: envelope('000', 'It is succeeded', odd) },
    ])
    const { data } = await etims.saveSalesTransaction(sale)
    expect(data).toEqual({ ...receipt, curRcptNo: 1, totRcptNo: 1 })
    expect(JSON.parse(fetch.calls[1]!.text)).toMatchObject({ invcNo: 1, itemList: [{ taxAmt: 160 }] })
  })

  it('that is malformed is not sent, and every problem has its path', async () => {
    const { etims, fetch } = client([])
    const { totAmt: _, ...rest } = sale
    const bad = { ...rest, itemList: [{ ...sale.itemList[0], qty: 'many' }], custTn: 'x' }
    const error = await caught(etims.saveSalesTransaction(bad as never)) // As a program in JavaScript may.
    expect(error).toBeInstanceOf(ValidationException)
    const { errors } = error as ValidationException
    expect(errors.join('\n')).toMatch(/^itemList\.\[0\]\.qty: /m)
    expect(errors.join('\n')).toMatch(/^totAmt: /m)
    expect(errors.join('\n')).toMatch(/^custTn: .*did you mean "custTin"/m)
    expect(fetch.calls).toHaveLength(0)
  })
})
