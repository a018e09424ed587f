/**
 * The systems that the simulator imitates. A new one is a folder beside this file and a line in this list.
 *
 * @module
 */
import { daraja } from './daraja/index.ts'
import { etims } from './etims/index.ts'
import { ksef } from './ksef/index.ts'
import { truphone } from './truphone/index.ts'

/** By prefix. */
export const systems = { daraja, etims, truphone, ksef }

/** The name of a system, which is also its prefix. */
export type SystemName = keyof typeof systems

/** The ready-made credentials of a system. */
export type CredentialsOf<Name extends SystemName> = Awaited<ReturnType<(typeof systems)[Name]['start']>>['credentials']

/** The switches of a system. */
export type SwitchesOf<Name extends SystemName> = ReturnType<(typeof systems)[Name]['readSwitches']>

/** What a system tells about itself. */
export type StateOf<Name extends SystemName> = ReturnType<Awaited<ReturnType<(typeof systems)[Name]['start']>>['state']>
