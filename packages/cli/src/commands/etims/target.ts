/**
 * The client of a profile's device, or of a device of a running simulator, and how what comes from files is sent.
 *
 * @module
 */
import type { EtimsClient } from '@latchkey/etims'
import type { ProfileFlags } from '../../flags.ts'
import type { CommonOptions, Io } from '../../io.ts'
import { etims } from '../../providers/etims.ts'
import { clientTarget } from '../../target.ts'
import type { ClientTarget } from '../../target.ts'

export interface EtimsTarget extends AsyncDisposable {
  readonly etims: EtimsClient
  readonly tin: string
  readonly bhfId: string
  readonly deviceSerial: string | undefined
  /** See the provider. */
  readonly startAnew: (() => Promise<void>) | undefined
  /** The flags that lead here again. */
  readonly flags: string
}

/** @param open - Opens another device of the simulator. */
export async function etimsTarget(
  options: CommonOptions & ProfileFlags,
  io: Io,
  open?: Parameters<typeof clientTarget<typeof etims>>[3],
): Promise<EtimsTarget> {
  const target: ClientTarget<typeof etims> = await clientTarget(etims, options, io, open)
  const { client, flags, forgets } = target
  if (forgets) {
    io.err('Warning: the store is in memory, so numbers, device keys and what was signed are forgotten at the end.\n')
  }
  return {
    ...{ etims: client.etims, tin: client.tin, bhfId: client.bhfId, deviceSerial: client.deviceSerial },
    ...{ startAnew: client.startAnew, flags },
    [Symbol.asyncDispose]: () => target[Symbol.asyncDispose](),
  }
}
