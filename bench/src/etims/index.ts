/**
 * What the eTIMS client costs beside the engine.
 *
 * @module
 */
import type { Benchmark } from '../harness/benchmark.ts'
import { saleChecks } from './e1-sale.ts'
import { tokenBehaviour } from './e2-tokens.ts'

export const etims: readonly Benchmark[] = [saleChecks, tokenBehaviour]
