/**
 * The flags of the commands for KSeF certificates.
 *
 * @module
 */
import type { CertificateRevocation, KsefCertificateStatus, KsefCertificateType } from '@latchkey/ksef'
import type { ProfileFlags } from '../../../flags.ts'
import type { ListFlags, WaitFlags, WaitMaxFlags } from '../flags.ts'

export interface CertificateListFlags extends ListFlags {
  readonly name?: string
  readonly type?: KsefCertificateType
  readonly status?: KsefCertificateStatus
}

export interface CertificateRequestFlags extends WaitMaxFlags {
  readonly name: string
  readonly type: KsefCertificateType
  readonly key: string
  readonly out: string
  readonly rsa: boolean
  readonly validFrom?: string
}

export type CertificateStatusFlags = WaitFlags

export interface CertificateGetFlags extends ProfileFlags {
  readonly out?: string
}

export interface CertificateRevokeFlags extends ProfileFlags {
  readonly reason?: NonNullable<CertificateRevocation['revocationReason']>
}
