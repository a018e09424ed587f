import { describe, expect, it } from 'vitest'
import { Secret } from '@latchkey/core'
import type { Grant, GrantRun, Issued } from '@latchkey/core'
import { providerDouble, providerGrant, virtualClock } from '@latchkey/testkit'
import type { ProviderDouble, VirtualClock } from '@latchkey/testkit'

/** The engine's side of a grant, reduced to what these tests need. */
function runWith(provider: ProviderDouble, clock: VirtualClock, signal = new AbortController().signal): GrantRun {
  return {
    signal,
    clock,
    extend: () => Promise.resolve(),
    send: async ({ method, url, headers, body }) => {
      const answer = await provider.fetch(url, { method, headers, signal, redirect: 'manual', ...(body && { body }) })
      const now = Date.parse(answer.headers.get('date') ?? '')
      return { status: answer.status, headers: answer.headers, text: await answer.text(), now }
    },
  }
}

function setUp(options: Parameters<typeof providerDouble>[0] = {}) {
  const clock = virtualClock()
  const provider = providerDouble({ clock, ...options })
  const run = runWith(provider, clock)
  const grant = provider.grant()
  const call = async (access: string) =>
    (await provider.fetch(`${provider.origin}/resource`, { headers: { authorization: `Bearer ${access}` } })).status
  return { clock, provider, run, grant, call }
}

function renew(grant: Grant, run: GrantRun, from: Issued): Promise<Issued> {
  if (!grant.renew || !from.refresh) throw new Error('This grant does not renew.')
  return grant.renew({ refresh: from.refresh.token, access: from.access }, run)
}

const kinds = (provider: ProviderDouble) => provider.report().violations.map(({ kind }) => kind)

describe('access tokens of providerDouble', () => {
  it('lets a token in until its very end, and records the call after it as a violation', async () => {
    const { clock, provider, run, grant, call } = setUp({ lifetimeMs: 60_000 })
    const { access, lifetime } = await grant.obtain(run)
    expect(lifetime).toEqual({ seconds: 60 })
    await clock.advance(59_999)
    expect(await call(access.reveal())).toBe(200)
    await clock.advance(1)
    expect(await call(access.reveal())).toBe(401)
    expect(provider.report()).toMatchObject({ tokenRequests: 1, resourceCalls: 2, refusals: 1, liveTokens: 0 })
    expect(provider.report().violations).toEqual([{ kind: 'deadToken', at: 60_000, about: 'expired' }])
  })

  it('ends the previous token with a new one when exclusive, and keeps it otherwise (traits)', async () => {
    for (const exclusive of [true, false]) {
      const { provider, run, grant, call } = setUp({ exclusive })
      const first = await grant.obtain(run)
      await grant.obtain(run)
      expect(provider.accepts(first.access.reveal())).toBe(!exclusive)
      expect(await call(first.access.reveal())).toBe(exclusive ? 401 : 200)
      expect(kinds(provider)).toEqual(exclusive ? ['deadToken'] : [])
    }
  })

  it('lets tokens die while the client is suspended, but not by a step of its wall clock (3.4)', async () => {
    const { clock, provider, run, grant } = setUp({ lifetimeMs: 300_000 })
    const { access } = await grant.obtain(run)
    clock.stepWall(3_600_000)
    expect(provider.accepts(access.reveal())).toBe(true)
    await clock.suspend(8 * 3_600_000)
    expect(provider.accepts(access.reveal())).toBe(false)
  })

  it('tells a token never issued from a dead one', async () => {
    const { provider, call } = setUp()
    expect(await call('made-up')).toBe(401)
    expect(kinds(provider)).toEqual(['unknownToken'])
  })

  it('refuses tokens that have not settled, and calls it was told to refuse, without blaming the client (7.2)', async () => {
    const { clock, provider, run, grant, call } = setUp({ settleMs: 500 })
    const { access } = await grant.obtain(run)
    expect(grant.traits.settle).toBe(500)
    expect(await call(access.reveal())).toBe(401)
    await clock.advance(500)
    expect(await call(access.reveal())).toBe(200)
    provider.refuseCalls(1)
    expect([await call(access.reveal()), await call(access.reveal())]).toEqual([401, 200])
    expect(kinds(provider)).toEqual([])
  })

  it('states an instant by its own calendar, which may be ahead (3.2)', async () => {
    const { clock, run, grant } = setUp({ statedAs: 'instant', aheadMs: 600_000, lifetimeMs: 300_000 })
    const { lifetime } = await grant.obtain(run)
    const ahead = clock.wall() + 600_000
    expect(lifetime).toEqual({ at: new Date(ahead + 300_000).toISOString(), now: ahead })
  })
})

describe('refresh tokens of providerDouble', () => {
  it('revokes the whole family when a spent refresh token comes again (G7)', async () => {
    const { provider, run, grant } = setUp({ renewal: 'rotating', replay: 'fatal' })
    const first = await grant.obtain(run)
    const second = await renew(grant, run, first)
    await expect(renew(grant, run, first)).rejects.toMatchObject({ failure: 'spent', providerCode: 'invalid_grant' })
    expect(provider.accepts(second.access.reveal())).toBe(false)
    await expect(renew(grant, run, second)).rejects.toMatchObject({ failure: 'spent' })
    expect(kinds(provider)).toEqual(['replay'])
  })

  it('allows a replay within the grace and punishes it one millisecond later', async () => {
    const { clock, provider, run, grant } = setUp({ renewal: 'rotating', replay: 'grace', graceMs: 10_000 })
    const first = await grant.obtain(run)
    const second = await renew(grant, run, first)
    await clock.advance(10_000)
    const again = await renew(grant, run, first)
    expect(kinds(provider)).toEqual([])
    await clock.advance(1)
    await expect(renew(grant, run, first)).rejects.toMatchObject({ failure: 'spent' })
    expect(kinds(provider)).toEqual(['replay'])
    expect([second, again].map(({ access }) => provider.accepts(access.reveal()))).toEqual([false, false])
  })

  it('treats an unknown habit as fatal, and a safe one as harmless', async () => {
    for (const [replay, violations] of [
      ['unknown', ['replay']],
      ['safe', []],
    ] as const) {
      const { provider, run, grant } = setUp({ renewal: 'rotating', replay })
      const first = await grant.obtain(run)
      await renew(grant, run, first)
      await renew(grant, run, first).catch(() => undefined)
      expect(kinds(provider)).toEqual(violations)
    }
  })

  it('gives a reusable refresh token back unchanged, as often as it is sent', async () => {
    const { provider, run, grant } = setUp({ renewal: 'reusable' })
    const first = await grant.obtain(run)
    const second = await renew(grant, run, first)
    await renew(grant, run, first)
    expect(second.refresh?.token.reveal()).toBe(first.refresh?.token.reveal())
    expect(provider.report()).toMatchObject({ obtains: 1, renewals: 2, violations: [] })
  })

  it('slides the end of a refresh token with each renewal, unless the login has a fixed end', async () => {
    for (const [expiry, remaining] of [
      ['sliding', 100],
      ['fixed', 40],
    ] as const) {
      const { clock, run, grant } = setUp({ renewal: 'rotating', expiry, refreshLifetimeMs: 100_000 })
      const first = await grant.obtain(run)
      await clock.advance(60_000)
      const second = await renew(grant, run, first)
      expect(second.refresh?.lifetime).toEqual({ seconds: remaining })
      await clock.advance(remaining * 1_000)
      await expect(renew(grant, run, second)).rejects.toMatchObject({ failure: 'spent' })
    }
  })

  it('ends the login of a revoked refresh token and all its access tokens (RFC 7009)', async () => {
    const { provider, run, grant } = setUp({ renewal: 'rotating' })
    const issued = await grant.obtain(run)
    await grant.revoke?.({ refresh: issued.refresh?.token }, run)
    expect(provider.accepts(issued.access.reveal())).toBe(false)
    await expect(renew(grant, run, issued)).rejects.toMatchObject({ failure: 'spent' })
    expect(provider.report()).toMatchObject({ revocations: 1, liveTokens: 0, violations: [] })
  })

  it('ends logins behind the client’s back', async () => {
    const { provider, run, grant } = setUp({ renewal: 'rotating' })
    const issued = await grant.obtain(run)
    provider.endLogins()
    expect(provider.report().liveTokens).toBe(0)
    await expect(renew(grant, run, issued)).rejects.toMatchObject({ failure: 'spent' })
  })
})

describe('faults of providerDouble', () => {
  it('takes one queued fault per fitting request, in order', async () => {
    const { provider, run, grant } = setUp({ renewal: 'rotating' })
    provider.fail({ kind: 'status', status: 503, on: 'renew' }, { kind: 'status', status: 500, count: 2 })
    await expect(grant.obtain(run)).rejects.toMatchObject({ status: 500 })
    await expect(grant.obtain(run)).rejects.toMatchObject({ status: 500 })
    const issued = await grant.obtain(run)
    await expect(renew(grant, run, issued)).rejects.toMatchObject({ status: 503 })
    expect(await renew(grant, run, issued)).toBeDefined()
  })

  it('issues a token that nobody hears of when the answer is dropped, and none when the request is', async () => {
    for (const [kind, live] of [
      ['dropAfter', 1],
      ['dropBefore', 0],
    ] as const) {
      const { provider, run, grant } = setUp()
      provider.fail({ kind })
      await expect(grant.obtain(run)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } })
      expect(provider.report()).toMatchObject({ tokenRequests: 1, liveTokens: live })
    }
  })

  it('counts no request that was provably not sent', async () => {
    const { provider, run, grant } = setUp()
    provider.fail({ kind: 'unreachable' })
    await expect(grant.obtain(run)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
    expect(provider.report()).toMatchObject({ tokenRequests: 0, inFlightMax: 0, liveTokens: 0 })
  })

  it('spends the refresh token when the answer to its renewal is lost', async () => {
    const { provider, run, grant } = setUp({ renewal: 'rotating' })
    const issued = await grant.obtain(run)
    provider.fail({ kind: 'dropAfter' })
    await expect(renew(grant, run, issued)).rejects.toThrow('fetch failed')
    await expect(renew(grant, run, issued)).rejects.toMatchObject({ failure: 'spent' })
    expect(kinds(provider)).toEqual(['replay'])
  })

  it('blames a request that comes before Retry-After is over, and none that comes at its end (11)', async () => {
    const { clock, provider, run, grant } = setUp()
    provider.fail({ kind: 'status', status: 429, retryAfter: 30 })
    await expect(grant.obtain(run)).rejects.toMatchObject({ code: 'LATCHKEY_ENDPOINT_THROTTLED' })
    await clock.advance(29_999)
    await grant.obtain(run)
    await clock.advance(1)
    await grant.obtain(run)
    expect(provider.report().violations).toEqual([{ kind: 'impatient', at: 29_999, about: 'obtain' }])
  })

  it('blames two token requests in flight, and none that follow each other (G3)', async () => {
    const { clock, provider, run, grant } = setUp({ latencyMs: 100 })
    await clock.drive(grant.obtain(run).then(() => grant.obtain(run)))
    expect(provider.report()).toMatchObject({ inFlightMax: 1, violations: [] })
    await clock.drive(Promise.all([grant.obtain(run), grant.obtain(run)]))
    expect(provider.report()).toMatchObject({ inFlightMax: 2, violations: [{ kind: 'overlap' }] })
  })

  it('processes a request whose client gave up during the latency', async () => {
    const clock = virtualClock()
    const provider = providerDouble({ clock, latencyMs: 1_000 })
    const stop = new AbortController()
    const reason = new Error('too slow')
    const attempt = provider.grant().obtain(runWith(provider, clock, stop.signal))
    const outcome = expect(attempt).rejects.toBe(reason)
    await clock.advance(500)
    stop.abort(reason)
    await outcome
    await clock.advance(500)
    expect(provider.report().liveTokens).toBe(1)
  })

  it('hangs until the client gives up, and then has nothing in flight', async () => {
    const clock = virtualClock()
    const provider = providerDouble({ clock })
    provider.fail({ kind: 'hang' })
    const stop = new AbortController()
    const attempt = provider.grant().obtain(runWith(provider, clock, stop.signal))
    const outcome = expect(attempt).rejects.toThrow('enough')
    await clock.advance(60_000)
    stop.abort(new Error('enough'))
    await outcome
    await provider.grant().obtain(runWith(provider, clock))
    expect(provider.report()).toMatchObject({ inFlightMax: 1, violations: [] })
  })

  it('answers late, or in drips, by the clock', async () => {
    const { clock, provider, run, grant } = setUp()
    const startedAt = clock.mono()
    provider.fail({ kind: 'slow', ms: 7_000 })
    await clock.drive(grant.obtain(run))
    expect(clock.mono() - startedAt).toBe(7_000)
    provider.fail({ kind: 'drip', ms: 1_000 })
    await clock.drive(grant.obtain(run))
    expect(clock.mono() - startedAt).toBe(7_000 + 20_000)
  })

  it('answers every odd lifetime as it was told (3.7)', async () => {
    const { provider, run, grant } = setUp()
    for (const value of ['3599', '', 0, -1, 0.5, null, undefined, 1e300, 'soon', 3_599_000]) {
      provider.fail({ kind: 'fields', fields: { expires_in: value } })
      expect((await grant.obtain(run)).lifetime).toEqual({ seconds: value })
    }
  })

  it('answers what is no token, each in its own way (15)', async () => {
    const { provider, run, grant } = setUp()
    for (const [kind, code] of [
      ['html', 'LATCHKEY_NOT_JSON'],
      ['empty', 'LATCHKEY_NOT_JSON'],
      ['noContent', 'LATCHKEY_NO_TOKEN'],
      ['errorObject', 'LATCHKEY_NO_TOKEN'],
      ['gigantic', 'LATCHKEY_NO_TOKEN'],
      ['redirect', 'LATCHKEY_ENDPOINT_FAILED'],
    ] as const) {
      provider.fail({ kind })
      await expect(grant.obtain(run), kind).rejects.toMatchObject({ code })
    }
    provider.fail({ kind: 'fields', fields: { access_token: '' } })
    await expect(grant.obtain(run)).rejects.toMatchObject({ code: 'LATCHKEY_NO_TOKEN' })
    expect(provider.report().liveTokens).toBe(1)
    provider.fail({ kind: 'bom' })
    expect(await grant.obtain(run)).toBeDefined()
  })

  it('answers the same token again with the life it has left (6.8)', async () => {
    const { clock, provider, run, grant } = setUp({ lifetimeMs: 60_000 })
    const first = await grant.obtain(run)
    await clock.advance(20_000)
    provider.fail({ kind: 'sameToken' })
    const second = await grant.obtain(run)
    expect(second.access.reveal()).toBe(first.access.reveal())
    expect(second.lifetime).toEqual({ seconds: 40 })
  })

  it('denies the old secret once it was changed', async () => {
    const { provider, run } = setUp({ clientSecret: 'old' })
    const grant = provider.grant()
    provider.changeSecret('new')
    await expect(grant.obtain(run)).rejects.toMatchObject({ failure: 'denied', providerCode: 'invalid_client' })
    expect(await provider.grant().obtain(run)).toBeDefined()
  })

  it('refuses the fault after the thousandth', () => {
    const provider = providerDouble()
    for (let count = 0; count < 1_000; count += 1) provider.fail({ kind: 'html' })
    expect(() => provider.fail({ kind: 'html' })).toThrow(RangeError)
    provider.heal()
    provider.fail({ kind: 'html' })
  })
})

describe('providerDouble on a socket', () => {
  it('serves the same tokens through real connections, and cuts them when told to', async () => {
    const provider = providerDouble({ exclusive: true })
    await using server = await provider.listen()
    expect(new URL(server.origin).hostname).toBe('127.0.0.1')
    const grant = providerGrant({
      origin: server.origin,
      clientId: 'client-1',
      clientSecret: 'double-client-secret',
      traits: provider.grant().traits,
    })
    const viaSocket = { ...provider, fetch: globalThis.fetch }
    const run = runWith(viaSocket, virtualClock())
    const { access } = await grant.obtain(run)
    expect(provider.accepts(access.reveal())).toBe(true)
    const headers = { authorization: `Bearer ${access.reveal()}` }
    expect((await fetch(`${server.origin}/resource`, { headers })).status).toBe(200)
    provider.fail({ kind: 'dropAfter' })
    await expect(grant.obtain(run)).rejects.toThrow('fetch failed')
    expect((await fetch(`${server.origin}/resource`, { headers })).status).toBe(401)
    expect(provider.report()).toMatchObject({ tokenRequests: 2, refusals: 1 })
    expect(kinds(provider)).toEqual(['deadToken'])
  })

  it('refuses a body above 64 KiB and paths it does not know', async () => {
    await using server = await providerDouble().listen()
    const post = (path: string, size: number) =>
      fetch(`${server.origin}${path}`, { method: 'POST', body: 'x'.repeat(size) }).then(({ status }) => status)
    expect(await post('/elsewhere', 64 * 1024)).toBe(404)
    expect(await post('/elsewhere', 64 * 1024 + 1)).toBe(413)
  })

  it('frees its port when closed, twice without harm', async () => {
    const server = await providerDouble().listen()
    await server.close()
    await server.close()
    await expect(fetch(`${server.origin}/resource`)).rejects.toThrow('fetch failed')
  })
})

describe('the secrets of providerDouble', () => {
  it('are listed completely, and none is in the report', async () => {
    const { provider, run, grant, call } = setUp({ renewal: 'rotating' })
    const { access, refresh } = await grant.obtain(run)
    await call(access.reveal())
    const secrets = provider.secrets()
    expect(secrets).toContain(access.reveal())
    expect(secrets).toContain(refresh?.token.reveal())
    expect(secrets).toContain(new Secret('double-client-secret').reveal())
    const report = JSON.stringify(provider.report())
    for (const secret of secrets) expect(report).not.toContain(secret)
  })
})
