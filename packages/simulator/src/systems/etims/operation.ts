/**
 * What an operation is: where it is found, what it takes, what it does.
 *
 * @see spec/etims.md section 1.3
 * @module
 */
import type { Fields, Unit } from './data.ts'
import type { FieldTable } from './fields.ts'
import type { OperationName } from './operation-names.ts'
import type { Outcome } from './outcomes.ts'
import type { Checks } from './presets.ts'
import type { MissingRule } from './problems.ts'
import type { Face } from './switches.ts'
import type { World } from './world.ts'

/** A call whose body was read and whose device is known. */
export interface Call {
  readonly world: World
  readonly face: Face
  readonly checks: Checks
  readonly unit: Unit
  readonly fields: Fields
  /** Below the base URL; the spelling matters to one operation. */
  readonly path: string
  /** Epoch milliseconds of the simulator's clock. */
  readonly now: number
}

/** An operation. */
export interface Operation {
  readonly name: OperationName
  /** Every spelling below a base URL, without the slash; all are accepted on both faces. */
  readonly paths: readonly string[]
  /** `init` has no device yet; only a `write` takes memory. */
  readonly kind: 'init' | 'read' | 'write'
  /** The gateway wants `tin` and `bhfId` in the body, too (section 3.1). */
  readonly wantsBodyIdentity?: boolean
  readonly fields: FieldTable
  readonly onMissing?: (checks: Checks) => MissingRule
  readonly run: (call: Call) => Outcome
}
