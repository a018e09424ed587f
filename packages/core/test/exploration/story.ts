/**
 * Tells how a world came about: the steps are taken once more, and each is written down with the record that it left.
 *
 * @module
 */
import type { TokenRecord } from '../../src/protocol.ts'
import { Violation } from './guarantees.ts'
import { successors } from './successors.ts'
import type { Setting, World } from './world.ts'
import { startMs, tickMs } from './world.ts'

export function tell(setting: Setting, first: World, way: readonly number[], end: string): string[] {
  const story: string[] = [`begin: ${picture(first)}`]
  let world = first
  for (const wanted of way) {
    let ordinal = 0
    let found: World | undefined
    let line = ''
    try {
      successors(setting, world, (actor, step, next) => {
        ordinal += 1
        if (ordinal !== wanted) return
        found = next
        line = `${actor} ${step}`
      })
    } catch (error) {
      if (!(error instanceof Violation) || !found) throw error
    }
    if (!found) throw new Error('The steps do not repeat.')
    world = found
    story.push(`${line}; ${picture(world)}`)
  }
  story.push(`then: ${end}`)
  return story.map(shorten)
}

function picture({ store, provider, now }: World): string {
  const live = provider.live > 0 ? `, live T${provider.live}` : ''
  return `[t${Math.floor((now - startMs) / tickMs)}, ${describe(store)}${live}]`
}

function describe(record: TokenRecord | null): string {
  if (!record) return 'no record'
  const { gen, token, spendable, tainted, refused, lease, epoch } = record
  const parts = [
    gen > 0 ? `generation ${gen} T${token}` : 'no token',
    ...(spendable === undefined ? [] : [spendable]),
    ...(tainted ? ['tainted'] : []),
    ...(refused?.gen === gen && gen > 0 ? ['refused'] : []),
    ...(lease ? [`lease ${lease.fence} of ${lease.holder}${lease.spends ? ` for ${lease.spends}` : ''}`] : []),
    ...(epoch > 0 ? [`epoch ${epoch}`] : []),
  ]
  return parts.join(', ')
}

// Fences are clock values; their last digits are enough to tell them apart.
function shorten(line: string): string {
  return line.replace(/\b(?:999|1\d{3})(\d{3})\b/g, (all) => `#${Number(all) - startMs}`)
}
