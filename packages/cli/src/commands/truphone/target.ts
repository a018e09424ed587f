/**
 * The Truphone client of a profile or of a running simulator, and how it is led to again.
 *
 * @module
 */
import type { TruphoneClient } from '@latchkey/truphone'
import type { ProfileFlags } from '../../flags.ts'
import type { CommonOptions, Io } from '../../io.ts'
import { truphone } from '../../providers/truphone.ts'
import { clientTarget } from '../../target.ts'
import type { ClientTarget } from '../../target.ts'

export interface TruphoneTarget extends AsyncDisposable {
  readonly truphone: TruphoneClient
  /** The flags that lead here again. */
  readonly flags: string
}

export async function truphoneTarget(options: CommonOptions & ProfileFlags, io: Io): Promise<TruphoneTarget> {
  const target: ClientTarget<typeof truphone> = await clientTarget(truphone, options, io)
  const { client, flags } = target
  return { truphone: client.truphone, flags, [Symbol.asyncDispose]: () => target[Symbol.asyncDispose]() }
}
