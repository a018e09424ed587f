/**
 * The M-PESA client of a profile or of a running simulator, and what its commands need besides their flags.
 *
 * @module
 */
import { MpesaClient } from '@latchkey/daraja'
import type { ProfileFlags } from '../../flags.ts'
import type { CommonOptions, Io } from '../../io.ts'
import { daraja } from '../../providers/daraja.ts'
import { clientTarget } from '../../target.ts'
import type { ClientTarget } from '../../target.ts'

export interface DarajaTarget extends AsyncDisposable {
  readonly mpesa: MpesaClient
  /** The API is on this machine, so what it calls back may be, too. */
  readonly isLocal: boolean
  /** A phone that pays, of a simulator. */
  readonly testPhone: string | undefined
  /** The flags that lead here again. */
  readonly flags: string
  /** @throws {ConfigError} The profile does not have it. */
  field(name: 'shortCode' | 'passkey' | 'initiator' | 'securityCredential'): Promise<string>
}

export async function darajaTarget(options: CommonOptions & ProfileFlags, io: Io): Promise<DarajaTarget> {
  const target: ClientTarget<typeof daraja> = await clientTarget(daraja, options, io)
  const { client, simulated, flags } = target
  return {
    mpesa: new MpesaClient({ tokens: client }),
    isLocal: client.addresses.localApi,
    testPhone: simulated?.credentials.msisdn,
    flags,
    field: (name) => target.field(name),
    [Symbol.asyncDispose]: () => target[Symbol.asyncDispose](),
  }
}
