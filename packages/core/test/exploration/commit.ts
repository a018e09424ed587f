/**
 * How a process brings an answer into the record, keeps what it cannot bring there, lets go of what nobody wants, and
 * forgets the key: the steps of commit.ts, and `forget` of managed-source.ts.
 *
 * @see engine.md sections 6.8, 6.9 and 8.1
 * @module
 */
import * as check from './guarantees.ts'
import { drop, hold, told } from './memory.ts'
import { endLogin, noteKnown } from './provider.ts'
import type { Answer, Emit, History, Phase, Process, Setting, World } from './world.ts'
import { idle, lifeMs, recordSalt, spend, withProcess } from './world.ts'

/** Judges an answer against the record, and swaps it in. `first`: no earlier try of this round is unclear. */
export function commit(
  setting: Setting,
  world: World,
  index: number,
  process: Process,
  answer: Answer,
  first: boolean,
  emit: Emit,
): void {
  const { rules, scenario, traits } = setting
  const { store, now, provider, history } = world
  const { name, seen } = process
  const { id, fence, epoch, until, tried } = answer
  const landed = tried > 0 && store?.gen === tried && store.epoch === epoch && store.token === String(id)
  if (landed && !answer.forgotten && (!first || rules.knowsItsOwn)) {
    emit(
      name,
      'finds its commit in the record',
      withProcess(world, index, told(setting, world, process, store, answer)),
    )
    return
  }
  const issued = scenario.statesIssueTime ? id : undefined
  const generation = rules.admit(store, { fence, epoch, issued }, traits.exclusive, now, seen)
  if (generation === 0 || answer.forgotten) return letGo(setting, world, index, process, answer, emit)
  const base = store ?? rules.blankRecord(recordSalt, { epoch, fence })
  const spendable = scenario.kind === 'rotating' ? `R${id}` : undefined
  const facts = { token: String(id), issued, until, life: lifeMs, spendable }
  // An earlier try may have been applied and its refresh token spent by others, in a record that is lost by now.
  const taint = rules.doubtsRetried && tried > 0 && (store === null || fence < (store.born ?? 0))
  const next = rules.reduce(base, { step: 'commit', fence, generation, taint, answer: facts })
  if (!next) return
  if (generation !== fence) check.checkDrawn(setting, world, generation)
  check.checkCommitted(setting, world, process, next)
  check.checkWritten(setting, world, next)
  const dead = scenario.kind === 'exclusive' && provider.live !== id
  const after: History = {
    ...history,
    ...(generation > history.topGen && { topGen: generation, topId: id }),
    topFence: Math.max(history.topFence, generation),
    calmMarks: dead ? 0 : history.calmMarks,
  }
  const applied = { ...world, store: next, history: after, provider: noteKnown(world, id, after.topFence) }
  const text = `commits T${id} as generation ${generation}`
  emit(name, text, withProcess(applied, index, told(setting, world, process, next, answer)))
  if (world.left.unclear === 0) return
  const left = spend(world.left, 'unclear')
  const phase: Phase = { at: 'committing', answer: { ...answer, tried: generation } }
  const unclear: Process = { ...process, pending: undefined, phase }
  emit(name, `${text} without learning of it`, withProcess({ ...applied, left }, index, unclear))
  emit(name, `fails to commit T${id} without learning of it`, withProcess({ ...world, left }, index, unclear))
}

/** Goes on after a commit whose result is unknown: looks again, or finds the store silent. */
export function recommit(
  setting: Setting,
  world: World,
  index: number,
  process: Process,
  answer: Answer,
  emit: Emit,
): void {
  commit(setting, world, index, process, answer, false, emit)
  if (answer.forgotten && setting.rules.mindsForgets) return letGo(setting, world, index, process, answer, emit)
  check.checkHeld(setting, answer.forgotten, answer.id)
  const pending: Process = { ...hold(process, answer.fence, answer), pending: answer, phase: idle }
  const history = { ...world.history, extra: world.history.extra + 1, calmMarks: 0 }
  const provider = noteKnown(world, answer.id, history.topFence)
  emit(
    process.name,
    'finds the store silent and defers its commit',
    withProcess(world, index, pending, { history, provider }),
  )
}

// The answer's own login is ended at the provider (`orphan`).
function letGo(setting: Setting, world: World, index: number, process: Process, answer: Answer, emit: Emit): void {
  const { rules, traits } = setting
  const { id, login, tried } = answer
  check.checkDropped(setting, world, answer)
  const own = login && !traits.exclusive && !(tried > 0 && rules.knowsItsOwn)
  if (own) check.checkRevoked(setting, world, answer)
  const after: Process = { ...(process.pending ? drop(process) : process), pending: undefined, phase: idle }
  const more = own ? { provider: endLogin(world.provider, id) } : {}
  emit(process.name, `lets go of T${id}`, withProcess(world, index, after, more))
}

/** Swaps in a new epoch, whatever the process is at. */
export function forget(setting: Setting, world: World, index: number, process: Process, emit: Emit): void {
  const { rules } = setting
  const { store, now, history } = world
  const { seen, name } = process
  const fence = rules.drawFence(store, seen, now)
  check.checkDrawn(setting, world, fence)
  const base = store ?? rules.blankRecord(recordSalt, seen)
  const next = rules.reduce(base, { step: 'forget', now, fence }) ?? base
  const phase = forgotten(process.phase)
  const after: Process = { ...drop(process), pending: undefined, seen: { gen: 0, epoch: fence, fence }, phase }
  const topFence = Math.max(history.topFence, fence)
  const more = {
    store: next,
    left: spend(world.left, 'forgets'),
    history: { ...history, topFence, forgets: history.forgets + 1, era: history.era + 1, doomed: fence, kept: true },
  }
  emit(name, `forgets the key (epoch ${fence})`, withProcess(world, index, after, more))
}

function forgotten(phase: Phase): Phase {
  switch (phase.at) {
    case 'leased':
    case 'cleared':
    case 'sent':
    case 'failed':
      return { ...phase, attempt: { ...phase.attempt, forgotten: true } }
    case 'committing':
      return { ...phase, answer: { ...phase.answer, forgotten: true } }
    case 'learning':
      return { ...phase, forgotten: true }
    default:
      return phase
  }
}
