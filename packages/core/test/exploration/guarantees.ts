/**
 * The safety guarantees G1 to G8 as predicates on steps. Each is asked at the step that could break it, with the world
 * before that step and the history that no process can see.
 *
 * @see engine.md section 14
 * @module
 */
import { leewayMs } from '../../src/freshness.ts'
import type { TokenRecord } from '../../src/protocol.ts'
import type { Answer, Bounds, Process, Request, Setting, Want, World } from './world.ts'
import { aheadMs, issueOf } from './world.ts'

/** The words of engine.md section 14, shortened to what is checked. */
export const guarantees = {
  G1: 'Every committed generation exceeds all generations committed before it, and fences rise over every sequence of events.',
  G2: 'A token request is sent only under a lease acquired for a generation that was, in that same swap, the record’s own and spent, due, refused or demanded past.',
  G3: 'If no holder stalls between check and wire and the provider acts within the deadline, at most one token request is in flight in the fleet.',
  G4: 'Each stall beyond that, and each lost or rolled-back record, costs at most one needless invalidation; afterwards at most one refusal, and no oscillation.',
  G5: 'A refusal of generation g never affects a token of a generation above g.',
  G6: 'A forgotten credential never comes back through a late answer.',
  G7: 'A refresh token that may have been spent is not sent again.',
  G8: 'A rotated refresh token that reached a running process is in the record, or uncommitted in that process, or superseded by a higher generation.',
  /** Limits, watched only where a test shows them. */
  L1: 'A committed generation exceeds also those that a fail-over lost and of which nobody at work knows.',
  L3: 'A fence exceeds also those that were lost since it was drawn.',
  L2: 'A forgotten credential does not come back though the store loses the record of the forget.',
} as const

export type Guarantee = keyof typeof guarantees

/** G1 to G8. */
export const allGuarantees = (Object.keys(guarantees) as Guarantee[]).filter((name) => name.startsWith('G')) // The keys of the table above.

export class Violation extends Error {
  readonly guarantee: Guarantee

  constructor(guarantee: Guarantee, what: string) {
    super(what)
    this.guarantee = guarantee
  }
}

function demand({ watched }: Setting, guarantee: Guarantee, holds: boolean, what: string): void {
  if (!holds && watched.has(guarantee)) throw new Violation(guarantee, what)
}

/**
 * Asked where a swap puts a freshly drawn stamp into the record: a lease, a forget, a commit that draws anew. `late`: it
 * was drawn a while ago, for a record that was not there, and that may have been there since: nothing tells.
 */
export function checkDrawn(setting: Setting, world: World, fence: number, late = false): void {
  const { topFence, lostFence } = world.history
  demand(setting, late ? 'L3' : 'G1', fence > topFence, `the fence ${fence} does not exceed ${topFence}, drawn earlier`)
  demand(setting, 'L3', fence > lostFence, `the fence ${fence} does not exceed ${lostFence}, which was rolled back`)
}

/** Asked where the acquiring swap is applied. `record`: what it replaces, as this process sees it. */
export function checkAcquired(
  setting: Setting,
  world: World,
  refused: number,
  want: Want,
  record: TokenRecord,
  next: TokenRecord,
  late: boolean,
): void {
  checkDrawn(setting, world, next.fence, late)
  const { gen } = record
  demand(
    setting,
    'G2',
    next.lease?.base === gen,
    `the lease is for generation ${next.lease?.base}, the record's is ${gen}`,
  )
  const left = record.until - world.now
  const over = gen === 0 || left <= leewayMs(record.life) || (want.ahead && left <= aheadMs)
  const unwanted = record.refused?.gen === gen || refused === gen || want.after >= gen
  const stale = refused > 0 && refused < gen
  const text = `generation ${gen} is usable, and nobody refused it or asked for a newer one`
  demand(setting, 'G5', over || unwanted || !stale, `${text}: the refusal is of ${refused}`)
  demand(setting, 'G2', over || unwanted, text)
  const mark = next.refused !== record.refused ? next.refused?.gen : undefined
  demand(
    setting,
    'G5',
    mark === undefined || mark === refused,
    `generation ${mark} is marked as refused, ${refused} was`,
  )
}

/** Asked where a token request goes out. A lease protects nobody any more once it was lost with its record, or forgotten. */
export function checkSent(setting: Setting, { processes, provider }: World, request: Request): void {
  const others = [
    ...processes.flatMap(({ phase }) => (phase.at === 'sent' ? [phase.request] : [])),
    ...provider.zombies,
  ].filter(({ result, excused, era }) => result === 0 && !excused && era === request.era)
  demand(
    setting,
    'G3',
    request.excused || others.length === 0,
    'another token request is in flight, and nobody stalled',
  )
  const again = request.path === 'renewal' && issueOf(provider, request.refresh)?.wired === true
  demand(setting, 'G7', !again, `the refresh token R${request.refresh} was sent before`)
}

/** Asked where the provider processed a request, with the history that follows. */
export function checkHarm(setting: Setting, { left, history }: World): void {
  const { bounds } = setting.scenario
  const used = (what: keyof Bounds): number => bounds[what] - left[what]
  const faults = used('stalls') + used('late') + used('failovers') + used('evictions') + used('forgets') + history.extra
  const { needless, marks, calmMarks } = history
  const text = `${needless} needless invalidations after ${faults} stalls, losses and forgets`
  demand(setting, 'G4', needless <= faults, text)
  const reasons = faults + used('crashes') + used('lost')
  demand(
    setting,
    'G4',
    marks <= needless + reasons,
    `${marks} refusals led to renewals, and ${reasons} faults to refusals`,
  )
  demand(setting, 'G4', calmMarks <= 1, 'a second refusal of the present token, and nothing happened since the first')
}

/** Asked where a commit is applied. What a fail-over lost counts only where the process knows of it (docs/protocol.md, "Limits"). */
export function checkCommitted(setting: Setting, { history }: World, { seen }: Process, next: TokenRecord): void {
  const { topGen, lostGen } = history
  const known = next.epoch === seen.epoch ? seen.gen : 0
  const text = `generation ${next.gen} does not exceed ${topGen}, committed earlier`
  demand(setting, 'G1', next.gen > Math.max(topGen, known), text)
  demand(setting, 'L1', next.gen > lostGen, `generation ${next.gen} does not exceed ${lostGen}, which was rolled back`)
}

/** Asked wherever a record with a token is written. */
export function checkWritten(setting: Setting, { history, provider }: World, next: TokenRecord): void {
  if (next.token === undefined || next.gen === 0) return
  const from = issueOf(provider, Number(next.token))?.forgets ?? 0
  const text = `token T${next.token} was requested before the key was forgotten`
  demand(setting, history.kept ? 'G6' : 'L2', from === history.forgets, text)
}

/** Asked where a process takes a token in hand. `forgotten`: by that very process, since the token was asked for. */
export function checkHeld(setting: Setting, forgotten: boolean, id: number): void {
  demand(setting, 'G6', !forgotten, `T${id} is in hand again, and the process itself has forgotten it`)
}

/** Asked where a process goes on with a record: a newer one that it remembers is to be put back first. */
export function checkKept(setting: Setting, { record: kept }: Process, record: TokenRecord | null): void {
  const lost = record !== null && kept?.epoch === record.epoch && record.gen < kept.gen
  demand(setting, 'G8', !lost, `generation ${kept?.gen} is known to the process, and it goes on with ${record?.gen}`)
}

/** Asked where a process lets go of an answer. */
export function checkDropped(setting: Setting, world: World, answer: Answer): void {
  if (setting.scenario.kind !== 'rotating') return
  const { history, store } = world
  const forgotten = answer.forgotten || answer.forgets < history.forgets || (store?.epoch ?? 0) !== answer.epoch
  const superseded = Math.max(history.topGen, history.lostGen) > answer.fence || history.topId === answer.id
  demand(
    setting,
    'G8',
    forgotten || superseded,
    `T${answer.id} with R${answer.id} is let go, and nothing superseded it`,
  )
}

/** Asked where a process ends a login at the provider because its answer is not wanted. */
export function checkRevoked(setting: Setting, { store, provider }: World, answer: Answer): void {
  const family = issueOf(provider, answer.id)?.family
  const present = store?.token === undefined ? undefined : issueOf(provider, Number(store.token))?.family
  demand(setting, 'G8', family !== present, `the login of T${answer.id} is ended, and the record holds it`)
}
