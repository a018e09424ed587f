/**
 * The shape in which the code lists are written down.
 *
 * @module
 */

/** Code, name, and what differs from the ordinary. The order of the rows is their sort order, from 1. */
export type CodeRow = readonly [code: string, name: string, more?: CodeDetails]

/** What few codes have. */
export interface CodeDetails {
  readonly description?: string
  readonly sortOrder?: number
  /** The user-defined columns. */
  readonly custom?: readonly [string, string?, string?]
}

/** One class of codes. */
export interface CodeClass {
  readonly cdCls: string
  readonly cdClsNm: string
  /** Labels of the user-defined columns. */
  readonly customNames?: readonly [string, string?, string?]
  readonly rows: readonly CodeRow[]
}
