/**
 * What the builders of documents share: who writes them, which numbers stay open, and how stated goods become lines.
 *
 * @see spec/etims.md sections 4.2, 7.1 and 7.5
 * @module
 */
import type { AuditFields } from '../operations/requests/audit.ts'
import type { Maybe } from '../operations/requests/form.ts'
import type { LineInput } from './line.ts'
import { parseDecimal } from './money.ts'
import type { Decimal } from './decimal.ts'

/** Who writes: becomes the four audit fields. */
export interface Auditor {
  /** At most 20 characters. */
  readonly id: string
  /** At most 60 characters. */
  readonly name: string
}

/** A request whose number may still be open: the client fills it in. */
export type Unnumbered<Request, NumberField extends keyof Request> = Omit<Request, NumberField> & {
  readonly [Field in NumberField]?: Request[Field] | undefined
}

/** Goods of a line: the registered item, how many, and at what price. Rows of the item list have most of it. */
export interface Goods extends LineInput {
  readonly itemCd: string
  readonly itemClsCd?: Maybe<string>
  readonly itemNm: string
  readonly bcd?: Maybe<string>
  readonly pkgUnitCd: string
  /** Packages. */
  readonly pkg?: Maybe<Decimal>
  readonly qtyUnitCd: string
}

export function auditFields({ id, name }: Auditor): AuditFields {
  return { regrId: id, regrNm: name, modrId: id, modrNm: name }
}

/** The number of a stated decimal. Throws as `parseDecimal`. */
export function toNumber(value: Decimal, name: string): number {
  return parseDecimal(value, name).toNumber()
}
