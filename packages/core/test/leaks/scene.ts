/**
 * One way to bring about an error through the public door, with secrets of its own in every place from which one
 * could leak: the client secret and its Basic form, access and refresh tokens, the query of the token endpoint, the
 * texts of its answers, and the message of a foreign error.
 *
 * @module
 */
import { randomBytes } from 'node:crypto'
import { createTokenSource, memoryStore, Secret } from '@latchkey/core'
import type {
  EngineOptions,
  Grant,
  GrantRun,
  Issued,
  ManagedTokenSource,
  Store,
  TokenResponse,
  Traits,
} from '@latchkey/core'
import { collectEvents, virtualClock } from '@latchkey/testkit'
import type { EventCollector, VirtualClock } from '@latchkey/testkit'

export interface Marks {
  readonly client: string
  readonly access: string
  readonly refresh: string
  readonly query: string
  readonly text: string
  readonly header: string
  readonly foreign: string
}

export interface Scene {
  readonly marks: Marks
  readonly clock: VirtualClock
  readonly events: EventCollector
  readonly source: ManagedTokenSource
  readonly store: Store
  /** Another source of the same key on the same store, as in another process. */
  another(options?: Partial<EngineOptions>): ManagedTokenSource
  /** Every secret in play. */
  secrets(): string[]
}

/** What the token endpoint does with a request; `undefined` issues a token. */
export type Answering = (
  marks: Marks,
  request: { readonly renewal: boolean; readonly count: number },
) => Response | Error | 'hang' | undefined

export interface SceneOptions {
  readonly answer?: Answering
  readonly traits?: Partial<Traits>
  readonly engine?: Partial<EngineOptions>
  readonly store?: Store
  readonly tokenUrl?: string
  /** Replaces the reading of an answer. */
  readonly read?: (response: TokenResponse, marks: Marks) => Issued
  readonly lifetime?: unknown
}

/** Random, and with characters that percent-encoding and base64 change. */
function mark(kind: string): string {
  return `${kind}/${randomBytes(12).toString('base64')}+&=${kind}`
}

export function setScene(options: SceneOptions = {}): Scene {
  const clock = virtualClock()
  const events = collectEvents()
  const store = options.store ?? memoryStore({ clock })
  const marks: Marks = {
    client: mark('client'),
    access: mark('access'),
    refresh: mark('refresh'),
    query: mark('query'),
    text: mark('text'),
    header: mark('header'),
    foreign: mark('foreign'),
  }
  const basic = Buffer.from(`client-1:${marks.client}`).toString('base64')
  const url = new URL(options.tokenUrl ?? 'https://provider.test/token')
  url.searchParams.set('assertion', marks.query)
  let count = 0

  const fetch: typeof globalThis.fetch = (_, init) => {
    count += 1
    const answered = options.answer?.(marks, {
      renewal: typeof init?.body === 'string' && init.body.includes('refresh_token='),
      count,
    })
    if (answered === 'hang') {
      return new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(new Error(marks.foreign)), { once: true })
      })
    }
    if (answered instanceof Error) return Promise.reject(answered)
    return Promise.resolve(answered ?? issue(marks, count, options.lifetime))
  }

  async function ask(run: GrantRun, form: Record<string, string>): Promise<Issued> {
    const response = await run.send({
      method: 'POST',
      url,
      headers: new Headers({ authorization: `Basic ${basic}`, 'x-api-key': marks.header }),
      body: new URLSearchParams(form).toString(),
      spendsRefreshToken: form['refresh_token'] !== undefined,
    })
    return (options.read ?? read)(response, marks)
  }

  const traits: Traits = { exclusive: false, renewal: 'rotating', replay: 'fatal', longest: 15_000, ...options.traits }
  const grant: Grant = {
    id: 'scene',
    traits,
    credential: new Secret(marks.client),
    obtain: (run) => ask(run, { grant_type: 'client_credentials' }),
    renew: (from, run) => ask(run, { grant_type: 'refresh_token', refresh_token: from.refresh.reveal() }),
  }
  const key = { provider: 'scene', environment: 'test', tokenEndpoint: 'https://provider.test/token', clientId: 'c' }
  const make = (some: Partial<EngineOptions> = {}): ManagedTokenSource =>
    createTokenSource({
      grant,
      key,
      keyLabel: 'scene',
      store,
      clock,
      fetch,
      observer: events,
      random: () => 0.5,
      ...options.engine,
      ...some,
    })

  return {
    marks,
    clock,
    events,
    store,
    source: make(),
    another: make,
    secrets: () => [...Object.values<string>({ ...marks }), basic, `Basic ${basic}`],
  }
}

function issue(marks: Marks, count: number, lifetime: unknown = 300): Response {
  return Response.json({
    access_token: `${marks.access}-${count}`,
    refresh_token: `${marks.refresh}-${count}`,
    expires_in: lifetime,
    note: marks.text,
  })
}

// As a careless grant reads: whatever goes wrong here carries the text along, and the engine must not.
function read({ status, text }: TokenResponse): Issued {
  if (status !== 200) throw new Error(`${status}: ${text}`, { cause: { text } })
  const {
    access_token: access,
    refresh_token: refresh,
    expires_in: seconds,
  } = JSON.parse(text) as Record<string, string> // A test's own answer.
  return {
    access: new Secret(access ?? ''),
    lifetime: { seconds },
    ...(refresh !== undefined && { refresh: { token: new Secret(refresh) } }),
  }
}
