/**
 * Lists that go on: by a token in a header, and by counting pages.
 *
 * @see spec/ksef.md section 1.6
 * @module
 */
import { describe, expect, test } from 'vitest'
import type { PageOptions } from '../../src/operations/pages.ts'
import { on, problem, services } from '../support/services.ts'
import type { Services } from '../support/services.ts'
import { certificateInfo, instant, personPermission, reference, tokenInfo } from '../support/samples.ts'

const tokenPage = (names: readonly string[], continuationToken?: string | null) => ({
  json: { tokens: names.map((description) => tokenInfo({ description })), continuationToken },
})
const first = 'GET /tokens?pageSize=10'

async function collect<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}

async function descriptions({ tokens }: Services, run?: PageOptions): Promise<readonly string[]> {
  return (await collect(tokens.all({ pageSize: 10 }, run).items())).map(({ description }) => description)
}

describe('section 1.6: by a token', () => {
  test.each([
    ['missing', undefined],
    ['null', null],
    ['empty', ''],
  ])('a token that is %s ends the list; empty and short pages before it do not', async (_, end) => {
    const { auth, fetch, clock } = services([
      on(first, tokenPage(['one', 'two'], 'dG9rZW4x')),
      on(first, tokenPage([], 'dG9rZW4y')),
      on(first, tokenPage(['three'], end)),
    ])
    expect(await clock.drive(descriptions(auth))).toEqual(['one', 'two', 'three'])
    const sent = fetch.calls.map(({ headers }) => headers.get('x-continuation-token'))
    expect(sent).toEqual([null, 'dG9rZW4x', 'dG9rZW4y'])
    fetch.done()
  })

  test('pages are handed out as they come, and each loop begins anew', async () => {
    const script = [on(first, tokenPage(['one'], 'dG9rZW4x')), on(first, tokenPage(['two']))]
    const { auth, fetch, clock } = services([...script, ...script])
    const pages = auth.tokens.all({ pageSize: 10 })
    for (let loop = 0; loop < 2; loop += 1) {
      const lengths = (await clock.drive(collect(pages))).map(({ items }) => items.length)
      expect(lengths).toEqual([1, 1])
    }
    fetch.done()
  })

  test('a walk can begin at a token, with the filters of that list', async () => {
    const { auth, fetch, clock } = services([
      on('GET /tokens?status=Active', tokenPage(['two'], 'dG9rZW4y')),
      on('GET /tokens?status=Active', tokenPage(['three'])),
    ])
    const pages = auth.tokens.all({ status: ['Active'], continuationToken: 'dG9rZW4x' })
    expect(await clock.drive(collect(pages))).toHaveLength(2)
    expect(fetch.calls.map(({ headers }) => headers.get('x-continuation-token'))).toEqual(['dG9rZW4x', 'dG9rZW4y'])
    fetch.done()
  })

  test('a token that comes again ends in an error, after what the pages brought', async () => {
    const { auth, fetch, clock } = services([
      on(first, tokenPage(['one'], 'dG9rZW4x')),
      on(first, tokenPage(['two'], 'dG9rZW4y')),
      on(first, tokenPage(['three'], 'dG9rZW4x')),
    ])
    const seen: string[] = []
    const walk = async (): Promise<void> => {
      for await (const { description } of auth.tokens.all({ pageSize: 10 }).items()) seen.push(description)
    }
    await expect(clock.drive(walk())).rejects.toMatchObject({ code: 'KSEF_TOO_MANY_PAGES', reason: 'page-loop' })
    expect(seen).toEqual(['one', 'two', 'three'])
    fetch.done()
  })

  test('pagesMax is a cap: as many pages are fine, one more is not', async () => {
    const enough = services([on(first, tokenPage(['one'], 'dG9rZW4x')), on(first, tokenPage(['two']))])
    expect(await enough.clock.drive(descriptions(enough.auth, { pagesMax: 2 }))).toHaveLength(2)
    const short = services([on(first, tokenPage(['one'], 'dG9rZW4x'))])
    const walk = short.clock.drive(descriptions(short.auth, { pagesMax: 1 }))
    await expect(walk).rejects.toMatchObject({ code: 'KSEF_TOO_MANY_PAGES', reason: 'pages-max' })
    short.fetch.done()
  })

  test('a token that KSeF finds malformed is told with its code (21418)', async () => {
    const { auth, clock } = services([on('GET /auth/sessions', problem(21418))])
    const walk = clock.drive(collect(auth.sessions.all({ continuationToken: 'of-another-list' })))
    await expect(walk).rejects.toMatchObject({ code: 'KSEF_INVALID_REQUEST', providerCode: '21418' })
  })

  test('sessions go on in the same way', async () => {
    const session = {
      referenceNumber: reference('AU'),
      startDate: instant.toISOString(),
      authenticationMethodInfo: { category: 'Token', code: 'token', displayName: 'Token' },
      status: { code: 200, description: 'OK' },
    }
    const { auth, fetch, clock } = services([
      on('GET /auth/sessions', { json: { items: [session], continuationToken: 'dG9rZW4x' } }),
      on('GET /auth/sessions', { json: { items: [session] } }),
    ])
    expect(await clock.drive(collect(auth.sessions.all().items()))).toHaveLength(2)
    expect(fetch.calls.map(({ headers }) => headers.get('x-continuation-token'))).toEqual([null, 'dG9rZW4x'])
    fetch.done()
  })
})

describe('section 1.6: by counting pages', () => {
  const path = 'POST /certificates/query?pageSize=10'
  const page = (count: number, hasMore: boolean) => ({
    json: { certificates: Array.from({ length: count }, () => certificateInfo()), hasMore },
  })

  test('hasMore decides, not how full a page is; the filter goes with each', async () => {
    const { auth, fetch, clock, bodies } = services([
      on(path, page(1, true)),
      on(`${path}&pageOffset=1`, page(0, true)),
      on(`${path}&pageOffset=2`, page(10, false)),
    ])
    const found = await clock.drive(collect(auth.certificates.all({ pageSize: 10, status: 'Active' }).items()))
    expect(found).toHaveLength(11)
    expect(bodies()).toEqual(Array(3).fill({ status: 'Active' }))
    fetch.done()
  })

  test('a walk can begin at a later page', async () => {
    const { auth, fetch, clock } = services([
      on('GET /peppol/query?pageOffset=7', { json: { peppolProviders: [], hasMore: true } }),
      on('GET /peppol/query?pageOffset=8', { json: { peppolProviders: [], hasMore: false } }),
    ])
    expect(await clock.drive(collect(auth.peppol.all({ pageOffset: 7 })))).toHaveLength(2)
    fetch.done()
  })

  test('pages without an end stop at pagesMax', async () => {
    const { auth, clock } = services([on(path, page(10, true)), on(`${path}&pageOffset=1`, page(10, true))])
    const walk = collect(auth.certificates.all({ pageSize: 10 }, { pagesMax: 2 }))
    await expect(clock.drive(walk)).rejects.toMatchObject({ code: 'KSEF_TOO_MANY_PAGES', reason: 'pages-max' })
  })

  const permissions = { json: { permissions: [], hasMore: false } }
  const roles = { json: { roles: [], hasMore: false } }
  test.each([
    ['allPersonal', 'POST /permissions/query/personal/grants', permissions, undefined],
    ['allPersons', 'POST /permissions/query/persons/grants', permissions, { queryType: 'PermissionsInCurrentContext' }],
    ['allSubunits', 'POST /permissions/query/subunits/grants', permissions, undefined],
    ['allEntities', 'POST /permissions/query/entities/grants', permissions, undefined],
    ['allEntityRoles', 'GET /permissions/query/entities/roles', roles, undefined],
    ['allSubordinateEntityRoles', 'POST /permissions/query/subordinate-entities/roles', roles, undefined],
    [
      'allAuthorizations',
      'POST /permissions/query/authorizations/grants',
      { json: { authorizationGrants: [], hasMore: false } },
      { queryType: 'Received' },
    ],
    ['allEuEntities', 'POST /permissions/query/eu-entities/grants', permissions, undefined],
  ] as const)('section 3.7: %s walks its own search', async (name, request, answer, query) => {
    const { auth, fetch, clock } = services([on(request, answer)])
    const all = auth.permissions[name] as (query?: object) => AsyncIterable<unknown> // Each with the query of its row.
    expect(await clock.drive(collect(all(query)))).toEqual([{ items: [], hasMore: false }])
    fetch.done()
  })
})

describe('a walk', () => {
  test('asks for no further page once the loop is left', async () => {
    const { auth, fetch, clock } = services([
      on('POST /permissions/query/personal/grants', {
        json: { permissions: [personPermission(), personPermission()], hasMore: true },
      }),
    ])
    const one = async (): Promise<string | undefined> => {
      for await (const { id } of auth.permissions.allPersonal().items()) return id
      return undefined
    }
    expect(await clock.drive(one())).toBe(personPermission().id)
    fetch.done()
  })

  test('waits as long as a 429 says, to the second, and goes on where it was', async () => {
    const { auth, fetch, clock } = services([
      on(first, tokenPage(['one'], 'dG9rZW4x')),
      on(first, { status: 429, headers: { 'retry-after': '7' }, json: { title: 'Too Many Requests', status: 429 } }),
      on(first, tokenPage(['two'])),
    ])
    expect(await clock.drive(descriptions(auth))).toEqual(['one', 'two'])
    expect(clock.elapsed()).toBeGreaterThanOrEqual(7_000)
    expect(clock.elapsed()).toBeLessThan(8_000)
    fetch.done()
  })

  test('ends with the signal’s own reason', async () => {
    const { auth, fetch } = services([])
    const reason = new Error('enough')
    const walk = collect(auth.tokens.all({}, { signal: AbortSignal.abort(reason) }))
    await expect(walk).rejects.toBe(reason)
    fetch.done()
  })

  test.each([
    ['a cap of no pages', { pagesMax: 0 }],
    ['half a page', { pagesMax: 1.5 }],
    ['an unknown option', { pagesmax: 3 }],
  ])('is refused with %s, and nothing is sent', async (_, run) => {
    const { auth, fetch } = services([])
    const walk = collect(auth.tokens.all({}, run as PageOptions))
    await expect(walk).rejects.toMatchObject({ code: 'ERR_INVALID_ARG' })
    expect(fetch.calls).toHaveLength(0)
  })
})
