import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { isRolledBack, isTurnedDown, storeError } from '../../src/postgres/failures.ts'

const failed = (code: string, more: object = {}): Error =>
  Object.assign(new Error('Told by the client.'), { code, ...more })

describe('what a failed statement proves', () => {
  it.each(['40001', '40P01'])('%s: rolled back for another, so it may be sent again', (code) => {
    expect(isRolledBack(failed(code))).toBe(true)
  })

  it.each(['57014', '25006', '53100', '53300', '42P01', '28P01', '28000', '3D000', '57P03', '22021', '23514', '55P03'])(
    '%s: the server turned it down',
    (code) => {
      expect(isTurnedDown(failed(code, { severity: 'ERROR' }))).toBe(true)
      expect(isRolledBack(failed(code))).toBe(false)
    },
  )

  it.each(['57P01', '57P02', '57P05', '08006', '08003', '58030', 'XX000', 'XX001'])('%s: nothing', (code) => {
    expect(isTurnedDown(failed(code))).toBe(false)
  })

  it('a server that fails on its own log proves nothing, full disk or not', () => {
    expect(isTurnedDown(failed('53100', { severity: 'PANIC' }))).toBe(false)
  })

  it('a connection that was never made proves that nothing was sent; one that ended proves nothing', () => {
    expect(isTurnedDown(failed('ECONNREFUSED', { syscall: 'connect' }))).toBe(true)
    expect(isTurnedDown(failed('ENOTFOUND', { syscall: 'getaddrinfo' }))).toBe(true)
    expect(isTurnedDown(failed('ETIMEDOUT', { syscall: 'connect' }))).toBe(true)
    expect(isTurnedDown(failed('ETIMEDOUT', { syscall: 'read' }))).toBe(false)
    expect(isTurnedDown(failed('ECONNRESET', { syscall: 'read' }))).toBe(false)
    expect(isTurnedDown(new Error('Connection terminated unexpectedly'))).toBe(false)
    for (const odd of [undefined, null, 'text', 42, {}]) expect(isTurnedDown(odd)).toBe(false)
  })

  it('takes no system code of five letters for an SQLSTATE', () => {
    expect(isTurnedDown(failed('EPIPE', { syscall: 'write' }))).toBe(false)
    expect(storeError(failed('EPIPE'), 'swap', 't').details).toEqual({ operation: 'swap' })
  })
})

describe('what the caller hears', () => {
  it.each([
    ['28P01', 'LATCHKEY_STORE_UNAVAILABLE', 'password'],
    ['3D000', 'LATCHKEY_STORE_UNAVAILABLE', 'database'],
    ['25006', 'LATCHKEY_STORE_UNAVAILABLE', 'primary'],
    ['53100', 'LATCHKEY_STORE_UNAVAILABLE', 'disk'],
    ['53300', 'LATCHKEY_STORE_UNAVAILABLE', 'max_connections'],
    ['57014', 'LATCHKEY_STORE_UNAVAILABLE', 'lock'],
    ['57P01', 'LATCHKEY_STORE_UNAVAILABLE', 'reachable'],
    ['42P01', 'LATCHKEY_STORE_UNSUPPORTED', 'my.table is missing'],
    ['3F000', 'LATCHKEY_STORE_UNSUPPORTED', 'postgresMigration()'],
    ['42703', 'LATCHKEY_STORE_UNSUPPORTED', 'not as this version expects'],
    ['42501', 'LATCHKEY_STORE_UNSUPPORTED', 'Grant it select'],
  ])('%s: %s, and what to do', (sqlstate, code, told) => {
    const error = storeError(failed(sqlstate), 'read', 'my.table')
    expect(error).toMatchObject({ code, details: { sqlstate, operation: 'read' } })
    expect(error.message).toContain(told)
  })

  it('repeats nothing of what the client said (10.3)', () => {
    const clientError = failed('57P01', { client: { password: 'secret-word' }, detail: 'Key (secret-word) exists.' })
    clientError.message = 'secret-word'
    expect(inspect(storeError(clientError, 'swap', 't'), { depth: 9, showHidden: true })).not.toContain('secret-word')
  })
})
