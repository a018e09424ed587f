/**
 * What an entity is besides a taxpayer: authorities, groups and their members of the test data, and bailiffs.
 *
 * @see spec/ksef.md sections 3.16, 3.18
 * @module
 */
import { z } from 'zod'
import type { Context } from '../identity.ts'
import type { World } from '../world.ts'

/** The types of entities that `POST /testdata/subject` makes. */
export const entityTypes = ['EnforcementAuthority', 'VatGroup', 'JST'] as const

/** An entity of `POST /testdata/subject`. */
export const entityRow = z.strictObject({
  nip: z.string(),
  type: z.enum(entityTypes),
  subunits: z.array(z.strictObject({ nip: z.string(), description: z.string() })),
  description: z.string(),
  createdAt: z.number(),
})
type Entity = z.infer<typeof entityRow>

/** What an entity can be. */
export type Role =
  | 'CourtBailiff'
  | 'EnforcementAuthority'
  | 'VatGroupUnit'
  | 'VatGroupSubUnit'
  | 'LocalGovernmentUnit'
  | 'LocalGovernmentSubUnit'

/** A role that an entity has. `parent`: the NIP of the entity above it, where there is one. */
export interface HeldRole {
  readonly nip: string
  readonly role: Role
  readonly parent: string | null
  readonly description: string
  readonly startedAt: number
}

/** The role of an entity of each type, and that of its subunits. */
const roles = {
  EnforcementAuthority: { unit: 'EnforcementAuthority', subunit: null },
  VatGroup: { unit: 'VatGroupUnit', subunit: 'VatGroupSubUnit' },
  JST: { unit: 'LocalGovernmentUnit', subunit: 'LocalGovernmentSubUnit' },
} as const satisfies Record<Entity['type'], { readonly unit: Role; readonly subunit: Role | null }>

/** Whether an entity of a type has subunits. */
export function hasSubunits(type: Entity['type']): boolean {
  return roles[type].subunit !== null
}

/** The roles of a context's entity. Only a NIP has some. */
export function rolesOf(world: World, context: Context): readonly HeldRole[] {
  if (context.type !== 'Nip') return []
  const nip = context.value
  const { people, entities } = world.tables
  const person = people.get(nip)
  const entity = entities.get(nip)
  return [
    ...(person?.isBailiff === true
      ? [{ nip, role: 'CourtBailiff', parent: null, description: person.description, startedAt: person.createdAt } as const] // prettier-ignore
      : []),
    ...(entity === undefined ? [] : [unitRole(entity)]),
    ...[...entities.values()].flatMap((parent) => subunitRoles(parent).filter((held) => held.nip === nip)),
  ]
}

/** The roles of the entities below a context's entity. */
export function subordinateRoles(world: World, context: Context): readonly HeldRole[] {
  const entity = context.type === 'Nip' ? world.tables.entities.get(context.value) : undefined
  return entity === undefined ? [] : subunitRoles(entity)
}

/** Whether the context's entity is above others. */
export function isSuperior(world: World, context: Context): boolean {
  return rolesOf(world, context).some(({ role }) => role === 'LocalGovernmentUnit' || role === 'VatGroupUnit')
}

/** Whether the context's entity enforces: an authority or a bailiff. */
export function isEnforcing(world: World, context: Context): boolean {
  return rolesOf(world, context).some(({ role }) => role === 'EnforcementAuthority' || role === 'CourtBailiff')
}

function unitRole({ nip, type, description, createdAt }: Entity): HeldRole {
  return { nip, role: roles[type].unit, parent: null, description, startedAt: createdAt }
}

function subunitRoles({ nip: parent, type, subunits, createdAt }: Entity): readonly HeldRole[] {
  const role = roles[type].subunit
  if (role === null) return []
  return subunits.map(({ nip, description }) => ({ nip, role, parent, description, startedAt: createdAt }))
}
