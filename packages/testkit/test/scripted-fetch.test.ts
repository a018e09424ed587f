import { describe, expect, it } from 'vitest'
import { scriptedFetch } from '@latchkey/testkit'

const url = 'https://provider.test/token'

describe('scriptedFetch', () => {
  it('answers in the order of the script and keeps what was asked', async () => {
    const fetch = scriptedFetch([
      { request: `POST ${url}`, answer: { json: { access_token: 'one' } } },
      { request: /^GET .*\/resource\?/, answer: ({ headers }) => new Response(headers.get('accept')) },
    ])
    const first = await fetch(url, { method: 'POST', body: 'a=b' })
    expect(first.headers.get('content-type')).toBe('application/json')
    expect(await first.json()).toEqual({ access_token: 'one' })
    const second = await fetch('https://api.test/resource?page=2', { headers: { accept: 'text/plain' } })
    expect(await second.text()).toBe('text/plain')
    expect(fetch.calls.map(({ method, text }) => [method, text])).toEqual([
      ['POST', 'a=b'],
      ['GET', ''],
    ])
    fetch.done()
  })

  it('fails on a call nobody scripted, again in done where the code swallowed it, and without the query', async () => {
    const fetch = scriptedFetch([])
    await expect(fetch(`${url}?secret=hunter22`)).rejects.toThrow(
      `Nobody scripted GET ${url}; the script expects nothing more.`,
    )
    expect(() => fetch.done()).toThrow(`Nobody scripted GET ${url};`)
    expect(() => fetch.done()).not.toThrow('hunter22')
  })

  it('fails on a call that comes too early, and leaves the script as it was', async () => {
    const fetch = scriptedFetch([
      { request: `GET ${url}`, answer: {} },
      { request: `POST ${url}`, answer: {} },
    ])
    await expect(fetch(url, { method: 'POST' })).rejects.toThrow(`expects GET ${url}`)
    expect(() => fetch.done()).toThrow('Nobody scripted')
    expect(fetch.calls).toEqual([])
  })

  it('fails on a script nobody called, counting its times', async () => {
    const fetch = scriptedFetch([{ request: /token$/g, answer: { status: 204 }, times: 2 }])
    expect((await fetch(url)).status).toBe(204)
    expect(() => fetch.done()).toThrow('Nobody called')
    await fetch(url)
    fetch.done()
  })

  it('rejects with a scripted error, and with the reason of an aborted signal before it looks at the script', async () => {
    const broken = new TypeError('fetch failed')
    const fetch = scriptedFetch([{ request: `GET ${url}`, answer: broken }])
    const reason = new Error('enough')
    await expect(fetch(url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    await expect(fetch(url)).rejects.toBe(broken)
    fetch.done()
  })
})
