/**
 * What narrows a list of permissions, as flags state it: refused where the list does not know it, and turned into what
 * the client's searches take.
 *
 * @see spec/ksef.md section 3.7
 * @module
 */
import type {
  AuthorizationQuery,
  EntityPermissionQuery,
  EuEntityPermissionQuery,
  PersonalPermissionQuery,
  PersonPermissionQuery,
  SubordinateEntityRoleQuery,
  SubunitPermissionQuery,
} from '@latchkey/ksef'
import { flagNamed, UsageError } from '../../../usage.ts'
import { identifierIn } from '../words.ts'
import type { PermissionFilterFlags } from './flags.ts'
import { listFilters } from './list-kinds.ts'
import type { ListKind } from './list-kinds.ts'

/** What each list is narrowed by. The client checks the values, and the words of permissions. */
export interface Filters {
  readonly personal: PersonalPermissionQuery
  readonly persons: Omit<PersonPermissionQuery, 'queryType'>
  readonly granted: Omit<PersonPermissionQuery, 'queryType'>
  readonly subunits: SubunitPermissionQuery
  readonly entities: EntityPermissionQuery
  readonly roles: object
  readonly subordinates: SubordinateEntityRoleQuery
  readonly authorizations: Omit<AuthorizationQuery, 'queryType'>
  readonly received: Omit<AuthorizationQuery, 'queryType'>
  readonly euEntities: EuEntityPermissionQuery
}

/** @throws {UsageError} A flag does not narrow this list, or is malformed. */
export function filtersFrom<Kind extends ListKind>(kind: Kind, flags: PermissionFilterFlags): Filters[Kind] {
  for (const filter of filterNames) {
    if (flags[filter] === undefined || listFilters[kind].includes(filter)) continue
    const narrowed = kindNames.filter((other) => listFilters[other].includes(filter)).map(flagNamed)
    throw new UsageError(`${flagNamed(filter)} does not narrow ${flagNamed(kind)}, but ${narrowed.join(' and ')}.`)
  }
  return filters[kind](flags)
}

const kindNames = Object.keys(listFilters) as ListKind[] // Its own names.
const filterNames = [...new Set(Object.values(listFilters).flat())]

const units = ['Nip', 'InternalId'] as const
const subjects = ['Nip', 'Pesel', 'Fingerprint'] as const

const ofPersons = ({ subject, author, ...flags }: PermissionFilterFlags): Filters['persons'] => ({
  authorizedIdentifier: given(subject, (text) => identifierIn('--subject', text, subjects)),
  authorIdentifier: given(author, (text) => wordOr('System', '--author', text, subjects)),
  ...(filters.personal(flags) as Filters['persons']), // Of persons' permissions only; the client knows which.
})

const filters: { readonly [Kind in ListKind]: (flags: PermissionFilterFlags) => Filters[Kind] } = {
  personal: ({ context, target, permission, state }) => ({
    contextIdentifier: given(context, (text) => identifierIn('--context', text, units)),
    targetIdentifier: given(target, (text) => wordOr('AllPartners', '--target', text, units)),
    permissionTypes: permission as Filters['personal']['permissionTypes'],
    permissionState: state,
  }),
  persons: ofPersons,
  granted: ofPersons,
  subunits: ({ unit }) => ({ subunitIdentifier: given(unit, (text) => identifierIn('--unit', text, units)) }),
  entities: ({ context }) => ({ contextIdentifier: given(context, (text) => identifierIn('--context', text, units)) }),
  roles: () => ({}),
  subordinates: ({ entity }) => ({
    subordinateEntityIdentifier: given(entity, (text) => identifierIn('--entity', text, ['Nip'])),
  }),
  authorizations: ({ subject, permission }) => ({
    authorizedIdentifier: given(subject, (text) => identifierIn('--subject', text, ['Nip', 'PeppolId'])),
    permissionTypes: permission as Filters['authorizations']['permissionTypes'],
  }),
  received: ({ entity, permission }) => ({
    authorizingIdentifier: given(entity, (text) => identifierIn('--entity', text, ['Nip'])),
    permissionTypes: permission as Filters['received']['permissionTypes'],
  }),
  euEntities: ({ vatUe, fingerprint, permission }) => ({
    vatUeIdentifier: vatUe,
    authorizedFingerprintIdentifier: fingerprint,
    permissionTypes: permission as Filters['euEntities']['permissionTypes'],
  }),
}

function given<T>(text: string | undefined, read: (text: string) => T): T | undefined {
  return text === undefined ? undefined : read(text)
}

/** A word that names somebody by itself, or TYPE:VALUE. */
function wordOr<Word extends string, Type extends string>(
  word: Word,
  flag: string,
  text: string,
  types: readonly Type[],
): { readonly type: Word } | { readonly type: Type; readonly value: string } {
  return text.toLowerCase() === word.toLowerCase() ? { type: word } : identifierIn(flag, text, types)
}
