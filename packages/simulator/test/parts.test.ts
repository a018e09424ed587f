/** The small parts, with plain values. @module */
import { generateKeyPairSync, privateEncrypt, constants, publicEncrypt } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { isLoopbackHost, isPrivateHost } from '../src/addresses.ts'
import { createCallbacks } from '../src/callbacks.ts'
import { createClock, scheduleMax, stepMaxMs } from '../src/clock.ts'
import { maskJson } from '../src/masking.ts'
import { createRandom } from '../src/random.ts'
import { createRequestLog } from '../src/request-log.ts'
import { createIds, datePrefix } from '../src/systems/daraja/ids.ts'
import { createPayments, paymentsMax } from '../src/systems/daraja/payments.ts'
import { encryptPassword, holdsPassword } from '../src/systems/daraja/security-credential.ts'
import { readSwitches } from '../src/systems/daraja/switches.ts'
import { compactTime, isCompactTime } from '../src/systems/daraja/times.ts'
import { createTokens, tokensMax } from '../src/systems/daraja/tokens.ts'

describe('times and ids (spec/daraja.md sections 1.5, 1.6, appendix B)', () => {
  test.each([
    ['2026-01-15T06:30:00Z', '20260115093000'],
    ['2026-12-31T22:00:00Z', '20270101010000'],
  ])('%s is %s in Nairobi', (instant, text) => expect(compactTime(Date.parse(instant))).toBe(text))

  test.each(['20260230000000', '20260115243000', '2026011509300', '20260115093000 ', ''])('"%s" is no time', (text) =>
    expect(isCompactTime(text)).toBe(false),
  )

  test.each([
    ['2019-12-19', 'NLJ'],
    ['2020-01-20', 'OAK'],
    ['2022-11-10', 'QKA'],
    ['2024-07-06', 'SG6'],
    ['2026-01-15', 'UAF'],
    ['2026-08-26', 'UHQ'],
  ])('receipts of %s begin with %s', (day, prefix) => expect(datePrefix(Date.parse(`${day}T12:00:00Z`))).toBe(prefix))

  test('a checkout id has day, time, milliseconds and phone, and no two are the same', () => {
    const ids = createIds(createRandom(1, 'test'))
    const at = Date.parse('2026-01-15T06:30:00.002Z')
    expect(ids.checkout(at, '254708374149')).toBe('ws_CO_150120260930002708374149')
    expect(ids.checkout(at, '254708374149')).toBe('ws_CO_150120260930003708374149')
  })
})

describe('the security credential (4.1)', () => {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const raw = (block: Buffer): string =>
    publicEncrypt({ key: keys.publicKey, padding: constants.RSA_NO_PADDING }, block).toString('base64')
  const block = (...parts: (string | Buffer)[]): Buffer => {
    const bytes = Buffer.concat(parts.map((part) => Buffer.from(part)))
    return Buffer.concat([Buffer.from([0, 2]), Buffer.alloc(254 - bytes.length, 7), bytes])
  }

  test('holds the password that was put in, of any length', () => {
    for (const password of ['x', 'Pass#word', 'ü'.repeat(100), 'p'.repeat(245)]) {
      expect(holdsPassword(keys.privateKey, encryptPassword(keys.publicKey, password), password)).toBe(true)
    }
    expect(holdsPassword(keys.privateKey, raw(block('\0', 'pw')), 'pw')).toBe(true)
  })

  test('holds no other password, and nothing that is malformed', () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const signedPadding = privateEncrypt(keys.privateKey, Buffer.from('pw')).toString('base64')
    const wrongType = block('\0', 'pw')
    wrongType[1] = 1
    const shortPadding = Buffer.concat([Buffer.from([0, 2, 7, 7, 7, 7, 7, 7, 7, 0]), Buffer.alloc(246, 1)])
    const wrong = {
      otherPassword: encryptPassword(keys.publicKey, 'pw2'),
      otherKey: encryptPassword(other.publicKey, 'pw'),
      wrongType: raw(wrongType),
      noSeparator: raw(block('pw')),
      signedPadding,
      empty: '',
      short: 'AAAA',
      tooLarge: Buffer.alloc(256, 255).toString('base64'),
    }
    for (const [name, credential] of Object.entries(wrong)) {
      expect(holdsPassword(keys.privateKey, credential, 'pw'), name).toBe(false)
    }
    expect(holdsPassword(keys.privateKey, raw(shortPadding), Buffer.alloc(246, 1).toString())).toBe(false)
  })
})

describe('the clock', () => {
  test('runs what falls due in order, each at its own instant, and what that schedules in turn', () => {
    const clock = createClock()
    clock.start()
    const start = clock.now()
    const seen: [string, number][] = []
    clock.schedule(2_000, (at) => {
      seen.push(['second', at])
      clock.schedule(500, (later) => seen.push(['third', later]))
    })
    clock.schedule(1_000, (at) => seen.push(['first', at]))
    clock.schedule(9_000, (at) => seen.push(['never', at]))
    clock.step(3_000)
    expect(seen.map(([name]) => name)).toEqual(['first', 'second', 'third'])
    seen.forEach(([, at], index) => expect(Math.abs(at - start - [1_000, 2_000, 2_500][index]!)).toBeLessThan(50))
    clock.reset()
  })

  test('refuses to go back, and more than ten years', () => {
    const clock = createClock()
    for (const ms of [-1, Number.NaN, stepMaxMs + 1]) expect(() => clock.step(ms)).toThrow(/forward/)
    expect(clock.advancedMs()).toBe(0)
  })

  test('takes no more jobs than its bound', () => {
    const clock = createClock()
    for (let job = 0; job < scheduleMax; job += 1) clock.schedule(60_000, () => undefined)
    expect(clock.schedule(60_000, () => undefined)).toBe(false)
    clock.reset()
    expect(clock.schedule(60_000, () => undefined)).toBe(true)
    clock.reset()
  })
})

const plan = { at: 1_000, code: 0, callbackUrl: 'http://127.0.0.1:9/none', isSilent: false }

test('the same amount counts as a repeat for less than two minutes after it was paid', () => {
  const payments = createPayments()
  const ids = { checkoutRequestId: 'ws_CO_1', merchantRequestId: 'm', shortCode: '174379', plan }
  payments.start({ ...ids, phone: '254708374149', amount: 5, startedAt: 0, promptEndsAt: 60_000 })
  expect([payments.isPrompted('254708374149', 59_999), payments.isPrompted('254708374149', 60_000)]).toEqual([
    true,
    false,
  ])
  payments.finish('ws_CO_1', { at: 1_000, code: 0, receipt: 'UAF7RT61SV' })
  const isRepeat = (now: number, amount = 5): boolean => payments.isRepeat('254708374149', amount, now)
  expect([isRepeat(120_999), isRepeat(121_000), isRepeat(2_000, 6)]).toEqual([true, false, false])
})

test('the oldest payments and tokens are forgotten past their bounds', () => {
  const payments = createPayments()
  const rest = { merchantRequestId: 'm', shortCode: '174379', amount: 1, startedAt: 0, promptEndsAt: 60_000, plan }
  for (let index = 0; index <= paymentsMax; index += 1) {
    payments.start({ ...rest, checkoutRequestId: String(index), phone: String(index) })
  }
  expect([payments.list().length, payments.get('0'), payments.isPrompted('0', 1)]).toEqual([
    paymentsMax,
    undefined,
    false,
  ])
  expect(payments.isPrompted('1', 1)).toBe(true)

  let minted = 0
  const tokens = createTokens(() => String((minted += 1)))
  const switches = readSwitches({ previousToken: 'valid' })
  for (let index = 0; index <= tokensMax; index += 1) tokens.issue(0, switches)
  expect([tokens.refusal('1', 1), tokens.refusal('2', 1), tokens.live(1)]).toEqual(['tokenUnknown', null, tokensMax])
})

describe('the request log', () => {
  const arrival = { time: '', system: 'x', operation: null, method: 'GET', path: '/', headers: {} }

  test('drops the oldest past its number, and keeps the count', () => {
    const log = createRequestLog({ requests: 3, text: 1_000_000 })
    for (let index = 0; index < 5; index += 1) log.open(arrival)
    expect(log.list().map(({ seq }) => seq)).toEqual([3, 4, 5])
    expect([log.total(), log.kept()]).toEqual([5, 3])
  })

  test('drops the oldest when bodies take too much, and does not keep a long body', () => {
    const log = createRequestLog({ requests: 100, text: 25_000 })
    for (let index = 0; index < 5; index += 1) log.open(arrival).body('x'.repeat(10_000))
    expect(log.kept()).toBe(2)
    log.open(arrival).body('x'.repeat(20_000))
    expect(log.list().at(-1)?.body).toBe('[20002 characters, too long to keep]')
  })
})

test('masking survives hostile names and depth', () => {
  const hostile = JSON.parse(
    '{"__proto__":{"polluted":1},"Consumer-Secret":"s","a":[{"ACCESS_TOKEN":["s"]}]}',
  ) as unknown
  const shown = maskJson(hostile, (text) => text)
  expect(JSON.stringify(shown)).toBe(
    '{"__proto__":{"polluted":1},"Consumer-Secret":"***","a":[{"ACCESS_TOKEN":"***"}]}',
  )
  expect(({} as { polluted?: number }).polluted).toBeUndefined()
  const deep = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000)) as unknown
  expect(JSON.stringify(maskJson(deep, (text) => text))).toContain('nested too deeply')
})

test('the names of device keys, passwords, tokens and assertions hide what is under them', () => {
  const secrets = { cmcKey: 'a', pwd: 'b', token: 'c', client_assertion: 'd', custTin: 'P000000002B' }
  expect(maskJson(secrets, (text) => text)).toEqual({
    ...{ cmcKey: '***', pwd: '***', token: '***', client_assertion: '***' },
    custTin: 'P000000002B',
  })
})

test('a callback is sent as its text says, where it has one', async () => {
  let sent = ''
  const server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => (sent += chunk.toString()))
    request.on('end', () => response.end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}` // It listens on TCP.
  const text = '{"iccid":8944501234567890123}'
  await createCallbacks([]).deliver({ system: 'x', kind: 'y', reference: 'z', url, headers: {}, body: {}, text, at: 0 })
  expect(sent).toBe(text)
  await new Promise<void>((resolve) => server.close(() => resolve()))
})

test.each([
  ['127.0.0.1', true, true],
  ['127.9.9.9', true, true],
  ['localhost', true, true],
  ['[::1]', true, true],
  ['[::ffff:7f00:1]', true, true],
  ['127.0.0.1.example.com', false, false],
  ['localhost.example.com', false, false],
  ['10.1.2.3', false, true],
  ['172.31.0.1', false, true],
  ['172.32.0.1', false, false],
  ['[fd00::1]', false, true],
  ['shop.example.com', false, false],
])('%s: loopback %s, private %s', (host, loopback, isPrivate) => {
  expect([isLoopbackHost(host), isPrivateHost(host)]).toEqual([loopback, isPrivate])
})
