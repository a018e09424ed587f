/**
 * The providers that the command knows. A new one is a module beside this file, with a line here and in `names.ts`, and a
 * folder of commands, with a line in `program.ts`.
 *
 * @module
 */
import { daraja } from './daraja.ts'
import { etims } from './etims.ts'
import { ksef } from './ksef.ts'
import { truphone } from './truphone.ts'
import type { ProviderName } from './names.ts'
import type { Provider } from './provider.ts'

/** By name. */
export const providers = { daraja, etims, truphone, ksef } satisfies Readonly<Record<ProviderName, unknown>>

/** One of them, whichever. */
export function providerNamed(name: ProviderName): Provider {
  return providers[name]
}

/** All of them. */
export const allProviders: readonly Provider[] = Object.values<Provider>(providers)
