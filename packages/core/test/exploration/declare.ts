/**
 * One test per scenario: explores it to its end and reports what that took.
 *
 * @module
 */
import { describe, expect, it } from 'vitest'
import { explore } from './explorer.ts'
import { boundsText, line } from './report.ts'
import type { Scenario } from './world.ts'

const patienceMs = 240_000 // For a machine that is busy with other things.

export function declareExplorations(kind: Scenario['kind'], scenarios: readonly Scenario[]): void {
  describe(`the ${kind} protocol keeps G1 to G8 in every history (16.1) of`, () => {
    for (const scenario of scenarios) {
      const title = `${scenario.name}: ${boundsText(scenario.bounds)}`
      const claim = (): void => {
        const explored = explore(scenario, { order: 'depth' })
        console.log(`${kind}, ${title}: ${line(explored)}`)
        const { violation } = explored.violation ? explore(scenario) : explored // Breadth first, for the shortest story.
        expect(violation && [violation.guarantee, ...violation.story].join('\n')).toBeUndefined()
        expect(explored.complete).toBe(true)
      }
      it(title, claim, patienceMs)
    }
  })
}
