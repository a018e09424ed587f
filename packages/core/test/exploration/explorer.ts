/**
 * Visits every world that can be reached, once, and stops at the first step that breaks a guarantee. Depth first needs
 * little memory; breadth first tells a story as short as any.
 *
 * @see engine.md section 16.1
 * @module
 */
import { encode } from './encoding.ts'
import type { Guarantee } from './guarantees.ts'
import { allGuarantees, Violation } from './guarantees.ts'
import type { Rules } from './rules.ts'
import { realRules } from './rules.ts'
import { StateSet } from './state-set.ts'
import { tell } from './story.ts'
import { successors } from './successors.ts'
import { Ways } from './ways.ts'
import type { Emit, Scenario, Setting, World } from './world.ts'
import { firstWorld, traitsOf } from './world.ts'

export interface Options {
  /** @default those of the real core and runner */
  readonly rules?: Rules
  /** The guarantees that are checked. @default all */
  readonly watch?: readonly Guarantee[]
  /** @default 'breadth' */
  readonly order?: 'breadth' | 'depth'
  /** Stops there. @default 50 000 000 */
  readonly maxStates?: number
  /** Hears of every step. */
  readonly heard?: (step: string) => void
}

export interface Progress {
  readonly states: number
  readonly transitions: number
  /** Worlds found and not yet visited. */
  readonly waiting: number
}

export interface Exploration {
  readonly scenario: Scenario
  readonly states: number
  readonly transitions: number
  /** Milliseconds. */
  readonly took: number
  /** Every world within the bounds was visited. */
  readonly complete: boolean
  readonly violation: Found | undefined
}

export interface Found {
  readonly guarantee: Guarantee
  readonly what: string
  /** One line per step, the violating one last. */
  readonly story: readonly string[]
}

const pauseEvery = 1 << 12

export function explore(scenario: Scenario, options: Options = {}): Exploration {
  const exploring = exploration(scenario, options)
  for (;;) {
    const { done, value } = exploring.next()
    if (done) return value
  }
}

/** Pauses now and then, for whoever wants to look or to stop; `next(true)` stops. */
export function* exploration(
  scenario: Scenario,
  options: Options,
): Generator<Progress, Exploration, boolean | undefined> {
  const { rules = realRules, watch = allGuarantees, order = 'breadth', maxStates = 50_000_000, heard } = options
  const setting: Setting = { scenario, traits: traitsOf(scenario), rules, watched: new Set(watch) }
  const started = performance.now()
  const visited = new StateSet()
  const ways = new Ways()
  const first = firstWorld(scenario)
  visited.add(encode(first))
  let [transitions, ordinal, current] = [0, 0, ways.push(-1, 0)]
  // Depth first takes the newest of `found`; breadth first visits a whole level and then what it found.
  let found: Waiting = { worlds: [first], names: [current] }
  let level: Waiting = { worlds: [], names: [] }

  const emit: Emit = (_actor, step, next) => {
    heard?.(step)
    transitions += 1
    ordinal += 1
    if (!visited.add(encode(next))) return
    found.worlds.push(next)
    found.names.push(ways.push(current, ordinal))
  }
  const report = (complete: boolean, violation?: Found): Exploration => {
    const took = performance.now() - started
    return { scenario, states: visited.size, transitions, took, complete, violation }
  }

  for (let turn = 1; ; turn += 1) {
    if (order === 'breadth' && level.worlds.length === 0) {
      level = { worlds: found.worlds.reverse(), names: found.names.reverse() }
      found = { worlds: [], names: [] }
    }
    const { worlds, names } = order === 'breadth' ? level : found
    const world = worlds.pop()
    current = names.pop() ?? 0
    if (!world) return report(true)
    ordinal = 0
    try {
      successors(setting, world, emit)
    } catch (error) {
      if (!(error instanceof Violation)) throw error
      const { guarantee, message } = error
      return report(false, { guarantee, what: message, story: tell(setting, first, ways.to(current), message) })
    }
    if (visited.size >= maxStates) return report(false)
    if (turn % pauseEvery > 0) continue
    const waiting = level.worlds.length + found.worlds.length
    if (yield { states: visited.size, transitions, waiting }) return report(false)
  }
}

/** Worlds to be visited, with their names among the ways. */
interface Waiting {
  readonly worlds: World[]
  readonly names: number[]
}
