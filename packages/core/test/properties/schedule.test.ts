/**
 * Random schedules of callers, refusals, forgets, faults and clock steps against a real source: what must hold of
 * every one of them. Engine.md 16.2, G3, G9, G12, G13, G16, G17.
 *
 * @module
 */
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { assertNoSecrets } from '@latchkey/testkit'
import type { Fault, Mishap } from '@latchkey/testkit'
import { bounded } from './settings.ts'
import { lifetimeMs, longestMs, setStage } from './stage.ts'

type Act =
  | { readonly do: 'get'; readonly callers: number; readonly minRemaining: number; readonly patience: number }
  | { readonly do: 'demand' | 'refuse' | 'refuseOld' | 'forget' | 'abort' | 'endTokens' }
  | { readonly do: 'advance' | 'stepWall' | 'suspend'; readonly ms: number }
  | { readonly do: 'fault'; readonly fault: Fault }
  | { readonly do: 'mishap'; readonly mishap: Mishap }
  | { readonly do: 'outage'; readonly ms: number }

const body = JSON.stringify({ error: 'invalid_request', error_description: 'marked/secret+body' })
const someFault: fc.Arbitrary<Fault> = fc.constantFrom<Fault>(
  { kind: 'status', status: 500, body },
  { kind: 'status', status: 400, body },
  { kind: 'status', status: 429, retryAfter: 7 },
  { kind: 'status', status: 503, retryAfter: 40 },
  { kind: 'unreachable', count: 2 },
  { kind: 'dropBefore' },
  { kind: 'dropAfter' },
  { kind: 'hang' },
  { kind: 'slow', ms: 4_000 },
  { kind: 'html' },
  { kind: 'noContent' },
  { kind: 'errorObject' },
)
const someMishap = fc.constantFrom<Mishap>(
  'outage',
  'unknownApplied',
  'unknownLost',
  'conflict',
  'slow',
  'notDurable',
  'drop',
)

const callers = {
  weight: 8,
  arbitrary: fc.record({
    do: fc.constant('get' as const),
    callers: fc.integer({ min: 1, max: 4 }),
    minRemaining: fc.constantFrom(0, 0, 60_000, 200_000),
    patience: fc.constantFrom(0, 5_000, 30_000),
  }),
}
const actions = {
  weight: 8,
  arbitrary: fc.record({
    do: fc.constantFrom(
      'demand' as const,
      'refuse' as const,
      'refuseOld' as const,
      'abort' as const,
      'forget' as const,
      'endTokens' as const,
    ),
  }),
}
const time = {
  weight: 6,
  arbitrary: fc.record({
    do: fc.constant('advance' as const),
    ms: fc.oneof(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 1, max: 240_000 })),
  }),
}
const steps = {
  weight: 2,
  arbitrary: fc.record({
    do: fc.constant('stepWall' as const),
    ms: fc.constantFrom(-3_600_000, -3_000, 1_500, 3_600_000),
  }),
}
const suspends = {
  weight: 2,
  arbitrary: fc.record({ do: fc.constant('suspend' as const), ms: fc.constantFrom(1_000, 100_000, 28_800_000) }),
}
const failing = { weight: 4, arbitrary: fc.record({ do: fc.constant('fault' as const), fault: someFault }) }
const trouble = {
  weight: 3,
  arbitrary: fc.oneof(
    fc.record({ do: fc.constant('mishap' as const), mishap: someMishap }),
    fc.record({ do: fc.constant('outage' as const), ms: fc.integer({ min: 1_000, max: 90_000 }) }),
  ),
}

const habits = fc.record({
  seed: fc.nat(),
  exclusive: fc.boolean(),
  renewal: fc.constantFrom('none' as const, 'reusable' as const, 'rotating' as const),
  latencyMs: fc.constantFrom(0, 20, 900),
})
// A suspend and a step backwards of the same size would together hide the time gone by, so a schedule has one of the two.
const history = (...kinds: { weight: number; arbitrary: fc.Arbitrary<Act> }[]) =>
  fc.array(fc.oneof(callers, actions, time, ...kinds), { minLength: 4, maxLength: 24, size: 'max' })

interface Tally {
  /** Generations that were current when they were refused or demanded past. */
  readonly named: Set<number>
  forgets: number
  faults: number
  troubles: number
  suspends: number
}

async function play(options: Parameters<typeof setStage>[0], acts: readonly Act[]) {
  const stage = setStage(options)
  const { clock, provider, source, store, get } = stage
  const tally: Tally = { named: new Set(), forgets: 0, faults: 0, troubles: 0, suspends: 0 }
  const others: Promise<unknown>[] = []
  for (const act of acts) {
    switch (act.do) {
      case 'get': {
        const { minRemaining, patience } = act
        for (let index = 0; index < act.callers; index += 1) get({ minRemaining, patience })
        break
      }
      case 'demand':
        tally.named.add(stage.generation())
        get({ after: stage.generation() })
        break
      case 'refuse':
        if (stage.generation() === 0) break
        tally.named.add(stage.generation())
        source.refuse(stage.generation())
        get({ after: stage.generation() })
        break
      case 'refuseOld':
        source.refuse(Math.max(0, stage.generation() - 1))
        get()
        break
      case 'forget':
        tally.forgets += 1
        others.push(source.forget().catch((error: unknown) => error))
        break
      case 'abort':
        stage.calls.findLast(({ settledAt }) => settledAt === undefined)?.abort.abort(new Error('changed my mind'))
        break
      case 'endTokens':
        provider.endAccessTokens()
        break
      case 'advance':
        await clock.advance(act.ms)
        break
      case 'stepWall':
        await new Promise((resolve) => setImmediate(resolve)) // A token just returned is judged by the clock it was returned by.
        clock.stepWall(act.ms)
        break
      case 'suspend':
        tally.suspends += 1
        await clock.suspend(act.ms)
        break
      case 'fault':
        tally.faults += act.fault.count ?? 1
        provider.fail(act.fault)
        break
      case 'mishap':
        tally.troubles += 1
        store.next(act.mishap)
        break
      case 'outage':
        tally.troubles += 1 + Math.ceil(act.ms / 60_000)
        store.setDown(true)
        await clock.advance(act.ms)
        store.setDown(false)
        break
      default:
        act satisfies never
    }
  }
  for (let ms = 0; ms < 400_000 && stage.calls.some(({ settledAt }) => settledAt === undefined); ms += 5_000) {
    await clock.advance(5_000)
  }
  const unsettled = stage.calls.filter(({ settledAt }) => settledAt === undefined).length
  await clock.drive(Promise.all(others))
  const elapsed = clock.elapsed()
  const described = source.describe()
  await clock.drive(source.close())
  return { ...stage, tally, unsettled, elapsed, described }
}

type Played = Awaited<ReturnType<typeof play>>

/** What holds of every schedule. */
function assertSound({ provider, faults, calls, unsettled, events, described }: Played): void {
  const { inFlightMax, violations } = provider.report()
  expect(faults).toEqual([])
  expect(unsettled).toBe(0)
  expect(inFlightMax).toBeLessThanOrEqual(1)
  expect(violations.filter(({ kind }) => kind === 'overlap' || kind === 'replay')).toEqual([])
  const generations = events.of('commit.accepted').map(({ generation }) => generation)
  expect(generations).toEqual(generations.toSorted((a, b) => a - b))
  const output = {
    events: events.events,
    errors: calls.map(({ error }) => error),
    tokens: calls.map(({ token }) => token),
    described,
  }
  assertNoSecrets(output, [...provider.secrets(), 'marked/secret'])
}

/** Every get settles within patience and what the attempts that it waited for may take (G13). */
function assertPrompt({ calls }: Played, attempts: number): void {
  for (const { need, calledAt, settledAt = Infinity } of calls) {
    expect(settledAt - calledAt).toBeLessThanOrEqual((need.patience ?? 5_000) + attempts * (longestMs + 4_000))
  }
}

/** Tokens issued are explained by use, refusals, demands, forgets, age and trouble; nothing else makes one (12.3). */
function mostIssued({ tally, elapsed }: Played): number {
  const byAge = Math.ceil(elapsed / (lifetimeMs - 200_000)) // At most: callers who need 200 s left.
  return 1 + tally.named.size + tally.forgets + byAge + tally.troubles
}

const unhandled: unknown[] = []
const note = (reason: unknown): void => void unhandled.push(reason)
beforeEach(() => {
  unhandled.length = 0
  process.on('unhandledRejection', note)
})
afterEach(() => {
  process.off('unhandledRejection', note)
  expect(unhandled).toEqual([])
})

describe('over any schedule (16.2)', () => {
  it('with a sound provider and store, clock steps change neither tokens nor their number (G3, G9, G12, G13)', async () => {
    await fc.assert(
      fc.asyncProperty(habits, history(steps), async (options, acts) => {
        const played = await play(options, acts)
        assertSound(played)
        assertPrompt(played, 2)
        expect(played.provider.report().tokenRequests).toBe(played.issued())
        expect(played.issued()).toBeLessThanOrEqual(mostIssued(played))
      }),
      bounded(60),
    )
  })

  it('with suspends, no token past its end is handed out and each costs at most one renewal (3.4, G9)', async () => {
    await fc.assert(
      fc.asyncProperty(habits, history(suspends), async (options, acts) => {
        const played = await play(options, acts)
        assertSound(played)
        expect(played.issued()).toBeLessThanOrEqual(
          mostIssued({ ...played, elapsed: 0 }) + acts.length + played.tally.suspends,
        )
      }),
      bounded(60),
    )
  })

  it('with a failing provider, every failure is paid once and nobody asks before `Retry-After` is over (11, G13)', async () => {
    await fc.assert(
      fc.asyncProperty(habits, history(steps, failing), async (options, acts) => {
        const played = await play(options, acts)
        assertSound(played)
        assertPrompt(played, 3)
        expect(played.provider.report().violations.filter(({ kind }) => kind === 'impatient')).toEqual([])
        expect(played.provider.report().tokenRequests).toBeLessThanOrEqual(mostIssued(played) + played.tally.faults)
      }),
      bounded(60),
    )
  })

  it('with a failing store too, every promise settles and no dead token is handed out (9.7, G13)', async () => {
    await fc.assert(
      fc.asyncProperty(habits, history(failing, trouble), async (options, acts) => {
        const played = await play(options, acts)
        assertSound(played)
        expect(played.issued()).toBeLessThanOrEqual(mostIssued(played) + played.tally.faults)
      }),
      bounded(60),
    )
  })
})
