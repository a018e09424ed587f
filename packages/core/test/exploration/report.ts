/**
 * What an exploration covered, in one line and as a row of a table.
 *
 * @module
 */
import type { Exploration } from './explorer.ts'
import type { Bounds } from './world.ts'

export function line(exploration: Exploration): string {
  const { states, transitions, took, violation, complete } = exploration
  const end = violation
    ? `${violation.guarantee} broken after ${violation.story.length - 2} steps`
    : complete
      ? 'complete'
      : 'stopped'
  return `${count(states)} states, ${count(transitions)} transitions, ${(took / 1000).toFixed(1)} s, ${end}`
}

/** The bounds that are not zero: "2 stalls, 1 crash". */
export function boundsText(bounds: Bounds): string {
  return Object.entries(bounds)
    .filter(([, most]) => most > 0)
    .map(([name, most]) => `${most} ${name}`)
    .join(', ')
}

export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ' ')
}
