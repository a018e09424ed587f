/**
 * The machine of a run: what it is, for the report, and which of its cores measure and which serve.
 *
 * @module
 */
import { execFileSync } from 'node:child_process'
import { cpus, loadavg, totalmem } from 'node:os'

export interface Machine {
  readonly description: string
  readonly node: string
  /** Average of the last minute before the run: processes that wanted a core. */
  readonly load: number
  /** Core for the libraries; undefined where the system cannot pin. */
  readonly measuringCore: number | undefined
  /** Another core, for the provider. */
  readonly servingCore: number | undefined
}

export function describeMachine(): Machine {
  const cores = allowedCores()
  const pinned = cores.length >= 2
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`
  return {
    description: `${model}, ${cpus().length} cores, ${memory}, ${process.platform} ${process.arch}`,
    node: process.version,
    load: loadavg()[0] ?? NaN,
    measuringCore: pinned ? cores[0] : undefined,
    servingCore: pinned ? cores.at(-1) : undefined,
  }
}

// Linux with util-linux: "pid 1's current affinity list: 0,2-3". Anything else runs unpinned.
function allowedCores(): number[] {
  try {
    const text = execFileSync('taskset', ['-cp', String(process.pid)], { encoding: 'utf8', timeout: 5_000 })
    const list = /:\s*([\d,-]+)\s*$/.exec(text)?.[1] ?? ''
    return list.split(',').flatMap((part) => {
      const [first = NaN, last = first] = part.split('-').map(Number)
      return Number.isNaN(first) ? [] : Array.from({ length: last - first + 1 }, (_, index) => first + index)
    })
  } catch {
    return []
  }
}
