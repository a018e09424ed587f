/**
 * The KSeF client of a profile or of a running simulator, and what all commands do with it: they say so when they wait
 * for it, be it because somebody is signed in first.
 *
 * @module
 */
import type { AuthenticatedClient, KsefClient } from '@latchkey/ksef'
import type { ProfileFlags } from '../../flags.ts'
import type { CommonOptions, Io } from '../../io.ts'
import { ksef } from '../../providers/ksef.ts'
import { clientTarget } from '../../target.ts'
import type { ClientTarget } from '../../target.ts'
import { tellWaiting } from '../../waiting.ts'

export interface KsefTarget extends AsyncDisposable {
  readonly ksef: KsefClient
  readonly auth: AuthenticatedClient
  /** The flags that lead here again. */
  readonly flags: string
  /** Settles with the work, and meanwhile says what is waited for. */
  ask<T>(work: Promise<T>): Promise<T>
  /** The same for each page of a list. */
  pages<T>(pages: AsyncIterable<{ readonly items: readonly T[] }>): AsyncIterable<readonly T[]>
}

export async function ksefTarget(options: CommonOptions & ProfileFlags, io: Io): Promise<KsefTarget> {
  const target: ClientTarget<typeof ksef> = await clientTarget(ksef, options, io)
  const { client, flags } = target
  const ask = <T>(work: Promise<T>): Promise<T> => tellWaiting('KSeF', work, io)
  return {
    ...{ ksef: client.ksef, auth: client.auth, flags, ask },
    async *pages(pages) {
      const walk = pages[Symbol.asyncIterator]()
      for (;;) {
        const next = await ask(walk.next())
        if (next.done) return
        yield next.value.items
      }
    },
    [Symbol.asyncDispose]: () => target[Symbol.asyncDispose](),
  }
}
