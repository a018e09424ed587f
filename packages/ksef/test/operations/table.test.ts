/**
 * The table of operations as a whole: the tables of chapter 3 in numbers, effects and rate groups.
 *
 * @see spec/ksef.md sections 1.10 and 3, DESIGN "Operations are data"
 * @module
 */
import { expect, test } from 'vitest'
import { operations } from '../../src/operations/table.ts'
import type { KsefOperation } from '../../src/operations/table-row.ts'

const all: readonly [string, KsefOperation][] = Object.entries(operations)

test('each row is named like its key, has a sentence, and stands on a method and path of its own', () => {
  for (const [name, row] of all) {
    expect(row.name).toBe(name)
    expect(row.summary).toMatch(/^[A-Z].*\.$/)
  }
  expect(new Set(all.map(([, { method, path }]) => `${method} ${path}`)).size).toBe(all.length)
})

test.each([
  ['3.1', 'authentication', 6],
  ['3.2', 'sessions', 3],
  ['3.3', 'tokens', 4],
  ['3.4', 'certificates', 7],
  ['3.5 to 3.7', 'permissions', 19],
  ['3.8', 'limits', 10],
  ['3.14', 'peppol', 1],
  ['3.15', 'encryption', 1],
  ['3.16', 'testdata', 11],
])('section %s: %s has its %i operations', (_, area, count) => {
  expect(all.filter(([name]) => name.startsWith(`${area}.`))).toHaveLength(count)
})

test('every path parameter is a field that the operation takes', () => {
  for (const [, { path, request }] of all) {
    const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    expect(Object.keys(request.shape)).toEqual(expect.arrayContaining(parameters))
  }
})

test('what makes something new has effect once, what only reads has read', () => {
  expect(all.filter(([, { effect }]) => effect === 'once').map(([name]) => name)).toEqual([
    'authentication.submitXades',
    'authentication.submitKsefToken',
    'authentication.redeem',
    'tokens.generate',
    'certificates.enroll',
    'certificates.revoke',
    'permissions.grantPerson',
    'permissions.grantEntity',
    'permissions.grantAuthorization',
    'permissions.grantIndirect',
    'permissions.grantSubunit',
    'permissions.grantEuEntityAdministration',
    'permissions.grantEuEntity',
    'permissions.revokeCommon',
    'permissions.revokeAuthorization',
    'testdata.createSubject',
    'testdata.createPerson',
  ])
  for (const [name, { effect, method }] of all) {
    if (method === 'GET') expect(effect, name).toBe('read')
    if (method === 'DELETE' || method === 'PUT') expect(effect, name).not.toBe('read')
  }
})

test('section 1.10: the public group is what needs no access token, but for blocking a context', () => {
  const exceptions = ['testdata.blockContext', 'testdata.unblockContext']
  for (const [name, { who, rateGroup }] of all) {
    const isPublic = ['public', 'authenticationToken', 'refreshToken'].includes(String(who))
    expect(rateGroup, name).toBe(isPublic && !exceptions.includes(name) ? 'public' : 'other')
  }
})
