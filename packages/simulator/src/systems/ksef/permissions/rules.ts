/**
 * Who may grant what to whom, and who may take it back. The service accepts a request first and says this in the
 * status of the operation. Which rule gives which code is this imitation's choice: the documents give the codes only.
 *
 * @see spec/ksef.md sections 3.5, 3.6, 3.18
 * @module
 */
import { type Context, isSameContext } from '../identity.ts'
import type { World } from '../world.ts'
import { hasDelegated, isSubject } from './model.ts'
import type { Permission } from './names.ts'
import type { Outcome } from './outcomes.ts'
import { isEnforcing, isSuperior, subordinateRoles } from './roles.ts'
import type { Grant } from './rows.ts'

/** Judges one grant of a request. 200: it may be written down. */
export function judgeGrant(world: World, grant: Grant): Outcome {
  const { from } = grant
  if (!grantingContexts[grant.kind].includes(from.type)) return 430
  if (isSubject(grant, from)) return 410 // An entity grants itself nothing.
  switch (grant.kind) {
    case 'person':
      return grant.scope === 'EnforcementOperations' && !isEnforcing(world, from) ? 430 : 200
    case 'authorization':
      return (grant.scope === 'PefInvoicing') === (grant.subject.kind === 'PeppolId') ? 200 : 450
    case 'indirect':
      return judgeIndirect(world, from, grant.target)
    case 'subunit':
      return judgeSubunit(world, from, grant.context)
    case 'euAdministrator':
      return isBelow(grant.context, from) ? 200 : 410
    case 'entity':
    case 'euRepresentative':
      return 200
    default:
      return grant satisfies never
  }
}

/** Judges a revocation by somebody with these permissions in the context. `which`: the operation that was called. */
export function judgeRevocation(
  grant: Grant | undefined,
  context: Context,
  permissions: readonly Permission[],
  which: 'common' | 'authorizations',
): Outcome {
  if (grant === undefined) return 400
  if ((grant.kind === 'authorization') !== (which === 'authorizations')) return 450
  if (!isSameContext(grant.from, context)) return 440
  return revokers[grant.kind].some((permission) => permissions.includes(permission)) ? 200 : 420
}

/** From which types of context each kind is given. */
const grantingContexts: Readonly<Record<Grant['kind'], readonly Context['type'][]>> = {
  person: ['Nip', 'InternalId'],
  entity: ['Nip', 'InternalId'],
  authorization: ['Nip'],
  indirect: ['Nip'],
  subunit: ['Nip'],
  euAdministrator: ['Nip'],
  euRepresentative: ['NipVatUe'],
}

/** Who may take each kind back: any one of these permissions. */
const revokers: Readonly<Record<Grant['kind'], readonly Permission[]>> = {
  person: ['CredentialsManage'],
  entity: ['CredentialsManage'],
  authorization: ['CredentialsManage'],
  indirect: ['CredentialsManage'],
  subunit: ['SubunitManage', 'CredentialsManage'],
  euAdministrator: ['CredentialsManage'],
  euRepresentative: ['VatUeManage'],
}

/** A grant for one client needs any permission that the client gave with the right to pass it on. */
function judgeIndirect(world: World, from: Context, target: Context | null): Outcome {
  if (target === null) return 200
  if (isSameContext(target, from)) return 410
  return hasDelegated(world, target, from) ? 200 : 440
}

function judgeSubunit(world: World, from: Context, subunit: Context): Outcome {
  if (subunit.type === 'InternalId') return isBelow(subunit, from) ? 200 : 410
  if (!isSuperior(world, from)) return 430
  return subordinateRoles(world, from).some(({ nip }) => nip === subunit.value) ? 200 : 410
}

/** Whether the context's identifier begins with the NIP of the other. */
function isBelow(context: Context, { value: nip }: Context): boolean {
  return context.value.startsWith(`${nip}-`)
}
