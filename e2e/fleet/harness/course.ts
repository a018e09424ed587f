/**
 * What happened in a run, in order: the token requests that the provider saw, the engine's events and the calls that
 * went wrong. For whoever has to understand a problem that came once.
 *
 * @module
 */
import type { Fleet } from './fleet.ts'
import type { WorkerProcess } from './worker-process.ts'

const linesMax = 400
const dull = new Set(['lifetime.short', 'token.refused'])

interface Moment {
  readonly at: number
  readonly text: string
}

/** At most 400 lines, the last ones. Milliseconds since the first token request. */
export function courseOf({ provider, workers }: Fleet): string {
  const requests = provider.exchanges.flatMap(
    ({ worker, grant, arrivedAt, answeredAt, status, servedTo }, index): Moment[] => [
      { at: arrivedAt, text: `provider    #${index} ${grant} by worker ${worker}` },
      ...(answeredAt === undefined
        ? []
        : [{ at: answeredAt, text: `provider    #${index} answered ${String(status)}` }]),
      ...[...servedTo].map(([who, at]) => ({ at, text: `provider    #${index} serves worker ${who}` })),
    ],
  )
  const moments = [...requests, ...workers.flatMap(momentsOf)].sort((a, b) => a.at - b.at)
  const [start = 0] = provider.exchanges.map(({ arrivedAt }) => arrivedAt)
  const lines = moments.map(({ at, text }) => `${(at - start).toFixed(0).padStart(7)}  ${text}`)
  return lines.slice(-linesMax).join('\n')
}

function momentsOf({ id, course, calls, signals }: WorkerProcess): Moment[] {
  const who = `worker ${String(id).padEnd(4)}`
  const told = course.flatMap((line): Moment[] => {
    if (line.said === 'answered') return [{ at: line.heardAt, text: `${who} reads answer ${line.status}` }]
    if (dull.has(line.name)) return []
    const { said: _, name, heardAt, ...fields } = line
    const facts = Object.entries(fields).map(([field, value]) => `${field}=${value}`)
    return [{ at: heardAt, text: [who, name, ...facts].join(' ') }]
  })
  const failures = calls.flatMap(({ failed, used, ms, heardAt }) =>
    failed === undefined
      ? []
      : [{ at: heardAt, text: `${who} CALL FAILED ${failed} (${used.join(', ')}) after ${ms} ms` }],
  )
  return [...told, ...failures, ...signals.map(({ at, what }) => ({ at, text: `${who} ${what}` }))]
}
