/**
 * Which permissions and roles can be listed, and what narrows each list. Apart from how they look, so that the command starts fast.
 *
 * @see spec/ksef.md section 3.7
 * @module
 */

/** By the name of the flag in camel case. */
export const listKinds = {
  personal: "the caller's own; what `permissions` alone lists",
  persons: 'of persons and entities who may work in this context',
  granted: 'of persons and entities, granted from this context',
  subunits: 'of administrators of subunits and subordinate entities',
  entities: 'that other entities gave to this one',
  roles: 'roles of this entity',
  subordinates: 'subordinate entities and their roles',
  authorizations: 'rights of other entities to act for this one',
  received: 'rights of this entity to act for others',
  euEntities: 'of administrators and representatives of EU entities',
} as const

export type ListKind = keyof typeof listKinds

/** A flag that narrows a list, in camel case. */
export type ListFilter =
  'subject' | 'author' | 'entity' | 'context' | 'target' | 'unit' | 'vatUe' | 'fingerprint' | 'permission' | 'state'

const ofPersons = ['subject', 'author', 'context', 'target', 'permission', 'state'] as const

/** What narrows which list. */
export const listFilters: Readonly<Record<ListKind, readonly ListFilter[]>> = {
  personal: ['context', 'target', 'permission', 'state'],
  persons: ofPersons,
  granted: ofPersons,
  subunits: ['unit'],
  entities: ['context'],
  roles: [],
  subordinates: ['entity'],
  authorizations: ['subject', 'permission'],
  received: ['entity', 'permission'],
  euEntities: ['vatUe', 'fingerprint', 'permission'],
}
