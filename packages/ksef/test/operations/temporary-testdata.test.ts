/**
 * The scope that undoes the test data which it made.
 *
 * @see spec/ksef.md sections 3.16, 3.19 and 7.7
 * @module
 */
import { OutcomeUnknownError } from '@latchkey/http'
import type { Scripted } from '@latchkey/testkit'
import { expect, test } from 'vitest'
import type { TemporaryTestdata } from '../../src/operations/temporary-testdata.ts'
import { Environment } from '../../src/values/environments.ts'
import { lost, on, problem, services } from '../support/services.ts'
import { description, internalId, nip, pesel } from '../support/samples.ts'

const done = { status: 200 } as const
const person = { nip, pesel, isBailiff: false, description }
const holder = {
  contextIdentifier: { type: 'Nip', value: nip },
  authorizedIdentifier: { type: 'Pesel', value: pesel },
} as const

/** Runs a body in a scope of its own. */
async function within(
  script: readonly Scripted[],
  body: (scope: TemporaryTestdata) => Promise<void>,
  environment = Environment.TEST,
) {
  const { auth, fetch, clock, bodies } = services(script, environment)
  const run = async (): Promise<void> => {
    await using scope = auth.testdata.temporary()
    await body(scope)
  }
  const error: unknown = await clock.drive(run()).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  fetch.done()
  return { error, bodies: bodies() }
}

test('everything is undone at the end, the last first', async () => {
  const { error, bodies } = await within(
    [
      on('POST /testdata/subject', done),
      on('POST /testdata/person', done),
      on('POST /testdata/permissions', done),
      on('POST /testdata/attachment', done),
      on('POST /testdata/context/block', done),
      on('POST /testdata/context/unblock', done),
      on('POST /testdata/attachment/revoke', done),
      on('POST /testdata/permissions/revoke', done),
      on('POST /testdata/person/remove', done),
      on('POST /testdata/subject/remove', done),
    ],
    async (scope) => {
      await scope.createSubject({ subjectNip: nip, subjectType: 'JST', description })
      await scope.createPerson(person)
      await scope.grantPermissions({ ...holder, permissions: [{ permissionType: 'InvoiceRead', description }] })
      await scope.enableAttachments({ nip })
      await scope.blockContext({ contextIdentifier: { type: 'InternalId', value: internalId } })
    },
  )
  expect(error).toBeUndefined()
  expect(bodies.slice(5)).toEqual([
    { contextIdentifier: { type: 'InternalId', value: internalId } },
    { nip },
    holder,
    { nip },
    { subjectNip: nip },
  ])
})

test('also after an error, which is thrown on', async () => {
  const failure = new Error('The test that used it failed.')
  const { error } = await within(
    [on('POST /testdata/person', done), on('POST /testdata/person/remove', done)],
    async (scope) => {
      await scope.createPerson(person)
      throw failure
    },
  )
  expect(error).toBe(failure)
})

test('what KSeF refused was not made, and is not undone (30001: somebody else made it)', async () => {
  const { error } = await within([on('POST /testdata/person', problem(30001))], (scope) => scope.createPerson(person))
  expect(error).toMatchObject({ code: 'KSEF_REJECTED', providerCode: '30001' })
})

test('what may have been made is undone', async () => {
  const { error } = await within(
    [on('POST /testdata/person', lost), on('POST /testdata/person/remove', done)],
    (scope) => scope.createPerson(person),
  )
  expect(error).toBeInstanceOf(OutcomeUnknownError)
})

test('an object that is used again afterwards does not change what is undone', async () => {
  const input = { nip }
  const { bodies } = await within(
    [on('POST /testdata/attachment', done), on('POST /testdata/attachment/revoke', done)],
    async (scope) => {
      await scope.enableAttachments(input)
      input.nip = '1111111111'
    },
  )
  expect(bodies).toEqual([{ nip }, { nip }])
})

test('what cannot be undone does not keep the rest from being undone', async () => {
  const made = [on('POST /testdata/person', done), on('POST /testdata/attachment', done)]
  const make = async (scope: TemporaryTestdata): Promise<void> => {
    await scope.createPerson(person)
    await scope.enableAttachments({ nip })
  }
  const one = await within(
    [...made, on('POST /testdata/attachment/revoke', problem(21405)), on('POST /testdata/person/remove', done)],
    make,
  )
  expect(one.error).toMatchObject({ code: 'KSEF_INVALID_REQUEST', operation: 'testdata.revokeAttachments' })
  const both = await within(
    [
      ...made,
      on('POST /testdata/attachment/revoke', problem(21405)),
      on('POST /testdata/person/remove', problem(21405)),
    ],
    make,
  )
  expect(both.error).toBeInstanceOf(AggregateError)
  expect((both.error as AggregateError).errors).toHaveLength(2)
})

test('bad input makes nothing and undoes nothing', async () => {
  const { error } = await within([], (scope) => scope.enableAttachments({ nip: '1' }))
  expect(error).toMatchObject({ code: 'ERR_INVALID_ARG' })
})

test('outside TEST nothing is sent', async () => {
  const { error } = await within([], (scope) => scope.createPerson(person), Environment.PRODUCTION)
  expect(error).toMatchObject({ code: 'KSEF_TEST_ONLY' })
})
