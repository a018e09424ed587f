/**
 * Does what has fallen due.
 *
 * @see spec/ksef.md section B.2
 * @module
 */
import { type TaskKind, takeDue } from './agenda.ts'
import { decideAuthentication } from './auth/decide.ts'
import { finishEnrollment } from './certificates/enrollment.ts'
import { finishCertificateRevocation } from './certificates/holdings.ts'
import { finishPermissionOperation } from './permissions/operations.ts'
import { activateKsefToken, finishKsefTokenRevocation } from './tokens/ksef-token.ts'
import type { World } from './world.ts'

/** What each kind of task does to the row of a reference, at the instant at which it was due. */
const tasks: Readonly<Record<TaskKind, (world: World, reference: string, at: number) => void>> = {
  decideAuthentication,
  activateKsefToken,
  finishKsefTokenRevocation,
  finishPermissionOperation,
  finishEnrollment,
  finishCertificateRevocation,
}

/** Brings every row up to date with the clock. */
export function catchUp(world: World): void {
  const now = world.now()
  for (let task = takeDue(world, now); task !== undefined; task = takeDue(world, now)) {
    tasks[task.kind](world, task.reference, task.at)
  }
}
