/**
 * What is explored in every run of the tests: each pair of what can go wrong, for two or three processes, for an
 * exclusive and for a rotating provider. `scripts/explore.ts` explores all of it at once.
 *
 * @see engine.md section 16.1
 * @module
 */
import type { Bounds, Scenario } from './world.ts'
import { nothing } from './world.ts'

type Kind = Scenario['kind']

function scenario(
  kind: Kind,
  processes: number,
  warm: number,
  bounds: Partial<Bounds>,
  statesIssueTime = false,
): Scenario {
  const name = `${processes} processes, ${warm} warm${statesIssueTime ? ', issue times' : ''}`
  return { name, kind, processes, warm, statesIssueTime, bounds: { ...nothing, ...bounds } }
}

/** Both kinds of provider see these. */
function shared(kind: Kind): Scenario[] {
  return [
    scenario(kind, 3, 0, { ticks: 2, stalls: 1, crashes: 1, demands: 1 }),
    scenario(kind, 3, 3, { ticks: 4, stalls: 2, demands: kind === 'exclusive' ? 1 : 2 }),
    scenario(kind, 2, 2, { ticks: 4, stalls: 2, crashes: 2, demands: 1 }),
    scenario(kind, 2, 2, { ticks: 4, stalls: 1, crashes: 1, lost: 1, demands: 1 }),
    scenario(kind, 2, 2, { ticks: 4, stalls: 1, lost: 1, late: 1, demands: 1 }),
    scenario(kind, 2, 2, { ticks: 4, stalls: 2, forgets: 1 }),
    scenario(kind, 2, 2, { ticks: 2, stalls: 1, forgets: 2, demands: 1 }),
    scenario(kind, 2, 2, { ticks: 2, stalls: 1, crashes: 1, forgets: 1, demands: 1 }),
    scenario(kind, 2, 2, { crashes: 2, forgets: 2, demands: 1 }),
    scenario(kind, 2, 2, { crashes: 1, forgets: 2, lost: 1, demands: 1 }),
    scenario(kind, 3, 3, { ticks: 2, stalls: 1, failovers: 1, demands: 1 }),
    scenario(kind, 2, 2, { ticks: 2, stalls: 2, failovers: 1, demands: 1 }),
    scenario(kind, 2, 2, { ticks: 2, stalls: 1, crashes: 1, failovers: 1, demands: 1 }),
    scenario(kind, 2, 2, { ticks: 2, crashes: 1, failovers: 1, lost: 1, demands: 1 }),
    scenario(kind, 2, 2, { forgets: 2, failovers: 1, demands: 1 }),
    scenario(kind, 2, 2, { forgets: 1, failovers: 1, lost: 1, demands: 1 }),
    scenario(kind, 2, 2, { ticks: 2, stalls: 1, evictions: 1, lost: 1, demands: 1 }),
    scenario(kind, 2, 0, { ticks: 2, stalls: 1, evictions: 1 }),
    scenario(kind, 2, 2, { crashes: 1, forgets: 1, evictions: 1, demands: 1 }),
    scenario(kind, 2, 2, { crashes: 1, failovers: 1, evictions: 1, demands: 1 }),
    scenario(kind, 2, 2, { ticks: 2, unclear: 2, lost: 1, demands: 1 }),
    scenario(kind, 2, 2, { ticks: 2, stalls: 1, unclear: 1, evictions: 1, demands: 1 }),
    scenario(kind, 2, 2, { crashes: 1, unclear: 1, forgets: 1, demands: 1 }),
    scenario(kind, 2, 2, { unclear: 1, evictions: 1, failovers: 1, demands: 1 }),
  ]
}

export const exclusive: readonly Scenario[] = [
  ...shared('exclusive'),
  scenario('exclusive', 2, 2, { ticks: 4, stalls: 2, lost: 1, demands: 1 }, true),
]

export const rotating: readonly Scenario[] = [
  ...shared('rotating'),
  scenario('rotating', 3, 3, { crashes: 1, forgets: 1, failovers: 1, demands: 1 }),
  scenario('rotating', 3, 3, { crashes: 2, lost: 2, failovers: 1, demands: 2 }),
]
