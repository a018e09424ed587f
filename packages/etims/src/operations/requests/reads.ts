/**
 * Requests of the device and of everything that is only read.
 *
 * @see spec/etims.md sections 3.2, 4.2, 4.4 and 4.13
 * @module
 */
import { branch, char, extra, pin, stamp, whole } from '../fields.ts'
import type { BodyIdentity } from './audit.ts'
import { requestForm } from './form.ts'

/** Initializes a device. The one request without device headers, so PIN and branch are in its body. */
export interface InitializeRequest {
  /** The taxpayer's PIN. */
  readonly tin: string
  /** `00` is the head office by convention; use what the approval says. */
  readonly bhfId: string
  /** The serial that KRA approved, at most 100 characters. */
  readonly dvcSrlNo: string
}

/** Asks for what was registered or changed after a moment. */
export interface IncrementalRequest {
  /** `yyyyMMddHHmmss` in Nairobi: the `resultDt` of the last successful read, at first `20180101000000`. */
  readonly lastReqDt: string
}

/** The same for the operations that want the identity in the body on the gateway. */
export type IdentifiedIncrementalRequest = IncrementalRequest & BodyIdentity

/** Looks a taxpayer up. */
export interface CustomerRequest {
  /** The PIN that is looked up. Spelled with an *m*. */
  readonly custmTin: string
}

/** Asks what became of an invoice. */
export interface InvoiceDetailsRequest extends BodyIdentity {
  /** The fiscal number, not the trader's own. */
  readonly invcNo: number
}

const identity = { tin: extra(pin()), bhfId: extra(branch()) }

export const initializeRequest = requestForm<InitializeRequest>({
  tin: pin([1, 20]),
  bhfId: branch([1, 10]),
  dvcSrlNo: char(100, [1, 100]),
})

export const incrementalRequest = requestForm<IncrementalRequest>({ lastReqDt: stamp() })

export const identifiedIncrementalRequest = requestForm<IdentifiedIncrementalRequest>({
  ...identity,
  lastReqDt: stamp(),
})

export const customerRequest = requestForm<CustomerRequest>({ custmTin: pin([1, 20]) })

export const invoiceDetailsRequest = requestForm<InvoiceDetailsRequest>({ ...identity, invcNo: whole(38) })
