/**
 * Which grants each query is about, before its filters, newest first. The rights of an owner are in none of them.
 *
 * @see spec/ksef.md sections 3.7, 3.17
 * @module
 */
import { type Context, isSameContext } from '../../identity.ts'
import type { Call } from '../../operation.ts'
import { isOwner, isSamePerson } from '../../parties.ts'
import type { World } from '../../world.ts'
import { hasDelegated, isSubject } from '../model.ts'
import type { Grant, GrantOf } from '../rows.ts'

/** What persons and entities can be given. */
export type PersonLike = GrantOf<'person' | 'entity' | 'indirect' | 'subunit'>

/** What somebody may do for an EU entity. */
export type EuGrant = GrantOf<'euAdministrator' | 'euRepresentative'>

/** What others can be told about a caller. */
export type OwnGrant = PersonLike | EuGrant

/** A caller's own: as a person, through an intermediary, and as an owner what other entities gave to the entity. */
export function ownGrants({ world, identity, context }: Call): readonly OwnGrant[] {
  const owns = isOwner(world, identity, context)
  return newestFirst(world, (grant): grant is OwnGrant => {
    if (grant.kind === 'authorization') return false
    if (owns && grant.kind === 'entity' && isSubject(grant, context)) return true
    return isSamePerson(world, identity, grant.subject) && concerns(world, grant, context)
  })
}

/** Who may work in the context, and whom it lets work for its clients. */
export function grantsInForce(world: World, context: Context): readonly PersonLike[] {
  return newestFirst(world, (grant): grant is PersonLike => {
    if (grant.kind === 'subunit') return isSameContext(grant.context, context)
    return isPersonLike(grant) && isSameContext(grant.from, context)
  })
}

/** What was granted from the context, for itself, its subunits and its clients. */
export function grantsGiven(world: World, context: Context): readonly PersonLike[] {
  return newestFirst(world, (grant): grant is PersonLike => isPersonLike(grant) && isSameContext(grant.from, context))
}

/** The administrators that the context appointed for its subunits. */
export function subunitGrants(world: World, context: Context): readonly GrantOf<'subunit'>[] {
  const is = (grant: Grant): grant is GrantOf<'subunit'> =>
    grant.kind === 'subunit' && isSameContext(grant.from, context)
  return newestFirst(world, is)
}

/** What other entities gave to the entity of the context. */
export function receivedGrants(world: World, context: Context): readonly GrantOf<'entity'>[] {
  const is = (grant: Grant): grant is GrantOf<'entity'> => grant.kind === 'entity' && isSubject(grant, context)
  return newestFirst(world, is)
}

/** Entity authorisations that the context gave, or got. */
export function authorizations(
  world: World,
  context: Context,
  which: 'Granted' | 'Received',
): readonly GrantOf<'authorization'>[] {
  return newestFirst(world, (grant): grant is GrantOf<'authorization'> => {
    if (grant.kind !== 'authorization') return false
    return which === 'Granted' ? isSameContext(grant.from, context) : isSubject(grant, context)
  })
}

/** From a NIP: the administrators of its EU entities. In the context of an EU entity: all who may work there. */
export function euGrants(world: World, context: Context): readonly EuGrant[] {
  return newestFirst(world, (grant): grant is EuGrant => {
    if (grant.kind === 'euRepresentative') return isSameContext(grant.from, context)
    if (grant.kind !== 'euAdministrator') return false
    return isSameContext(grant.context, context) || isSameContext(grant.from, context)
  })
}

function newestFirst<Kind extends Grant>(world: World, is: (grant: Grant) => grant is Kind): readonly Kind[] {
  return [...world.tables.grants.values()]
    .filter(is)
    .sort((one, other) => other.startedAt - one.startedAt || (one.id < other.id ? -1 : 1))
}

function isPersonLike({ kind }: Grant): boolean {
  return kind === 'person' || kind === 'entity' || kind === 'indirect' || kind === 'subunit'
}

/** Whether a grant is about the context: given for it, or through it to its clients. */
function concerns(world: World, grant: Grant, context: Context): boolean {
  switch (grant.kind) {
    case 'subunit':
    case 'euAdministrator':
      return isSameContext(grant.context, context)
    case 'indirect':
      if (isSameContext(grant.from, context)) return true
      return grant.target === null
        ? hasDelegated(world, context, grant.from, grant.scope)
        : isSameContext(grant.target, context)
    default:
      return isSameContext(grant.from, context)
  }
}
