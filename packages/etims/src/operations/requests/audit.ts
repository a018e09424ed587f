/**
 * Who registered and who changed a record: four fields of every write.
 *
 * @see spec/etims.md section 4.2
 * @module
 */

/** The audit fields. Live, branch writes without the last two are refused although the SDKs take them as optional. */
export interface AuditFields {
  /** Who registered it: an id of at most 20 characters. */
  readonly regrId: string
  /** The name to that id, at most 60 characters. */
  readonly regrNm: string
  /** Who changed it last. */
  readonly modrId: string
  readonly modrNm: string
}

/** The device's own identity in a body. The headers carry it anyway; see spec/etims.md section 3.1. */
export interface BodyIdentity {
  /** The taxpayer's PIN. */
  readonly tin?: string | undefined
  /** The branch, 2 characters. */
  readonly bhfId?: string | undefined
}
