/** The token in a caller's hand: immutable, silent, pessimistic about time. Engine.md 1, 3.4 and 3.5. @module */
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { HeldToken, heldRefreshToken } from '../../src/held-token.ts'
import { Secret } from '../../src/secret.ts'
import { assertNoSecrets, virtualClock } from '@latchkey/testkit'

const text = 'access-zPq7-very-secret'

function held(life = 300_000) {
  const clock = virtualClock()
  const scopes = ['read', 'write']
  const deadline = { mono: clock.mono() + life, wall: clock.wall() + life, life }
  return { clock, scopes, token: new HeldToken(42, { scheme: 'Bearer', scopes }, new Secret(text), deadline, clock) }
}

describe('a held token', () => {
  it('gives its secret as a header and as text, and in no other way (1)', () => {
    const { token } = held()
    expect(token.header()).toBe(`Bearer ${text}`)
    expect(token.reveal()).toBe(text)
    expect(Object.keys(token).sort()).toEqual(['generation', 'lifetime', 'scheme', 'scopes'])
  })

  it.each([
    ['String', (token: HeldToken) => String(token as unknown)],
    ['JSON', (token: HeldToken) => JSON.stringify({ token })],
    ['inspect', (token: HeldToken) => inspect(token, { showHidden: true, depth: 10 })],
    ['inspect with getters', (token: HeldToken) => inspect(token, { showHidden: true, getters: true, depth: 10 })],
    ['spreading', (token: HeldToken) => inspect({ ...token }, { showHidden: true, depth: 10 })],
    ['a structured clone', (token: HeldToken) => inspect(structuredClone({ ...token }), { showHidden: true })],
    ['a list of entries', (token: HeldToken) => JSON.stringify(Object.entries(token))],
    ['property descriptors', (token: HeldToken) => inspect(Object.getOwnPropertyDescriptors(token), { depth: 10 })],
  ])('shows nothing to %s (10.3)', (_, show) => {
    expect(() => assertNoSecrets(show(held().token), [text])).not.toThrow()
  })

  it('cannot be changed (1)', () => {
    const { token } = held()
    expect(() => Object.assign(token, { generation: 99 })).toThrow(TypeError)
    expect(() => Object.assign(token, { extra: 1 })).toThrow(TypeError)
    expect(() => Object.defineProperty(token, 'reveal', { value: () => 'mine' })).toThrow(TypeError)
    expect(token.generation).toBe(42)
  })

  it('cannot be changed through its scopes, nor through the list they came from (1)', () => {
    const { token, scopes } = held()
    expect(() => (token.scopes as string[]).push('admin')).toThrow(TypeError) // As a caller without types would.
    scopes.push('admin')
    expect(token.scopes).toEqual(['read', 'write'])
  })

  it('has no scopes where none are known', () => {
    const { clock } = held()
    const token = new HeldToken(1, { scheme: 'Bearer' }, new Secret(text), { mono: 0, wall: 0, life: 0 }, clock)
    expect('scopes' in token).toBe(false)
  })
})

describe('the refresh token beside it', () => {
  const refresh = { token: new Secret('refresh-Wk3-very-secret'), until: 1_900_000_000_000 }
  const withRefresh = (): HeldToken => {
    const deadline = { mono: 0, wall: 0, life: 0 }
    return new HeldToken(1, { scheme: 'Bearer' }, new Secret(text), deadline, virtualClock(), refresh)
  }

  it('comes out through its own door', () => {
    expect(heldRefreshToken(withRefresh())).toBe(refresh)
  })

  it('is absent where there is none, and in the token of another maker', () => {
    const { token } = held()
    expect(heldRefreshToken(token)).toBeUndefined()
    expect(heldRefreshToken({ ...token, remaining: () => 0, header: () => '', reveal: () => '' })).toBeUndefined()
  })

  it('shows in nothing that prints the token (10.3)', () => {
    const shown = inspect(withRefresh(), { showHidden: true, getters: true, depth: 10 })
    expect(() => assertNoSecrets(shown + JSON.stringify(withRefresh()), ['refresh-Wk3-very-secret'])).not.toThrow()
  })
})

describe('remaining (3.4, 3.5)', () => {
  it('counts down with both clocks and ends at nothing', async () => {
    const { clock, token } = held(1_000)
    await clock.advance(999)
    expect(token.remaining()).toBe(1)
    await clock.advance(1)
    expect(token.remaining()).toBe(0)
    await clock.advance(1)
    expect(token.remaining()).toBe(0)
  })

  it.each([
    ['the wall clock where that went ahead', 100_000, 200_000],
    ['the monotonic clock where the wall clock went back', -100_000, 300_000],
  ])('goes by %s', (_, step, remaining) => {
    const { clock, token } = held()
    clock.stepWall(step)
    expect(token.remaining()).toBe(remaining)
  })

  it('goes by the wall clock after the machine slept', async () => {
    const { clock, token } = held()
    await clock.suspend(8 * 3_600_000)
    expect(token.remaining()).toBe(0)
  })

  it('is never above the full lifetime, whatever the clocks claim', () => {
    const { clock } = held()
    const deadline = { mono: clock.mono() + 900_000, wall: clock.wall() + 900_000, life: 300_000 }
    expect(new HeldToken(1, { scheme: 'Bearer' }, new Secret(text), deadline, clock).remaining()).toBe(300_000)
  })
})
