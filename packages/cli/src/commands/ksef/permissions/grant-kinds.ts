/**
 * What can be granted, and which flags say it. Apart from what is sent, so that the command starts fast.
 *
 * @see spec/ksef.md section 3.5
 * @module
 */
import type { GrantFlags } from './flags.ts'

/** A flag of a grant, in camel case. */
export type GrantFlag = Exclude<keyof GrantFlags, 'wait' | 'waitMax' | 'file' | 'profile' | 'simulator' | 'config'>

const aPerson = ['subject', 'firstName', 'lastName', 'description'] as const

/** By the name of the command. */
export const grantKinds = {
  person: { summary: 'let a person work in this context', flags: [...aPerson, 'permission'] },
  entity: {
    summary: 'let an entity see or send invoices here, and maybe pass it on',
    flags: ['subject', 'name', 'description', 'permission', 'delegate'],
  },
  authorization: {
    summary: 'let an entity act for this one in its own context',
    flags: ['subject', 'name', 'description', 'permission'],
  },
  indirect: {
    summary: 'pass rights of a client, or of all clients, on to a person',
    flags: [...aPerson, 'permission', 'target'],
  },
  subunit: { summary: 'appoint an administrator of a unit', flags: [...aPerson, 'unit', 'unitName'] },
  'eu-entity': { summary: 'appoint a representative of this EU entity', flags: [] },
  'eu-administrator': { summary: 'appoint an administrator of an EU entity', flags: [] },
} as const satisfies Readonly<Record<string, { readonly summary: string; readonly flags: readonly GrantFlag[] }>>

export type GrantKind = keyof typeof grantKinds
