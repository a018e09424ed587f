/**
 * Test data for a while: what a scope makes it undoes, in the opposite order.
 *
 * @see spec/ksef.md sections 3.16 and 7.7
 * @module
 */
import { ProviderError } from '@latchkey/http'
import type { Testdata } from './testdata.ts'

type Temporary = 'createSubject' | 'createPerson' | 'grantPermissions' | 'enableAttachments' | 'blockContext'

/**
 * What can be undone. Permissions go all at once: undoing a grant takes every permission of that holder in that context.
 *
 * @example
 * ```ts
 * await using scope = client.testdata.temporary()
 * await scope.createPerson({ nip, pesel, isBailiff: false, description: 'Sole trader' })
 * ```
 */
export interface TemporaryTestdata extends Pick<Testdata, Temporary>, AsyncDisposable {
  /**
   * Undoes everything, the last first. What cannot be undone does not keep the rest from being undone: one failure is
   * thrown as it is, several as an `AggregateError`.
   */
  [Symbol.asyncDispose](): Promise<void>
}

export function temporaryTestdata(testdata: Testdata): TemporaryTestdata {
  const undoing: (() => Promise<void>)[] = []
  const make = async <Input>(input: Input, making: Promise<void>, undo: (input: Input) => Promise<void>) => {
    const remember = (): void => {
      const kept = structuredClone(input) // The caller may go on with the object.
      undoing.push(() => undo(kept))
    }
    try {
      await making
    } catch (error) {
      if (mayHaveHappened(error)) remember()
      throw error
    }
    remember()
  }
  const temporary: TemporaryTestdata = {
    createSubject: (subject, run) =>
      make(subject, testdata.createSubject(subject, run), ({ subjectNip }) => testdata.removeSubject({ subjectNip })),
    createPerson: (person, run) =>
      make(person, testdata.createPerson(person, run), ({ nip }) => testdata.removePerson({ nip })),
    grantPermissions: (permissions, run) =>
      make(permissions, testdata.grantPermissions(permissions, run), ({ contextIdentifier, authorizedIdentifier }) =>
        testdata.revokePermissions({ contextIdentifier, authorizedIdentifier }),
      ),
    enableAttachments: (entity, run) =>
      make(entity, testdata.enableAttachments(entity, run), ({ nip }) => testdata.revokeAttachments({ nip })),
    blockContext: (context, run) =>
      make(context, testdata.blockContext(context, run), ({ contextIdentifier }) =>
        testdata.unblockContext({ contextIdentifier }),
      ),
    async [Symbol.asyncDispose]() {
      const failures: unknown[] = []
      for (let undo = undoing.pop(); undo !== undefined; undo = undoing.pop()) {
        await undo().catch((error: unknown) => failures.push(error))
      }
      if (failures.length === 1) throw failures[0]
      if (failures.length > 1) throw new AggregateError(failures, 'Some of the test data could not be removed.')
    },
  }
  return Object.freeze(temporary)
}

// A refusal and a mistake in the input certainly made nothing. A lost answer or an abort tells nothing.
function mayHaveHappened(error: unknown): boolean {
  return !(error instanceof ProviderError || error instanceof TypeError)
}
