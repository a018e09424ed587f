import { expect, test } from 'vitest'
import { z } from 'zod'
import { parseRequest } from '../src/request-issues.ts'

const request = z.strictObject({
  email: z.string('must be text'),
  device: z.strictObject({ type: z.string('must be text') }),
})

function issuesOf(input: unknown): unknown {
  try {
    return parseRequest({ name: 'order', request }, input, [{ path: 'email', message: 'is of another environment' }])
  } catch (error) {
    return (error as { issues: unknown }).issues // What it throws has them.
  }
}

test('every problem is told at once, with the way to it and the nearest known name', () => {
  expect(issuesOf({ emial: 'a', device: { type: 1, tipe: 'x' } })).toEqual([
    { path: 'email', message: 'must be text' },
    { path: 'device.type', message: 'must be text' },
    { path: 'device.tipe', message: 'is not a field' },
    { path: 'emial', message: 'is not a field; did you mean "email"?' },
  ])
})

test('an issue that the schema cannot see is told where the schema has none for its field', () => {
  expect(issuesOf({ email: 'a', device: { type: 'x' } })).toEqual([
    { path: 'email', message: 'is of another environment' },
  ])
})

test('they stand in one sentence, with one mark at its end', () => {
  const refused = (input: unknown) => () => parseRequest({ name: 'order', request }, input, [])
  expect(refused({ device: { type: 'x' } })).toThrow(/^order: nothing was sent: email must be text\.$/)
  expect(refused({ email: 'a', device: { type: 'x' }, devise: 1 })).toThrow(/did you mean "device"\?$/)
})
