/**
 * The processes of a fleet: each has a token source of its own, calls the resource now and then as an application would,
 * and may crash and start again.
 *
 * @module
 */
import { createTokenSource } from '@latchkey/core'
import type { EngineEvent, ManagedTokenSource, Token } from '@latchkey/core'
import { beginLife } from './lifespan.ts'
import type { Lifespan } from './lifespan.ts'
import type { Provider } from './provider.ts'
import { createRandom } from './random.ts'
import { assumptions } from './scenario.ts'
import type { VirtualStore } from './virtual-store.ts'
import type { World } from './world.ts'

/** What happens to the callers. Durations are virtual milliseconds. */
export interface Diary {
  /** `get` brought a token. */
  got(waitedMs: number): void
  /** `get` rejected; `usable`: although the token in hand was still good. */
  failed(waitedMs: number, usable: boolean): void
  /** The resource looked at a token. */
  judged(verdict: 'served' | 'refused' | 'refusedAgain'): void
  crashed(): void
  /** What a process' engine tells, and how to crash that process. */
  event(event: EngineEvent, crash: () => void): void
}

export interface FleetOptions {
  readonly world: World
  readonly store: VirtualStore
  readonly provider: Provider
  readonly processes: number
  readonly crashing: boolean
  readonly seed: number
  /** The store's calendar at the world's beginning; those of the processes are up to a day off. */
  readonly wall: number
  readonly diary: Diary
}

/** Starts every process at the world's beginning. */
export function startFleet(options: FleetOptions): void {
  const { world, store, provider, processes, crashing, seed, wall, diary } = options
  const { callEveryMs, resourceWayMs, skewMs, crashEveryMs, restartMs } = assumptions
  const calls = createRandom(seed, 'calls')
  const crashes = createRandom(seed, 'crashes')
  const skews = createRandom(seed, 'skews')
  const jitter = createRandom(seed, 'jitter')
  const grant = provider.double.grant()
  const key = provider.double.key()

  for (let index = 0; index < processes; index += 1) start(wall + skews.between(-skewMs, skewMs))

  function start(calendar: number): void {
    const life = beginLife(world, calendar)
    const crash = (): void => {
      if (!life.alive) return
      life.end()
      diary.crashed()
      world.after(restartMs, () => start(calendar))
    }
    const source = createTokenSource({
      grant,
      key,
      keyLabel: 'fleet',
      store: store.connect(life),
      plaintext: true,
      clock: life.clock,
      random: jitter.next,
      fetch: provider.fetchOf(life),
      observer: { event: (event) => diary.event(event, crash) },
    })
    if (crashing) life.after(crashes.exponential(crashEveryMs), crash)
    const callLater = (): void =>
      life.after(calls.exponential(callEveryMs), () => {
        call(life, source)
        callLater()
      })
    callLater()
  }

  function call(life: Lifespan, source: ManagedTokenSource): void {
    const askedAt = world.now()
    source.get().then(
      (token) => {
        diary.got(world.now() - askedAt)
        use(life, source, token)
      },
      () => diary.failed(world.now() - askedAt, source.peek() !== undefined),
    )
  }

  function use(life: Lifespan, source: ManagedTokenSource, token: Token): void {
    life.after(resourceWayMs, () => {
      if (provider.double.accepts(token.reveal())) return diary.judged('served')
      diary.judged('refused')
      source.refuse(token.generation, { status: 401 })
      const askedAt = world.now()
      source.get({ after: token.generation }).then(
        (newer) => {
          diary.got(world.now() - askedAt)
          life.after(resourceWayMs, () =>
            diary.judged(provider.double.accepts(newer.reveal()) ? 'served' : 'refusedAgain'),
          )
        },
        () => diary.failed(world.now() - askedAt, false),
      )
    })
  }
}
