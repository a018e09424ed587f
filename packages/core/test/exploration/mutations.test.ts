/**
 * Each rule of the protocol is needed: without it the exploration finds a history that breaks a guarantee, and with it
 * none within the same bounds. Engine.md 16.1.
 *
 * @module
 */
import { describe, expect, it } from 'vitest'
import type { Exploration } from './explorer.ts'
import { explore } from './explorer.ts'
import type { Mutation } from './mutations.ts'
import { found, required } from './mutations.ts'
import { line } from './report.ts'

const patienceMs = 120_000
const real = new Map<string, Exploration>()

function check({ name, breaks, rules, scenario }: Mutation): void {
  const mutated = explore(scenario, { rules, watch: [breaks] })
  const key = JSON.stringify(scenario)
  const unmutated = real.get(key) ?? explore(scenario, { order: 'depth' })
  real.set(key, unmutated)
  console.log(`${name}: ${line(mutated)}; real rules: ${line(unmutated)}`)
  expect(mutated.violation?.guarantee, 'the mutation went unnoticed').toBe(breaks)
  expect(unmutated.violation?.story.join('\n')).toBeUndefined()
  expect(unmutated.complete).toBe(true)
}

describe('the exploration notices (16.1)', () => {
  it.each(required)('$name: breaks $breaks', check, patienceMs)
})

describe('the exploration notices, of the rules that it brought to light', () => {
  it.each(found)('$name: breaks $breaks', check, patienceMs)
})
