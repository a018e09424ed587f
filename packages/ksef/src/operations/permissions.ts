/**
 * Permissions: granting, revoking, and following both to their end.
 *
 * @see spec/ksef.md sections 3.5, 3.6 and 3.18
 * @module
 */
import { parseRequest, poll } from '@latchkey/http'
import type { WaitOptions } from '@latchkey/http'
import type {
  AttachmentPermission,
  PermissionOperation,
  PermissionOperationStatus,
} from '../values/permission-operation.ts'
import { progressOf } from '../values/status.ts'
import { ask } from './answers.ts'
import type { Asking } from './answers.ts'
import type { CallOptions, Context } from './context.ts'
import { grantTraces } from './grant-traces.ts'
import type { FindGrant } from './grant-traces.ts'
import type {
  AuthorizationRequest,
  EntityGrant,
  EuEntityAdministrationGrant,
  EuEntityGrant,
  IndirectGrant,
  PersonGrant,
  SubunitGrant,
} from './permission-grants.ts'
import { permissionQueriesOf } from './permission-queries.ts'
import type { PermissionQueries } from './permission-queries.ts'
import { failedProgress, notFinished } from './progress.ts'
import { parseReference, parseWait } from './reference.ts'
import type { Referenced } from './reference.ts'
import { operations } from './table.ts'

/**
 * `auth.permissions`. A grant or a revocation resolves once KSeF took it, and may still fail: follow it with
 * {@link Permissions.waitForOperation}. All of them have effect `once`.
 *
 * Each throws `TypeError` (`ERR_INVALID_ARG` with `issues`; nothing was sent), `ProviderError`, and where the answer was
 * lost `OutcomeUnknownError`: for a grant, `resolve()` looks for what it made.
 */
export interface Permissions extends PermissionQueries {
  /**
   * Grants a person, by NIP, PESEL or fingerprint, rights in the current context.
   *
   * Source: spec/ksef.md section 3.5. `POST /permissions/persons/grants`
   */
  grantPerson(grant: PersonGrant, run?: CallOptions): Promise<PermissionOperation>
  /**
   * Grants an entity the right to see or send invoices, and maybe to pass it on.
   *
   * Source: spec/ksef.md section 3.5. `POST /permissions/entities/grants`
   */
  grantEntity(grant: EntityGrant, run?: CallOptions): Promise<PermissionOperation>
  /**
   * Lets an entity act for the current one in its own context.
   *
   * Source: spec/ksef.md section 3.5. `POST /permissions/authorizations/grants`
   */
  grantAuthorization(grant: AuthorizationRequest, run?: CallOptions): Promise<PermissionOperation>
  /**
   * Passes rights of a client, or of all clients, on to a person. The client must have granted them with `canDelegate`.
   *
   * Source: spec/ksef.md section 3.5. `POST /permissions/indirect/grants`
   */
  grantIndirect(grant: IndirectGrant, run?: CallOptions): Promise<PermissionOperation>
  /**
   * Appoints an administrator of a subordinate entity, or of a unit that comes into being by it.
   *
   * Source: spec/ksef.md section 3.5. `POST /permissions/subunits/grants`
   */
  grantSubunit(grant: SubunitGrant, run?: CallOptions): Promise<PermissionOperation>
  /**
   * Appoints a representative of the EU entity that is the current context.
   *
   * Source: spec/ksef.md section 3.5. `POST /permissions/eu-entities/grants`
   */
  grantEuEntity(grant: EuEntityGrant, run?: CallOptions): Promise<PermissionOperation>
  /**
   * Appoints an administrator of an EU entity, which comes into being by it.
   *
   * Source: spec/ksef.md section 3.5. `POST /permissions/eu-entities/administration/grants`
   */
  grantEuEntityAdministration(grant: EuEntityAdministrationGrant, run?: CallOptions): Promise<PermissionOperation>
  /**
   * Revokes any permission but an authorization of an entity. The id comes from a query.
   *
   * Source: spec/ksef.md section 3.6. `DELETE /permissions/common/grants/{permissionId}`
   */
  revokeCommon(permission: { readonly permissionId: string }, run?: CallOptions): Promise<PermissionOperation>
  /**
   * Revokes an authorization of an entity. The id comes from a query.
   *
   * Source: spec/ksef.md section 3.6. `DELETE /permissions/authorizations/grants/{permissionId}`
   */
  revokeAuthorization(permission: { readonly permissionId: string }, run?: CallOptions): Promise<PermissionOperation>
  /**
   * Reads whether the current context may send invoices with attachments.
   *
   * Source: spec/ksef.md section 3.6. `GET /permissions/attachments/status`
   */
  attachmentStatus(run?: CallOptions): Promise<AttachmentPermission>
  /**
   * Reads how far a grant or a revocation is. KSeF remembers it for 30 days.
   *
   * Source: spec/ksef.md section 3.6. `GET /permissions/operations/{referenceNumber}`
   */
  operationStatus(operation: Referenced, run?: CallOptions): Promise<PermissionOperationStatus>
  /**
   * Asks until a grant or a revocation has succeeded: after 1 s, then ever more rarely up to every 10 s.
   *
   * @throws {ProviderError} `KSEF_OPERATION_FAILED`: nothing changed; `reason` and `codes` say why. `KSEF_NOT_FINISHED`:
   *   time is up.
   */
  waitForOperation(operation: Referenced & WaitOptions): Promise<PermissionOperationStatus>
}

export function permissionsOf(context: Context): Permissions {
  const queries = permissionQueriesOf(context)
  const traces = grantTraces(context, queries)
  const grant = async <Input extends object>(
    operation: Asking<PermissionOperation>,
    input: Input,
    run: CallOptions | undefined,
    traceOf: (input: Input) => FindGrant,
  ): Promise<PermissionOperation> => {
    const body = parseRequest(operation, input, [])
    const sentAt = context.clock.wall()
    const find = traceOf(structuredClone(input)) // The caller may go on with the object.
    const unknown = { resolve: () => find(sentAt) }
    return ask(context, operation, { body, unknown }, run)
  }
  const revoke = async (
    operation: Asking<PermissionOperation>,
    permission: { readonly permissionId: string },
    run: CallOptions | undefined,
  ): Promise<PermissionOperation> => {
    parseRequest(operation, permission, [])
    const params = { permissionId: permission.permissionId }
    return ask(context, operation, { params, unknown: { advice: revocationAdvice } }, run)
  }
  const permissions: Permissions = {
    ...queries,
    grantPerson: async (input, run) => grant(operations['permissions.grantPerson'], input, run, traces.person),
    grantEntity: async (input, run) => grant(operations['permissions.grantEntity'], input, run, traces.entity),
    grantAuthorization: async (input, run) =>
      grant(operations['permissions.grantAuthorization'], input, run, traces.authorization),
    grantIndirect: async (input, run) => grant(operations['permissions.grantIndirect'], input, run, traces.indirect),
    grantSubunit: async (input, run) => grant(operations['permissions.grantSubunit'], input, run, traces.subunit),
    grantEuEntity: async (input, run) => grant(operations['permissions.grantEuEntity'], input, run, traces.euEntity),
    grantEuEntityAdministration: async (input, run) =>
      grant(operations['permissions.grantEuEntityAdministration'], input, run, traces.euEntityAdministration),
    revokeCommon: async (permission, run) => revoke(operations['permissions.revokeCommon'], permission, run),
    revokeAuthorization: async (permission, run) =>
      revoke(operations['permissions.revokeAuthorization'], permission, run),
    attachmentStatus: (run) => ask(context, operations['permissions.attachmentStatus'], {}, run),
    async operationStatus(operation, run) {
      const row = operations['permissions.operationStatus']
      return ask(context, row, { params: parseReference(row, operation) }, run)
    },
    async waitForOperation(operation) {
      const { referenceNumber, options } = parseWait(operations['permissions.operationStatus'], operation)
      const awaited = { operation: 'permissions.waitForOperation', what: 'the operation', referenceNumber }
      const ended = await poll(
        context,
        options,
        (run) => permissions.operationStatus({ referenceNumber }, run),
        ({ status }) => progressOf(status) !== 'pending',
        (last) => notFinished(awaited, last?.outcome),
      )
      if (progressOf(ended.status) === 'failed') throw failedProgress(awaited, ended.status, ended.outcome)
      return ended
    },
  }
  return Object.freeze(permissions)
}

const revocationAdvice =
  'Search for the permission: once its id is gone, it is revoked. Revoking again is harmless, but a second operation ' +
  'fails where the first one succeeded.'
