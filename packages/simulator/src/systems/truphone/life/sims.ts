/**
 * The install states of an eSIM, moved by the control plane, by push install and by time.
 *
 * @see spec/truphone.md sections 7.3, 14.4
 * @module
 */
import type { Sim, SimStatus } from '../rows.ts'
import type { World } from '../world.ts'

/** Puts a SIM into a state. What is installed has an EID; what was deleted returns to `Released` after a while. */
export function moveSim(world: World, sim: Sim, status: SimStatus, at: number): void {
  const { unavailableMs } = world.switches
  sim.status = status
  sim.modifiedAt = at
  if (status === 'Installed') sim.eid ??= world.ids.eid()
  sim.dueAt = status === 'Unavailable' && unavailableMs !== null ? at + unavailableMs : null
}

/** Begins a push install, if the switch says that handsets answer to it. */
export function pushInstall(world: World, sim: Sim, at: number): void {
  const { pushInstallMs } = world.switches
  if (pushInstallMs !== null && sim.status === 'Released') sim.dueAt = at + pushInstallMs
}

/** Takes the step that has fallen due. */
export function advanceSim(world: World, sim: Sim, at: number): void {
  const next = {
    Unavailable: 'Released',
    Released: 'Downloaded',
    Downloaded: 'Installed',
    Installed: 'Installed',
  } as const
  sim.status = next[sim.status]
  sim.modifiedAt = at
  sim.dueAt = sim.status === 'Downloaded' ? at + (world.switches.pushInstallMs ?? 0) : null
}
