/**
 * The flags of the commands for eTIMS.
 *
 * @module
 */
import type { ProfileFlags } from '../../flags.ts'

export interface InitDeviceFlags extends ProfileFlags {
  readonly serial?: string
  readonly take: boolean
  readonly force: boolean
}

export interface CodesFlags extends ProfileFlags {
  readonly refresh: boolean
}

export interface FileFlags extends ProfileFlags {
  readonly file: string
}

export interface StockIoFlags extends FileFlags {
  readonly document?: string
}

/** Exactly one of them. */
export interface StockSettleFlags extends ProfileFlags {
  readonly accepted?: boolean
  readonly missing?: boolean
}

export interface ListFlags extends ProfileFlags {
  /** `yyyyMMddHHmmss`, in Nairobi. */
  readonly since: string
}

export interface ReceiptFlags extends ProfileFlags {
  readonly out?: string
  readonly copy: boolean
}

export interface StockMasterFlags extends ProfileFlags {
  readonly by: string
}
