/**
 * Every history of a fleet with a provider that rotates refresh tokens, within bounds: no guarantee is broken. Engine.md
 * 14 and 16.1.
 *
 * @module
 */
import { declareExplorations } from './declare.ts'
import { rotating } from './scenarios.ts'

declareExplorations('rotating', rotating)
