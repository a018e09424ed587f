/**
 * A KSeF of our own that is just large enough to sign in to: on the virtual clock, without sockets and without checking
 * signatures. What it answers is section 2's; each test changes what it is about.
 *
 * @module
 */
import { randomBytes } from 'node:crypto'
import { parseJson } from '@latchkey/http'
import { virtualClock } from '@latchkey/testkit'
import type { VirtualClock } from '@latchkey/testkit'

/** A request as it arrived. */
export interface Heard {
  /** Milliseconds of virtual time since the start. */
  readonly at: number
  /** `POST /auth/challenge`, below the API's base. */
  readonly asked: string
  readonly query: string
  readonly headers: Headers
  readonly text: string
}

export type Reply = Response | Error | ((heard: Heard) => Response | Promise<Response>)

export interface KsefDouble {
  readonly clock: VirtualClock
  readonly fetch: typeof globalThis.fetch
  readonly heard: readonly Heard[]
  /** What was asked, in order; references of sign-ins as `{ref}`. */
  asked(): readonly string[]
  /** How often something was asked. */
  count(asked: string): number
  /** Forgets what was heard. */
  forget(): void
  /** The next requests of this kind get these replies, one after the other. */
  answers(asked: string, ...replies: readonly Reply[]): void
  /** What becomes of sign-ins, in the order in which they are asked after. @default 200 at once */
  becomes(...statuses: readonly Status[]): void
  /** Ends every access token, and with `refresh` every refresh token. */
  revoke(what?: 'refresh'): void
  /**
   * When the newest tokens end, by our clock. Real work may let `drive` move the clock between an answer and the end of
   * what waits for it, so tests compare with this.
   */
  readonly ends: { access: number; refresh: number }
  /** `timestampMs` of every challenge. */
  readonly challenges: readonly number[]
  /** Milliseconds of life that new tokens get. */
  readonly lives: { access: number; refresh: number }
  /** KSeF's clock is ahead of ours by so many milliseconds. */
  ahead: number
}

/** A status with the details that come beside it. */
export type Status = number | { readonly code: number; readonly details: readonly string[] }

export const base = 'https://api-test.ksef.mf.gov.pl/v2'
export const nip = '5265877635'

/** An answer with a body. */
export function replied(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  const text = body === undefined ? null : JSON.stringify(body)
  return new Response(text, { status, headers: { 'content-type': 'application/json', ...headers } })
}

/** A refusal in problem details (1.7). */
export function refused(code: number, ...details: readonly string[]): Response {
  return replied(400, { title: 'Bad Request', status: 400, errors: [{ code, description: 'Opis.', details }] })
}

/** A 401 in problem details. */
export function unauthorized(): Response {
  return replied(401, { title: 'Unauthorized', status: 401, detail: 'Wymagane jest uwierzytelnienie.' })
}

export function ksefDouble(): KsefDouble {
  const clock = virtualClock({ wall: Date.UTC(2031, 4, 1, 12) })
  const heard: Heard[] = []
  const scripted = new Map<string, Reply[]>()
  const statuses: Status[] = []
  const lives = { access: 900_000, refresh: 604_800_000 }
  const challenges: number[] = []
  const ends = { access: 0, refresh: 0 }
  const access = new Map<string, number>()
  const refresh = new Map<string, number>()
  const redeemable = new Set<string>()
  let count = 0

  const reference = (kind: string): string => {
    count += 1
    return `20310501-${kind}-${count.toString(16).toUpperCase().padStart(10, '0')}-0000000000-A1`
  }
  const now = (): number => Math.floor(clock.wall() + double.ahead)
  const issue = (kind: Map<string, number>, life: number, name: keyof typeof ends) => {
    const token = `${name}-${randomBytes(16).toString('hex')}`
    const until = now() + life
    kind.set(token, until)
    ends[name] = until - double.ahead
    return { token, validUntil: new Date(until).toISOString().replace('Z', '0000+00:00') }
  }
  const isAlive = (kind: Map<string, number>, token: string): boolean => (kind.get(token) ?? 0) > now()

  const submitted = () => {
    const token = `auth-${randomBytes(16).toString('hex')}`
    redeemable.add(token)
    return replied(202, {
      referenceNumber: reference('AU'),
      authenticationToken: { token, validUntil: new Date(now() + 2_700_000).toISOString() },
    })
  }

  function reply({ asked, headers }: Heard): Response {
    const bearer = (headers.get('authorization') ?? '').replace('Bearer ', '')
    if (asked === 'POST /auth/challenge') {
      const at = now()
      challenges.push(at)
      const timestamp = new Date(at).toISOString()
      return replied(200, { challenge: reference('CR'), timestamp, timestampMs: at, clientIp: '127.0.0.1' })
    }
    if (asked === 'POST /auth/xades-signature' || asked === 'POST /auth/ksef-token') return submitted()
    if (/^GET \/auth\/\d{8}-AU-/.test(asked)) {
      const next = statuses.shift() ?? 200
      const status = typeof next === 'number' ? { code: next } : next
      const authenticationMethodInfo = { category: 'Other', code: 'x', displayName: 'x' }
      const startDate = new Date(now()).toISOString()
      return replied(200, { startDate, authenticationMethodInfo, status: { description: 'Opis', ...status } })
    }
    if (asked === 'POST /auth/token/redeem') {
      if (!redeemable.delete(bearer)) return refused(21301, 'Tokeny zostały już pobrane.')
      return replied(200, {
        accessToken: issue(access, lives.access, 'access'),
        refreshToken: issue(refresh, lives.refresh, 'refresh'),
      })
    }
    if (asked === 'POST /auth/token/refresh') {
      if (!isAlive(refresh, bearer)) return refused(21301, 'Status uwierzytelnienia (425) nie pozwala.')
      return replied(200, { accessToken: issue(access, lives.access, 'access') })
    }
    if (asked === 'DELETE /auth/sessions/current') {
      if (!isAlive(access, bearer) && !isAlive(refresh, bearer)) return unauthorized()
      refresh.clear()
      return new Response(null, { status: 204 })
    }
    if (asked === 'GET /auth/sessions') return isAlive(access, bearer) ? replied(200, { items: [] }) : unauthorized()
    return new Response(null, { status: 404 })
  }

  const double: KsefDouble = {
    clock,
    heard,
    ends,
    challenges,
    lives,
    ahead: 0,
    fetch: async (input, init) => {
      const request = new Request(input, init)
      request.signal.throwIfAborted()
      const url = new URL(request.url)
      const asked = `${request.method} ${url.pathname.replace(/^.*?\/v2/, '')}`
      const call = {
        at: clock.elapsed(),
        asked,
        query: url.search,
        headers: request.headers,
        text: await request.text(),
      }
      heard.push(call)
      const next = scripted.get(nameOf(asked))?.shift() ?? reply(call)
      if (next instanceof Error) throw next
      const answer = typeof next === 'function' ? await next(call) : next
      answer.headers.set('date', new Date(now()).toUTCString())
      return answer
    },
    asked: () => heard.map((each) => nameOf(each.asked)),
    count: (asked) => heard.filter((each) => nameOf(each.asked) === asked).length,
    forget: () => void heard.splice(0),
    answers: (asked, ...replies) => void scripted.set(asked, [...(scripted.get(asked) ?? []), ...replies]),
    becomes: (...next) => void statuses.push(...next),
    revoke(what) {
      access.clear()
      if (what === 'refresh') refresh.clear()
    },
  }
  return double
}

const nameOf = (asked: string): string => asked.replace(/\d{8}-AU-.*/, '{ref}')

/** The JSON body of a request. */
export const bodyOf = ({ text }: Heard): unknown => parseJson(text)

/** What the built-in `fetch` rejects with. */
export function networkError(code: string): Error {
  return Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error(code), { code }) })
}
