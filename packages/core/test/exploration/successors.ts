/**
 * All that can happen next in a world, always in the same order.
 *
 * @module
 */
import { happenings } from './environment.ts'
import { steps } from './process.ts'
import type { Emit, Setting, World } from './world.ts'

export function successors(setting: Setting, world: World, emit: Emit): void {
  for (let index = 0; index < world.processes.length; index += 1) steps(setting, world, index, emit)
  happenings(setting, world, emit)
}
