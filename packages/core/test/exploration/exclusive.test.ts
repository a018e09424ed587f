/**
 * Every history of a fleet with an exclusive provider, within bounds: no guarantee is broken. Engine.md 14 and 16.1.
 *
 * @module
 */
import { declareExplorations } from './declare.ts'
import { exclusive } from './scenarios.ts'

declareExplorations('exclusive', exclusive)
