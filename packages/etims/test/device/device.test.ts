/**
 * The device's key: issued once, kept, read again, and never asked for twice unasked.
 *
 * @module
 */
import { inspect } from 'node:util'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryStore } from '@latchkey/core'
import type { Store } from '@latchkey/core'
import { generateSealingKey, keyRing } from '@latchkey/core/seal'
import { OutcomeUnknownError } from '@latchkey/http'
import { fileStore } from '@latchkey/stores/file'
import { chaosStore, virtualClock } from '@latchkey/testkit'
import { describe, expect, it } from 'vitest'
import type { Keeping } from '../../src/counters/keeping.ts'
import { createDevice, deviceOf, storeDevice } from '../../src/device/device.ts'
import { ApiException } from '../../src/errors.ts'
import type { Context } from '../../src/operations/context.ts'
import { initializeDevice } from '../../src/operations/initialize-device.ts'
import { keepingOf, place, sharedStore } from '../counters/support/process.ts'

const key = '0A1B2C3D4E5F60718293A4B5C6D7E8F90A1B2C3D4E5F60718293'
const info = {
  tin: place.tin,
  taxprNm: 'MFANO TRADERS LIMITED',
  bhfId: '00',
  locDesc: null,
  dvcId: '450001',
  sdcId: 'KRACU0400009001',
  mrcNo: 'KRA00900001',
  cmcKey: key,
}
const serial = { dvcSrlNo: 'dvcv1130' }

type Answer = 'issues' | 'lost' | 'lostAfter' | 'noKey' | 'unreachable' | '901' | '902' | '903' | '910'

/** KRA as far as devices go, for a script of answers; the last one stands. */
function office(...script: readonly Answer[]) {
  const clock = virtualClock()
  let asked = 0
  const call: Context['call'] = async ({ name }, body) => {
    expect([name, body]).toEqual(['initializeDevice', { tin: place.tin, bhfId: '00', ...serial }])
    const answer = script[Math.min(asked, script.length - 1)]
    asked += 1
    await clock.sleep(100)
    switch (answer) {
      case 'issues':
        return { resultCd: '000', resultMsg: 'Successful', data: { info } }
      case 'noKey':
        return { resultCd: '000', resultMsg: 'Successful', data: null }
      case 'unreachable': {
        const facts = { code: 'ETIMS_UNREACHABLE', kind: 'transport' } as const
        throw new ApiException('Request failed: no connection', 500, undefined, undefined, facts)
      }
      case 'lost':
      case 'lostAfter':
      case undefined:
        throw new OutcomeUnknownError('ETIMS_OUTCOME_UNKNOWN', 'initializeDevice was sent.')
      default:
        throw new ApiException(`Server Error (${answer}): no`, 500, answer, undefined, {
          code: 'ETIMS_DEVICE',
          kind: 'device',
        })
    }
  }
  return { clock, call, asked: () => asked }
}

function programOf(
  { clock, call }: Pick<ReturnType<typeof office>, 'clock' | 'call'>,
  kept: Store | Keeping | undefined,
) {
  const keeping = kept && ('store' in kept ? kept : keepingOf(kept))
  const { apiBase: _, ...identity } = place
  return { identity, clock, call, keeping, device: createDevice({ place, clock, keeping }) }
}

describe('initializing a device', () => {
  it('stores the whole block before it resolves, for every later program (3.3)', async () => {
    const kra = office('issues')
    const store = sharedStore(kra.clock)
    const program = programOf(kra, store)
    expect(await kra.clock.drive(initializeDevice(program, serial))).toEqual(info)
    expect(await deviceOf(programOf(kra, store))).toEqual(info)
    expect(await deviceOf(program)).toEqual(info)
    expect(kra.asked()).toBe(1)
  })

  it('keeps it over the end of the process, sealed, in files', async () => {
    const kra = office('issues')
    const directory = await mkdtemp(join(tmpdir(), 'latchkey-etims-'))
    const ring = keyRing({ keys: [generateSealingKey()] })
    try {
      const keeping = () => ({ store: fileStore({ directory }), ring, plaintext: false })
      expect(await kra.clock.drive(initializeDevice(programOf(kra, keeping()), serial))).toEqual(info)
      expect(await deviceOf(programOf(kra, keeping()))).toEqual(info)
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  })

  it('is refused with a stored key, and asks again only by force (3.3)', async () => {
    const kra = office('issues', '902')
    const store = sharedStore(kra.clock)
    await kra.clock.drive(initializeDevice(programOf(kra, store), serial))
    const again = initializeDevice(programOf(kra, store), serial)
    await expect(again).rejects.toMatchObject({ code: 'ETIMS_DEVICE_ALREADY_INITIALIZED' })
    expect(kra.asked()).toBe(1)
    const forced = initializeDevice(programOf(kra, store), serial, { force: true })
    await expect(kra.clock.drive(forced)).rejects.toMatchObject({
      code: 'ETIMS_DEVICE_ALREADY_INITIALIZED',
      providerCode: '902',
    })
    expect(await deviceOf(programOf(kra, store))).toEqual(info)
  })

  it.each([
    ['no store', () => undefined],
    ['a store that ends with the process', (kra: ReturnType<typeof office>) => memoryStore({ clock: kra.clock })],
  ])('is refused with %s, before KRA is asked (engine 9.3)', async (_, storeOf) => {
    const kra = office('issues')
    const refused = initializeDevice(programOf(kra, storeOf(kra)), serial)
    await expect(refused).rejects.toMatchObject({ code: 'ETIMS_STORE_NOT_DURABLE' })
    expect(kra.asked()).toBe(0)
  })

  it('is refused with a store that does not promise to keep what is written, before KRA is asked (engine 9.3)', async () => {
    const kra = office('issues')
    const store = chaosStore(sharedStore(kra.clock), { clock: kra.clock, seed: 1 })
    store.next('notDurable')
    const refused = initializeDevice(programOf(kra, store), serial)
    await expect(refused).rejects.toMatchObject({ code: 'ETIMS_STORE_NOT_DURABLE' })
    expect(kra.asked()).toBe(0)
    expect(await kra.clock.drive(initializeDevice(programOf(kra, store), serial))).toEqual(info)
  })

  it('gives the key to a caller who takes it, and stores nothing', async () => {
    const kra = office('issues')
    const store = sharedStore(kra.clock)
    expect(await kra.clock.drive(initializeDevice(programOf(kra, store), serial, { take: true }))).toEqual(info)
    await expect(deviceOf(programOf(kra, store))).rejects.toMatchObject({ code: 'ETIMS_DEVICE_UNKNOWN' })
    const alone = programOf(kra, undefined)
    await kra.clock.drive(initializeDevice(alone, serial, { take: true }))
    expect(await deviceOf(alone)).toEqual(info)
  })

  it('asks once for four processes and for callers of one', async () => {
    const kra = office('issues')
    const store = sharedStore(kra.clock)
    const programs = [1, 2, 3, 4].map(() => programOf(kra, store))
    const calls = programs.flatMap((program) => [initializeDevice(program, serial), initializeDevice(program, serial)])
    const ends = await kra.clock.drive(Promise.allSettled(calls))
    expect(kra.asked()).toBe(1)
    const codes = ends.map((end) => (end.status === 'fulfilled' ? 'done' : (end.reason as { code: string }).code)) // Errors of ours.
    expect(codes.filter((code) => code === 'done')).toHaveLength(2)
    expect(new Set(codes)).toEqual(new Set(['done', 'ETIMS_DEVICE_INIT_UNRESOLVED']))
    expect(await deviceOf(programs[3]!)).toEqual(info) // There are four.
  })

  it.each(['901', '903', '910', 'unreachable'] as const)(
    'forgets the request when nothing was issued: %s (3.3)',
    async (answer) => {
      const kra = office(answer, 'issues')
      const store = sharedStore(kra.clock)
      await expect(kra.clock.drive(initializeDevice(programOf(kra, store), serial))).rejects.toBeInstanceOf(
        ApiException,
      )
      expect(await kra.clock.drive(initializeDevice(programOf(kra, store), serial))).toEqual(info)
    },
  )

  it('says what to do when KRA has issued the key before, and does not ask again (3.3)', async () => {
    const kra = office('902', 'issues')
    const store = sharedStore(kra.clock)
    const first = initializeDevice(programOf(kra, store), serial)
    await expect(kra.clock.drive(first)).rejects.toMatchObject({
      code: 'ETIMS_DEVICE_ALREADY_INITIALIZED',
      message: expect.stringMatching(/storeDevice\(\).*ask KRA to release/) as unknown,
    })
    await kra.clock.advance(1_000_000)
    const second = initializeDevice(programOf(kra, store), serial)
    await expect(second).rejects.toMatchObject({ code: 'ETIMS_DEVICE_INIT_UNRESOLVED', reason: 'installed' })
    expect(kra.asked()).toBe(1)
    expect(await kra.clock.drive(initializeDevice(programOf(kra, store), serial, { force: true }))).toEqual(info)
  })

  it.each(['lost', 'noKey'] as const)(
    'never repeats a request whose answer was %s, unless it is told to (3.3)',
    async (answer) => {
      const kra = office(answer, 'issues')
      const store = sharedStore(kra.clock)
      const code = answer === 'lost' ? 'ETIMS_OUTCOME_UNKNOWN' : 'ETIMS_DEVICE_INIT_UNRESOLVED'
      await expect(kra.clock.drive(initializeDevice(programOf(kra, store), serial))).rejects.toMatchObject({ code })
      const early = initializeDevice(programOf(kra, store), serial, { force: true })
      await expect(early).rejects.toMatchObject({ code: 'ETIMS_DEVICE_INIT_UNRESOLVED', reason: 'asking' })
      await kra.clock.advance(1_000_000)
      const later = initializeDevice(programOf(kra, store), serial)
      await expect(later).rejects.toMatchObject({
        code: 'ETIMS_DEVICE_INIT_UNRESOLVED',
        reason: 'unanswered',
        message: expect.stringMatching(/portal.*force: true/) as unknown,
      })
      expect(kra.asked()).toBe(1)
      expect(await kra.clock.drive(initializeDevice(programOf(kra, store), serial, { force: true }))).toEqual(info)
    },
  )

  it('keeps a key that the store does not take in memory, and stores it without asking KRA again', async () => {
    const kra = office('issues')
    const store = chaosStore(sharedStore(kra.clock), { clock: kra.clock, seed: 1 })
    const program = programOf(kra, store)
    const failing = {
      ...program,
      call: async (...parameters: Parameters<typeof kra.call>) => {
        const answer = await kra.call(...parameters)
        store.setDown(true)
        return answer
      },
    }
    const lost = kra.clock.drive(initializeDevice(failing, serial))
    await expect(lost).rejects.toMatchObject({
      code: 'ETIMS_STORE_NOT_DURABLE',
      reason: 'unconfirmed',
      retryable: true,
    })
    expect(await deviceOf(program)).toEqual(info)
    store.setDown(false)
    await expect(deviceOf(programOf(kra, store))).rejects.toMatchObject({
      code: 'ETIMS_DEVICE_UNKNOWN',
      reason: 'requested',
    })
    expect(await kra.clock.drive(initializeDevice(program, serial))).toEqual(info)
    expect(await deviceOf(programOf(kra, store))).toEqual(info)
    expect(kra.asked()).toBe(1)
  })

  it.each(['unknownApplied', 'unknownLost', 'outage', 'slow'] as const)(
    'asks once when the store is in trouble: %s',
    async (mishap) => {
      for (const before of [0, 1, 2, 3, 4]) {
        const kra = office('issues')
        const chaos = chaosStore(sharedStore(kra.clock), { clock: kra.clock, seed: 1 })
        let operations = 0
        const count = <T>(work: () => Promise<T>): Promise<T> => {
          if (operations === before) chaos.next(mishap)
          operations += 1
          return work()
        }
        const store: Store = {
          scope: 'fleet',
          read: (...parameters) => count(() => chaos.read(...parameters)),
          compareAndSet: (...parameters) => count(() => chaos.compareAndSet(...parameters)),
        }
        expect(await kra.clock.drive(initializeDevice(programOf(kra, store), serial))).toEqual(info)
        expect(kra.asked()).toBe(1)
      }
    },
  )

  it.each([0, 1, 2, 3, 4, 5])('asks at most once in all when the program ends after %i steps', async (steps) => {
    for (const happens of [true, false]) {
      const kra = office('issues')
      const shared = sharedStore(kra.clock)
      let taken = 0
      const step = async <T>(work: () => Promise<T>): Promise<T> => {
        taken += 1
        if (taken <= steps) return work()
        if (taken === steps + 1 && happens) await work().catch(() => undefined)
        return new Promise<never>(() => undefined)
      }
      const store: Store = {
        scope: 'fleet',
        read: (...parameters) => step(() => shared.read(...parameters)),
        compareAndSet: (...parameters) => step(() => shared.compareAndSet(...parameters)),
      }
      const doomed = programOf(
        { clock: kra.clock, call: (...parameters) => step(() => kra.call(...parameters)) },
        store,
      )
      void initializeDevice(doomed, serial).catch(() => undefined)
      await kra.clock.advance(500)
      const asked = kra.asked()
      await kra.clock.advance(1_000_000)
      const next = await kra.clock.drive(
        initializeDevice(programOf(kra, shared), serial).catch((error: unknown) => error),
      )
      const code = (next as { code?: string }).code ?? 'done' // An error of ours, or the block.
      expect(kra.asked()).toBe(1 - (code === 'ETIMS_DEVICE_INIT_UNRESOLVED' && asked === 0 ? 1 : 0))
      if (asked === 1) expect(code).toMatch(/UNRESOLVED|ALREADY_INITIALIZED/)
    }
  })

  it('hides the key from printing, and not from JSON', async () => {
    const kra = office('issues')
    const program = programOf(kra, sharedStore(kra.clock))
    const device = await kra.clock.drive(initializeDevice(program, serial))
    expect(inspect(device)).not.toContain(key)
    expect(inspect(program.device, { depth: 9 })).not.toContain(key)
    expect(JSON.parse(JSON.stringify(device))).toEqual(info)
  })
})

describe('a device that the user brings along', () => {
  it('is stored with as little as its key, for every program', async () => {
    const kra = office('902')
    const store = sharedStore(kra.clock)
    await expect(deviceOf(programOf(kra, store))).rejects.toMatchObject({ code: 'ETIMS_DEVICE_UNKNOWN' })
    await kra.clock.drive(initializeDevice(programOf(kra, store), serial).catch(() => undefined))
    await storeDevice(programOf(kra, store), { cmcKey: key })
    expect(await deviceOf(programOf(kra, store))).toEqual({ tin: place.tin, bhfId: '00', cmcKey: key })
  })

  it('does not replace another key unless it is told to', async () => {
    const kra = office('issues')
    const store = sharedStore(kra.clock)
    await storeDevice(programOf(kra, store), info)
    await storeDevice(programOf(kra, store), { ...info, sdcId: 'KRACU0400009002' })
    const other = { ...info, cmcKey: 'ANOTHER' }
    await expect(storeDevice(programOf(kra, store), other)).rejects.toMatchObject({
      code: 'ETIMS_DEVICE_ALREADY_INITIALIZED',
    })
    await storeDevice(programOf(kra, store), other, { replace: true })
    expect(await deviceOf(programOf(kra, store))).toMatchObject({ cmcKey: 'ANOTHER' })
  })

  it.each([
    ['an empty key', { cmcKey: '' }],
    ['a key with a line break', { cmcKey: 'a\nb' }],
    ['no key', { sdcId: 'KRACU0400009001' }],
    ['another PIN', { ...info, tin: 'P000000002B' }],
    ['another branch', { ...info, bhfId: '01' }],
  ])('is refused with %s, which the error does not repeat', async (_, given) => {
    const kra = office('issues')
    const error = await storeDevice(programOf(kra, sharedStore(kra.clock)), given).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG' })
    expect(inspect(error)).not.toContain(key)
  })

  it('belongs to one environment, host, PIN and branch (trap 8)', async () => {
    const kra = office('issues')
    const keeping = keepingOf(sharedStore(kra.clock))
    await storeDevice(programOf(kra, keeping), info)
    for (const change of [
      { environment: 'production' },
      { apiBase: 'http://127.0.0.1:4010/etims/etims-api' },
      { tin: 'P000000002B' },
      { bhfId: '01' },
    ] as const) {
      const device = createDevice({ place: { ...place, ...change }, clock: kra.clock, keeping })
      await expect(deviceOf({ device })).rejects.toMatchObject({ code: 'ETIMS_DEVICE_UNKNOWN' })
    }
    const slash = createDevice({ place: { ...place, apiBase: `${place.apiBase}/` }, clock: kra.clock, keeping })
    expect(await deviceOf({ device: slash })).toEqual(info)
  })

  it('is read once for callers who come together and after', async () => {
    const kra = office('issues')
    const shared = sharedStore(kra.clock)
    await storeDevice(programOf(kra, shared), info)
    let reads = 0
    const store: Store = {
      ...shared,
      read: (...parameters) => {
        reads += 1
        return shared.read(...parameters)
      },
    }
    const program = programOf(kra, store)
    await Promise.all([deviceOf(program), deviceOf(program), deviceOf(program)])
    await deviceOf(program)
    expect(reads).toBe(1)
  })
})
