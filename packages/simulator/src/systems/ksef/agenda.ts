/**
 * What is to happen later, as rows: a token becomes active, an authentication is decided. Nothing waits on a timer:
 * whatever has fallen due is done before the next request or look at the state, in order and each at its own instant.
 *
 * @see spec/ksef.md sections B.1, B.2
 * @module
 */
import { z } from 'zod'
import type { World } from './world.ts'

/** The kinds of tasks; `tasks.ts` has what each does. */
export const taskKinds = [
  'decideAuthentication',
  'activateKsefToken',
  'finishKsefTokenRevocation',
  'finishPermissionOperation',
  'finishEnrollment',
  'finishCertificateRevocation',
] as const

/** A task. `reference` names the row that it is about. */
export const taskRow = z.strictObject({
  id: z.string(),
  at: z.number(),
  kind: z.enum(taskKinds),
  reference: z.string(),
})
export type Task = z.infer<typeof taskRow>
export type TaskKind = Task['kind']

/** Puts something on the agenda. A second task of one kind for one row takes the place of the first. */
export function plan(world: World, kind: TaskKind, reference: string, afterMs: number): void {
  world.tables.tasks.set({ id: `${kind}/${reference}`, at: world.now() + afterMs, kind, reference })
}

/** Takes what is due first, if anything is due by an instant. */
export function takeDue(world: World, now: number): Task | undefined {
  let first: Task | undefined
  for (const task of world.tables.tasks.values()) {
    if (task.at <= now && (first === undefined || task.at < first.at)) first = task
  }
  if (first !== undefined) world.tables.tasks.delete(first.id)
  return first
}
