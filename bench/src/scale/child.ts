/**
 * One of the processes that share the scenarios: runs what it is handed, and ends with its parent.
 *
 * @module
 */
import type { Scenario } from './scenario.ts'
import { simulate } from './simulate.ts'

// The engine aborts a signal per store operation, and each abort would take down a stack that nobody reads.
Error.stackTraceLimit = 0

process.on('message', (message) => {
  const scenario = message as Scenario // Only `pool.ts` sends here.
  simulate(scenario).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
  )
})
process.once('disconnect', () => process.exit(0))
