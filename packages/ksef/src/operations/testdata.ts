/**
 * Test data: entities, persons, rights and blocks that only TEST and a simulator have.
 *
 * @see spec/ksef.md sections 3.16 and 3.19
 * @module
 */
import { parseRequest } from '@latchkey/http'
import type { ContextIdentifier } from '../values/context-identifier.ts'
import type { PersonPermissionType } from '../values/granted-permission.ts'
import type { Identifier, SubjectIdentifier } from '../values/identifier.ts'
import { send } from './context.ts'
import type { CallOptions, Context } from './context.ts'
import { harmless } from './look-up.ts'
import type { KsefOperation } from './table-row.ts'
import { operations } from './table.ts'
import { temporaryTestdata } from './temporary-testdata.ts'
import type { TemporaryTestdata } from './temporary-testdata.ts'

/** An entity of a kind that cannot be had by signing in. */
export interface TestSubject {
  readonly subjectNip: string
  /** `JST`: a local government. */
  readonly subjectType: 'EnforcementAuthority' | 'VatGroup' | 'JST'
  readonly subunits?: readonly { readonly subjectNip: string; readonly description: string }[] | undefined
  /** 5 to 256 characters. */
  readonly description: string
  /** Later than the last time, where the same NIP is created again. Text needs its zone. */
  readonly createdDate?: Date | string | undefined
}

/** Somebody with NIP and PESEL, who owns the context of that NIP. */
export interface TestPerson {
  readonly nip: string
  readonly pesel: string
  /** Adds `EnforcementOperations`. */
  readonly isBailiff: boolean
  /** 5 to 256 characters. */
  readonly description: string
  /** Signing in ends with status 470. @default false, set by KSeF */
  readonly isDeceased?: boolean | undefined
  /** Later than the last time, where the same NIP is created again. Text needs its zone. */
  readonly createdDate?: Date | string | undefined
}

/** Who has permissions, and where. */
export interface TestPermissionHolder {
  readonly contextIdentifier: Identifier<'Nip'>
  readonly authorizedIdentifier: SubjectIdentifier
}

export interface TestPermissions extends TestPermissionHolder {
  readonly permissions: readonly {
    readonly permissionType: PersonPermissionType
    /** 5 to 256 characters. */
    readonly description: string
  }[]
}

/**
 * `client.testdata` and `auth.testdata`. Elsewhere than on TEST or a simulator every call ends in `KSEF_TEST_ONLY`, and
 * nothing is sent.
 */
export interface Testdata {
  /**
   * Creates an entity. Effect `once`: `KSEF_REJECTED` with 30001 says that it is there.
   *
   * Source: spec/ksef.md section 3.16. `POST /testdata/subject`
   */
  createSubject(subject: TestSubject, run?: CallOptions): Promise<void>
  /**
   * Removes an entity and its subunits.
   *
   * Source: spec/ksef.md section 3.16. `POST /testdata/subject/remove`
   */
  removeSubject(subject: { readonly subjectNip: string }, run?: CallOptions): Promise<void>
  /**
   * Creates a person. Effect `once`: `KSEF_REJECTED` with 30001 says that it is there.
   *
   * Source: spec/ksef.md section 3.16. `POST /testdata/person`
   */
  createPerson(person: TestPerson, run?: CallOptions): Promise<void>
  /**
   * Removes a person and its permissions.
   *
   * Source: spec/ksef.md section 3.16. `POST /testdata/person/remove`
   */
  removePerson(person: { readonly nip: string }, run?: CallOptions): Promise<void>
  /**
   * Grants permissions as the form on paper would.
   *
   * Source: spec/ksef.md section 3.16. `POST /testdata/permissions`
   */
  grantPermissions(permissions: TestPermissions, run?: CallOptions): Promise<void>
  /**
   * Revokes them.
   *
   * Source: spec/ksef.md section 3.16. `POST /testdata/permissions/revoke`
   */
  revokePermissions(holder: TestPermissionHolder, run?: CallOptions): Promise<void>
  /**
   * Allows invoices with attachments.
   *
   * Source: spec/ksef.md section 3.16. `POST /testdata/attachment`
   */
  enableAttachments(entity: { readonly nip: string }, run?: CallOptions): Promise<void>
  /**
   * Withdraws that, at once or at a day (`YYYY-MM-DD`).
   *
   * Source: spec/ksef.md section 3.16. `POST /testdata/attachment/revoke`
   */
  revokeAttachments(
    entity: { readonly nip: string; readonly expectedEndDate?: string | undefined },
    run?: CallOptions,
  ): Promise<void>
  /**
   * Blocks signing in to a context: it ends with status 480.
   *
   * Source: spec/ksef.md section 3.16. `POST /testdata/context/block`
   */
  blockContext(context: { readonly contextIdentifier: ContextIdentifier }, run?: CallOptions): Promise<void>
  /**
   * Lifts that block.
   *
   * Source: spec/ksef.md section 3.16. `POST /testdata/context/unblock`
   */
  unblockContext(context: { readonly contextIdentifier: ContextIdentifier }, run?: CallOptions): Promise<void>
  /**
   * Moves the end of a certificate of the caller, into the past for one. Only for who signed in.
   *
   * Source: spec/ksef.md section 3.16. `PUT /testdata/certificates/{serialNumber}`
   */
  updateCertificateValidTo(
    certificate: { readonly serialNumber: string; readonly validTo: Date | string },
    run?: CallOptions,
  ): Promise<void>
  /** Begins a scope that undoes at its end what was made through it, also after an error. */
  temporary(): TemporaryTestdata
}

export function testdataOf(context: Context): Testdata {
  const post =
    (operation: KsefOperation) =>
    async (input: object, run?: CallOptions): Promise<void> => {
      const body = parseRequest(operation, input, [])
      const unknown = operation.effect === 'keyed' ? harmless : creation
      await send(context, operation, { body, unknown }, run)
    }
  const testdata: Testdata = {
    createSubject: post(operations['testdata.createSubject']),
    removeSubject: post(operations['testdata.removeSubject']),
    createPerson: post(operations['testdata.createPerson']),
    removePerson: post(operations['testdata.removePerson']),
    grantPermissions: post(operations['testdata.grantPermissions']),
    revokePermissions: post(operations['testdata.revokePermissions']),
    enableAttachments: post(operations['testdata.enableAttachments']),
    revokeAttachments: post(operations['testdata.revokeAttachments']),
    blockContext: post(operations['testdata.blockContext']),
    unblockContext: post(operations['testdata.unblockContext']),
    async updateCertificateValidTo(certificate, run) {
      const operation = operations['testdata.updateCertificateValidTo']
      const { serialNumber, ...body } = parseRequest(operation, certificate, [])
      await send(context, operation, { params: { serialNumber }, body, unknown: harmless }, run)
    },
    temporary: () => temporaryTestdata(testdata),
  }
  return Object.freeze(testdata)
}

const creation = { advice: 'Create it again: a refusal with code 30001 says that it is there.' }
