/**
 * What happens to the fleet: time passes, processes stall and crash, the store loses its record or brings an old copy
 * back, and the provider gets round to requests that nobody waits for any more.
 *
 * @see engine.md section 16.1
 * @module
 */
import { processRequest } from './provider.ts'
import type { Bounds, Emit, Process, Request, Setting, World } from './world.ts'
import { freshProcess, lossMs, spend, tickMs, withProcess } from './world.ts'

export function happenings(setting: Setting, world: World, emit: Emit): void {
  const { left, store, replica, history, processes } = world
  const lost = { ...history, calmMarks: 0, era: history.era + 1 }
  if (left.ticks > 0) tick(world, emit)
  if (left.crashes > 0) processes.forEach((_, index) => crash(world, index, emit))
  lateActs(setting, world, emit)
  const now = world.now + lossMs
  if (left.evictions > 0 && store !== null) {
    const kept = history.forgets === 0 && history.kept
    const more = { store: null, now, left: spend(left, 'evictions'), history: { ...lost, kept } }
    emit('store', 'evicts the record', { ...world, ...more })
  }
  if (left.failovers > 0 && replica === undefined) {
    const behind = {
      ...world,
      replica: store,
      history: { ...history, copyGen: history.topGen, copyFence: history.topFence },
    }
    emit('store', 'lags behind with its copy, and confirms nothing as durable', behind)
  }
  if (left.failovers > 0 && replica !== undefined && replica !== store) {
    const kept =
      history.kept && (replica?.epoch ?? 0) >= (store?.epoch ?? 0) && (replica !== null || history.forgets === 0)
    const past = {
      topGen: history.copyGen,
      topFence: history.copyFence,
      lostGen: Math.max(history.lostGen, history.topGen),
      lostFence: Math.max(history.lostFence, history.topFence),
      copyGen: 0,
      copyFence: 0,
    }
    const more = {
      store: replica,
      replica: undefined,
      now,
      left: spend(left, 'failovers'),
      history: { ...lost, ...past, kept },
    }
    emit('store', 'fails over to its copy', { ...world, ...more })
  }
}

/** Whoever is in the midst of a flight stalls, or, where it waits for an answer, times out. */
function tick(world: World, emit: Emit): void {
  const base = { ...world, now: world.now + tickMs, left: spend(world.left, 'ticks') }
  const zombies = world.provider.zombies.filter(({ excused, result }) => excused && result === 0)
  const dropped = { ...base, provider: { ...world.provider, zombies } }
  pass(dropped, 0, '', emit)
}

function pass(world: World, index: number, told: string, emit: Emit): void {
  const process = world.processes[index]
  if (!process) return emit('time', `passes${told}`, world)
  const { phase, name, stalled } = process
  if (phase.at === 'idle') return pass(world, index + 1, told, emit)
  const { left, history } = world
  const calm = { ...history, calmMarks: 0 }
  if (stalled || left.stalls > 0) {
    const spent = stalled ? world : { ...world, left: spend(left, 'stalls'), history: calm }
    for (const [text, more, request] of fates(spent, phase.at === 'sent' ? phase.request : undefined)) {
      const after: Process = {
        ...process,
        stalled: true,
        phase: phase.at === 'sent' && request ? { ...phase, request } : phase,
      }
      pass(withProcess(spent, index, after, more), index + 1, `${told}, ${name} stalls${text}`, emit)
    }
  }
  if (phase.at === 'sent' && !stalled && left.lost > 0) {
    const over: Process = { ...process, phase: { at: 'failed', attempt: phase.attempt } }
    const spent = { ...world, left: spend(left, 'lost'), history: calm }
    pass(withProcess(spent, index, over), index + 1, `${told}, ${name} times out`, emit)
    if (phase.request.result === 0 && left.late > 0) {
      const { provider } = world
      const later = { ...provider, zombies: [...provider.zombies, { ...phase.request, excused: true }] }
      const late = { ...spent, left: spend(spent.left, 'late'), provider: later }
      pass(withProcess(late, index, over), index + 1, `${told}, ${name} times out while the provider works on`, emit)
    }
  }
}

/** What may become of a request whose sender stalls: it was processed in time, it is lost, or it is processed late. */
function fates({ left }: World, request: Request | undefined): [string, Partial<World>, Request?][] {
  if (!request || request.result !== 0) return [['', {}]]
  const fates: [string, Partial<World>, Request?][] = []
  const charge = (what: keyof Bounds): Partial<World> => ({ left: spend(left, what) })
  if (left.lost > 0) fates.push([', its request is lost', charge('lost'), { ...request, result: -2 }])
  if (request.excused) fates.push(['', {}])
  else if (left.late > 0) fates.push([', and so does the provider', charge('late'), { ...request, excused: true }])
  return fates
}

function crash(world: World, index: number, emit: Emit): void {
  const process = world.processes[index]
  if (!process) return
  const { phase, name, seen } = process
  if (phase.at === 'idle' && seen.fence === 0 && seen.epoch === 0) return // There is nothing that it could lose.
  const orphaned = phase.at === 'sent' && phase.request.result === 0 ? [phase.request] : []
  const provider = { ...world.provider, zombies: [...world.provider.zombies, ...orphaned] }
  const more = { provider, left: spend(world.left, 'crashes'), history: { ...world.history, calmMarks: 0 } }
  emit(name, 'crashes, and starts anew', withProcess(world, index, freshProcess(`${name}'`), more))
}

function lateActs(setting: Setting, world: World, emit: Emit): void {
  world.provider.zombies.forEach((request, index) => {
    const zombies = world.provider.zombies.filter((_, other) => other !== index)
    const { provider, history, result } = processRequest(
      setting,
      { ...world, provider: { ...world.provider, zombies } },
      request,
    )
    emit('provider', `issues T${result}, and nobody waits for it`, { ...world, provider, history })
  })
}
