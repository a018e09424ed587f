/**
 * The benchmarks of the KSeF client.
 *
 * @module
 */
import type { Benchmark } from '../harness/benchmark.ts'
import { signIns } from './k1-sign-ins.ts'

export const ksef: readonly Benchmark[] = [signIns]
