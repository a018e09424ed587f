/**
 * What a fleet needs beyond one process' engine, in the order of engine.md section 17.
 *
 * @module
 */
import type { Benchmark } from '../harness/benchmark.ts'
import { killedProcesses } from './b4-killed-processes.ts'
import { overhead } from './b5-overhead.ts'
import { tenants } from './b8-tenants.ts'
import { storeOperations } from './b9-store-operations.ts'
import { outage } from './b10-outage.ts'

export const fleet: readonly Benchmark[] = [killedProcesses, overhead, tenants, storeOperations, outage]
