/** The refresh token in hand, for clients that hand it to their users; and a login ended with DELETE. Engine.md 1 and 8.2. */
import { describe, expect, it } from 'vitest'
import { heldRefreshToken, Secret } from '../../src/index.ts'
import { grantOf, issued, stage } from './support.ts'

const refreshing = { renewal: 'reusable', replay: 'safe' } as const

function login(seconds = 604_800) {
  return issued(900, { refresh: { token: new Secret('refresh-of-the-login'), lifetime: { seconds } } })
}

describe('the refresh token in hand', () => {
  it('is the one that was issued, with its end', async () => {
    const { engine, clock } = stage()
    const grant = grantOf(() => Promise.resolve(login()), refreshing)
    const held = heldRefreshToken(await engine({ grant }).get())
    expect(held?.token.reveal()).toBe('refresh-of-the-login')
    expect(held?.until).toBe(clock.wall() + 604_800_000)
  })

  it('is known to a process that adopts the token from the store', async () => {
    const { engine, clock } = stage()
    const grant = grantOf(() => Promise.resolve(login()), refreshing)
    await engine({ grant }).get()
    await clock.advance(60_000)
    const held = heldRefreshToken(await engine({ grant }).get())
    expect(held?.token.reveal()).toBe('refresh-of-the-login')
    expect(Math.abs((held?.until ?? 0) - (clock.wall() + 604_740_000))).toBeLessThanOrEqual(1)
  })

  it('is kept by a renewal that brings none, and keeps its end', async () => {
    const { engine, clock } = stage()
    const grant = grantOf(() => Promise.resolve(login()), refreshing, { renew: () => Promise.resolve(issued(900)) })
    const one = engine({ grant })
    const first = await one.get()
    const end = heldRefreshToken(first)?.until ?? 0
    await clock.advance(899_000)
    const second = await one.get()
    expect(second.generation).toBeGreaterThan(first.generation)
    expect(heldRefreshToken(second)?.token.reveal()).toBe('refresh-of-the-login')
    expect(Math.abs((heldRefreshToken(second)?.until ?? 0) - end)).toBeLessThanOrEqual(1)
  })

  it('is absent where the provider gives none', async () => {
    const { engine } = stage()
    expect(heldRefreshToken(await engine({ grant: grantOf(() => Promise.resolve(issued())) }).get())).toBeUndefined()
  })
})

describe('a grant that ends its login with DELETE (8.2)', () => {
  it('sends it through the same door', async () => {
    const { engine, clock } = stage()
    const asked: string[] = []
    const fetch: typeof globalThis.fetch = (input, init) => {
      const { method, url, headers } = new Request(input, init)
      asked.push(`${method} ${url} ${headers.get('authorization')}`)
      return Promise.resolve(new Response(null, { status: 204 }))
    }
    const grant = grantOf(() => Promise.resolve(login()), refreshing, {
      async revoke({ refresh }, run) {
        const headers = new Headers({ authorization: `Bearer ${refresh?.reveal()}` })
        const url = new URL('https://provider.test/sessions/current')
        await run.send({ method: 'DELETE', url, headers, spendsRefreshToken: false })
      },
    })
    const one = engine({ grant, fetch })
    await one.get()
    expect(await clock.drive(one.source.revoke())).toEqual({
      access: { fate: 'revoked' },
      refresh: { fate: 'revoked' },
    })
    expect(asked).toEqual(['DELETE https://provider.test/sessions/current Bearer refresh-of-the-login'])
  })
})
