/**
 * What a branch registers: its customers, its users and its insurances.
 *
 * @see spec/etims.md section 4.7
 * @module
 */
import { audit, char, decimal, optional, optionalJs, pin, yn } from '../fields.ts'
import type { AuditFields } from './audit.ts'
import { requestForm } from './form.ts'
import type { Maybe } from './form.ts'
import type { LooseCode } from '../../values/code-lists/code-list.ts'

/** Saves a customer of the branch. */
export interface BranchCustomerRequest extends AuditFields {
  /** The branch's own number of the customer, at most 9 characters. */
  readonly custNo: string
  /** The customer's PIN. */
  readonly custTin: string
  /** At most 60 characters. */
  readonly custNm: string
  /** Address, at most 300 characters. */
  readonly adrs?: Maybe<string>
  /** At most 20 characters. */
  readonly telNo?: Maybe<string>
  /** At most 50 characters. */
  readonly email?: Maybe<string>
  /** At most 20 characters. */
  readonly faxNo?: Maybe<string>
  /** `N` takes the customer out of use. */
  readonly useYn: LooseCode<'Y' | 'N'>
  /** At most 1000 characters. */
  readonly remark?: Maybe<string>
}

/** Saves a user of the branch. */
export interface BranchUserRequest extends AuditFields {
  /** At most 20 characters. */
  readonly userId: string
  /** At most 60 characters. */
  readonly userNm: string
  /** Travels in plain text, at most 255 characters. Never shown by this package. */
  readonly pwd: string
  /** Address, at most 200 characters. */
  readonly adrs?: Maybe<string>
  /** Contact, at most 20 characters. */
  readonly cntc?: Maybe<string>
  /** Authority code, at most 100 characters. */
  readonly authCd?: Maybe<string>
  /** At most 2000 characters. */
  readonly remark?: Maybe<string>
  readonly useYn: LooseCode<'Y' | 'N'>
}

/** Saves an insurance of a pharmacy. */
export interface BranchInsuranceRequest extends AuditFields {
  /** Insurance company code, at most 10 characters. */
  readonly isrccCd: string
  /** Insurance company name, at most 100 characters. */
  readonly isrccNm: string
  /** Percent that the insurance pays, whole. */
  readonly isrcRt: number
  readonly useYn: LooseCode<'Y' | 'N'>
}

// The SDK takes the two `modr` fields as optional here; live they are required.
const { modrId, modrNm, ...registered } = audit()
const branchAudit = { ...registered, modrId: optionalJs(modrId), modrNm: optionalJs(modrNm) }

export const branchCustomerRequest = requestForm<BranchCustomerRequest>({
  custNo: char(9),
  custTin: pin([1, 20]),
  custNm: char(60),
  adrs: optional(char(300)),
  telNo: optional(char(20)),
  email: optional(char(50)),
  faxNo: optional(char(20)),
  useYn: yn(),
  remark: optional(char(1000)),
  ...branchAudit,
})

export const branchUserRequest = requestForm<BranchUserRequest>({
  userId: char(20),
  userNm: char(60),
  pwd: char(255),
  adrs: optional(char(200)),
  cntc: optional(char(20)),
  authCd: optional(char(100)),
  remark: optional(char(2000)),
  useYn: yn(),
  ...branchAudit,
})

export const branchInsuranceRequest = requestForm<BranchInsuranceRequest>({
  isrccCd: char(10),
  isrccNm: char(100),
  isrcRt: decimal(3, 0, 0),
  useYn: yn(),
  ...branchAudit,
})
