import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { Environment, KsefClient } from '../../src/index.ts'
import type { ContextIdentifier } from '../../src/index.ts'
import { clientOn, quick, signedIn } from '../support/clients.ts'
import { ksefDouble, nip } from '../support/ksef-double.ts'

const context: ContextIdentifier = { type: 'Nip', value: nip }

describe('a sign-in that goes on in a later run (7.2, 7.3)', () => {
  it('resumes from the exported text, in the same context, and sends nothing for it', async () => {
    const { ksef, auth } = await signedIn()
    const text = auth.resumeState().export()
    const resumed = await clientOn(ksef).authentication.resume(text)
    expect(ksef.heard).toHaveLength(0)
    expect(resumed.contextIdentifier).toEqual(context)
    expect([resumed.accessToken, resumed.refreshToken]).toEqual([auth.accessToken, auth.refreshToken])
    await ksef.clock.drive(resumed.sessions.query())
    expect(ksef.asked()).toEqual(['GET /auth/sessions'])
  })

  it('resumes from the state itself, and refreshes where the access token has ended meanwhile', async () => {
    const { ksef, auth } = await signedIn()
    const state = auth.resumeState()
    await ksef.clock.advance(1_000_000)
    const resumed = await clientOn(ksef).authentication.resume(state)
    await ksef.clock.drive(resumed.sessions.query())
    expect(ksef.asked()).toEqual(['POST /auth/token/refresh', 'GET /auth/sessions'])
    expect(resumed.refreshToken).toBe(auth.refreshToken)
  })

  it('asks for a new sign-in where that one has ended', async () => {
    const { ksef, auth } = await signedIn()
    const resumed = await clientOn(ksef).authentication.resume(auth.resumeState())
    ksef.revoke('refresh')
    await expect(ksef.clock.drive(resumed.sessions.query())).rejects.toMatchObject({
      code: 'LATCHKEY_REAUTHORIZATION_REQUIRED',
    })
  })

  it('shows what it is for, and no token before it is exported', async () => {
    const { auth } = await signedIn()
    const state = auth.resumeState()
    expect(state).toMatchObject({ formatVersion: 1, environment: 'test', contextIdentifier: context })
    const shown = [inspect(state, { depth: 9, showHidden: true }), JSON.stringify(state), JSON.stringify({ ...state })]
    for (const text of shown) {
      expect(text).not.toContain(auth.accessToken)
      expect(text).not.toContain(auth.refreshToken)
    }
    expect(JSON.parse(state.export())).toMatchObject({
      formatVersion: 1,
      environment: 'test',
      refreshToken: { token: auth.refreshToken },
    })
  })

  it('needs a sign-in that took place', async () => {
    const ksef = ksefDouble()
    const auth = await clientOn(ksef).authentication.withSignedRequest({ ...quick, onFirstUse: true })
    expect(() => auth.resumeState()).toThrow(expect.objectContaining({ code: 'KSEF_NOT_SIGNED_IN' }))
  })

  it('is refused in another environment, where its tokens mean nothing', async () => {
    const { auth } = await signedIn()
    const demo = new KsefClient(Environment.DEMO, { fetch: () => Promise.reject(new Error('unexpected')) })
    await expect(demo.authentication.resume(auth.resumeState())).rejects.toMatchObject({ code: 'ERR_INVALID_ARG' })
  })

  it.each([
    ['nothing', ''],
    ['no JSON', '{"formatVersion":1'],
    ['a list', '[]'],
    ['another version', { formatVersion: 2 }],
    ['no version', { formatVersion: undefined }],
    ['no access token', { accessToken: null }],
    ['a token with a line break', { refreshToken: { token: 'secret-in-state\n', validUntil: '2031-05-02T00:00:00Z' } }],
    ['an end without a zone', { refreshToken: { token: 'secret-in-state', validUntil: '2031-05-02T00:00:00' } }],
    ['a context of no type', { contextIdentifier: { type: 'Regon', value: 'secret-in-state' } }],
    ['a context that is null', { contextIdentifier: null }],
  ])('refuses a text with %s, and does not repeat what it says', async (_name, change) => {
    const { client, auth } = await signedIn()
    const whole = JSON.parse(auth.resumeState().export()) as object
    const text = typeof change === 'string' ? change : JSON.stringify({ ...whole, ...change })
    const error: unknown = await client.authentication.resume(text).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'ERR_INVALID_ARG' })
    expect(String(error)).not.toContain('secret-in-state')
  })
})
