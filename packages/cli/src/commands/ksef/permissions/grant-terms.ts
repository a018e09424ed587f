/**
 * What is granted: what a file says, or what the flags say. The client checks it; what it finds wrong in a file is told
 * with the line and the field.
 *
 * @see spec/ksef.md sections 3.5 and 3.18
 * @module
 */
import type {
  AuthorizationRequest,
  EntityGrant,
  EuEntityAdministrationGrant,
  EuEntityGrant,
  IndirectGrant,
  PermissionOperation,
  Permissions,
  PersonGrant,
  PersonSubjectDetails,
  SubunitGrant,
} from '@latchkey/ksef'
import type { Io } from '../../../io.ts'
import { refuseBesideFile, requestFromFile, requestFromFlags } from '../../../request-file.ts'
import { flagNamed, UsageError } from '../../../usage.ts'
import { identifierIn } from '../words.ts'
import type { GrantFlags } from './flags.ts'
import { grantKinds } from './grant-kinds.ts'
import type { GrantKind } from './grant-kinds.ts'

/** A grant that is ready to be sent. */
export interface PreparedGrant {
  readonly send: (permissions: Permissions, signal: AbortSignal) => Promise<PermissionOperation>
}

/** @throws {UsageError} Neither a file nor all flags that are needed are given, or the file cannot be read. */
export async function prepareGrant(kind: GrantKind, flags: GrantFlags, io: Io): Promise<PreparedGrant> {
  const { build, send } = grants[kind] as Grant<unknown> // Its own request goes to its own operation.
  const { file } = flags
  if (file !== undefined) {
    const stated = grantKinds[kind].flags.map((name) => [flagNamed(name), flags[name]] as const)
    refuseBesideFile(file, 'the grant', Object.fromEntries<unknown>(stated))
  }
  const given = file === undefined ? requestFromFlags(build(flags)) : await requestFromFile<unknown>(file, io)
  return { send: (permissions, signal) => given.send(() => send(permissions, given.request, { signal })) }
}

interface Grant<Request> {
  readonly build: (flags: GrantFlags) => Request
  readonly send: (
    permissions: Permissions,
    request: Request,
    run: { readonly signal: AbortSignal },
  ) => Promise<PermissionOperation>
}

const persons = ['Nip', 'Pesel'] as const

// Words of permissions are passed on as they are: the client knows which ones there are.
const grants: { readonly [Kind in GrantKind]: Grant<Requests[Kind]> } = {
  person: {
    build: (flags) => ({
      subjectIdentifier: identifierIn('--subject', needed('--subject', flags.subject), persons),
      permissions: permissionsOf(flags) as PersonGrant['permissions'],
      ...described(flags),
      subjectDetails: personOf(flags),
    }),
    send: (permissions, grant, run) => permissions.grantPerson(grant, run),
  },
  entity: {
    build: (flags) => ({
      subjectIdentifier: identifierIn('--subject', needed('--subject', flags.subject), ['Nip']),
      permissions: (permissionsOf(flags) as EntityGrant['permissions'][number]['type'][]).map((type) => ({
        type,
        ...(flags.delegate && { canDelegate: true }),
      })),
      ...described(flags),
      subjectDetails: { fullName: needed('--name', flags.name) },
    }),
    send: (permissions, grant, run) => permissions.grantEntity(grant, run),
  },
  authorization: {
    build(flags) {
      const [permission, another] = permissionsOf(flags) as AuthorizationRequest['permission'][]
      if (permission === undefined || another !== undefined) {
        throw new UsageError('--permission is given once for an authorization: grant them one by one.')
      }
      return {
        subjectIdentifier: identifierIn('--subject', needed('--subject', flags.subject), ['Nip', 'PeppolId']),
        permission,
        ...described(flags),
        subjectDetails: { fullName: needed('--name', flags.name) },
      }
    },
    send: (permissions, grant, run) => permissions.grantAuthorization(grant, run),
  },
  indirect: {
    build: ({ target, ...flags }) => ({
      subjectIdentifier: identifierIn('--subject', needed('--subject', flags.subject), persons),
      ...(target !== undefined && { targetIdentifier: identifierIn('--target', target, ['Nip', 'InternalId']) }),
      permissions: permissionsOf(flags) as IndirectGrant['permissions'],
      ...described(flags),
      subjectDetails: personOf(flags),
    }),
    send: (permissions, grant, run) => permissions.grantIndirect(grant, run),
  },
  subunit: {
    build: (flags) => ({
      subjectIdentifier: identifierIn('--subject', needed('--subject', flags.subject), persons),
      contextIdentifier: identifierIn('--unit', needed('--unit', flags.unit), ['InternalId', 'Nip']),
      ...(flags.unitName !== undefined && { subunitName: flags.unitName }),
      ...described(flags),
      subjectDetails: personOf(flags),
    }),
    send: (permissions, grant, run) => permissions.grantSubunit(grant, run),
  },
  'eu-entity': {
    build: () => fileOnly(),
    send: (permissions, grant, run) => permissions.grantEuEntity(grant, run),
  },
  'eu-administrator': {
    build: () => fileOnly(),
    send: (permissions, grant, run) => permissions.grantEuEntityAdministration(grant, run),
  },
}

interface Requests {
  readonly person: PersonGrant
  readonly entity: EntityGrant
  readonly authorization: AuthorizationRequest
  readonly indirect: IndirectGrant
  readonly subunit: SubunitGrant
  readonly 'eu-entity': EuEntityGrant
  readonly 'eu-administrator': EuEntityAdministrationGrant
}

function fileOnly(): never {
  throw new UsageError('--file is missing: this grant says too much for flags.')
}

function permissionsOf({ permission }: Pick<GrantFlags, 'permission'>): readonly string[] {
  if (permission !== undefined) return permission
  throw new UsageError('--permission is missing: what to allow. Or pass --file.')
}

function described({ description }: Pick<GrantFlags, 'description'>): { readonly description: string } {
  return { description: needed('--description', description) }
}

function personOf({ firstName, lastName }: Pick<GrantFlags, 'firstName' | 'lastName'>): PersonSubjectDetails {
  const personById = {
    firstName: needed('--first-name', firstName),
    lastName: needed('--last-name', lastName),
  }
  return { subjectDetailsType: 'PersonByIdentifier', personById }
}

function needed(flag: string, value: string | undefined): string {
  if (value === undefined) throw new UsageError(`${flag} is missing. Or pass --file.`)
  return value
}
