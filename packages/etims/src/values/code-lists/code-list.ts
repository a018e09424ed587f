/**
 * A list of codes as data: the shape that all lists share, and how a code is looked up in one.
 *
 * @see spec/etims.md section 6
 * @module
 */

/** One class of KRA's codes. */
export interface CodeList<Code extends string = string> {
  /** The class number, `cdCls` of the code list operation. */
  readonly cdCls: string
  readonly name: string
  /** In KRA's sort order. */
  readonly rows: readonly CodeListRow<Code>[]
  /** Name by code. */
  readonly names: ReadonlyMap<string, string>
}

export interface CodeListRow<Code extends string = string> {
  readonly code: Code
  readonly name: string
  /** KRA's `srtOrd`. */
  readonly sort: number
}

/** A code of one of KRA's lists. Any text compiles, since existing programs have it; the check decides. */
export type LooseCode<Known extends string> = Known | (string & NonNullable<unknown>)

/** The codes of a list, as a union of literals. */
export type CodeOf<List> = List extends CodeList<infer Code> ? Code : never

/** True where the value is a code of the list. Case counts. */
export function isCode<Code extends string>(list: CodeList<Code>, value: unknown): value is Code {
  return typeof value === 'string' && list.names.has(value)
}

/** The label of a code; `undefined` where the list has no such code. */
export function codeName(list: CodeList, code: string): string | undefined {
  return list.names.get(code)
}

/** Makes a list of `[code, name]` pairs in sort order, counted from `sortFrom`. */
export function codeList<const Code extends string>(
  cdCls: string,
  name: string,
  pairs: readonly (readonly [Code, string])[],
  sortFrom = 1,
): CodeList<Code> {
  const rows = pairs.map(([code, label], index) => Object.freeze({ code, name: label, sort: sortFrom + index }))
  return Object.freeze({ cdCls, name, rows: Object.freeze(rows), names: new Map(pairs) })
}
