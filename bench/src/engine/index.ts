/**
 * The token engine's benchmarks, in the order of engine.md section 17.
 *
 * @module
 */
import type { Benchmark } from '../harness/benchmark.ts'
import { cachedGet } from './b1-cached-get.ts'
import { manyCallers } from './b2-many-callers.ts'
import { lateRefusals } from './b3-late-refusals.ts'
import { start } from './b6-start.ts'
import { size } from './b7-size.ts'

export const engine: readonly Benchmark[] = [cachedGet, manyCallers, lateRefusals, start, size]
