/**
 * The two transports behind one face, so that one suite can ask both the same questions.
 *
 * @module
 */
import { Readable } from 'node:stream'
import type { TokenSource } from '@latchkey/core'
import { onTestFinished } from 'vitest'
import { Agent, FormData as UndiciFormData, interceptors, request } from 'undici'
import { authorizedFetch } from '../src/index.ts'
import type { AuthorizedRequestInit, Classifier } from '../src/index.ts'
import { tokenInterceptor } from '../src/undici.ts'

export interface Asked {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: unknown
  readonly signal?: AbortSignal
}

export interface Got {
  readonly status: number
  header(name: string): string | null
  text(): Promise<string>
  chunks(): AsyncIterator<Uint8Array>
}

/** A body that a transport takes, made anew for each test. */
export type BodyKind = readonly [name: string, make: () => unknown]

export interface TransportUnderTest {
  readonly name: string
  open(
    source: TokenSource,
    options: { readonly origins: readonly string[]; readonly classify?: Classifier },
  ): (url: string, asked?: Asked) => Promise<Got>
  /** Sent twice when the token is refused. */
  readonly repeatable: readonly BodyKind[]
  /** Sent once. */
  readonly once: readonly BodyKind[]
}

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

function form<Form extends { set(name: string, value: string): void }>(empty: Form): Form {
  empty.set('field', 'value')
  return empty
}

async function* slowly(): AsyncGenerator<Uint8Array> {
  yield bytes('on')
  yield bytes('ce')
}

const shared: readonly BodyKind[] = [
  ['none', () => undefined],
  ['null', () => null],
  ['text', () => 'text'],
  ['an ArrayBuffer', () => bytes('bytes').buffer],
  ['a view on bytes', () => bytes('some bytes').subarray(5)],
  ['a Buffer', () => Buffer.from('buffer')],
  ['a Blob', () => new Blob(['blob'], { type: 'text/plain' })],
]

const viaFetch: TransportUnderTest = {
  name: 'authorizedFetch',
  open(source, options) {
    const api = authorizedFetch(source, options)
    return async (url, { body, ...rest } = {}) => {
      const init: AuthorizedRequestInit = {
        ...rest,
        duplex: 'half',
        ...(body === undefined ? {} : { body: body as NonNullable<AuthorizedRequestInit['body']> }), // The tables below.
      }
      const response = await api(url, init)
      return {
        status: response.status,
        header: (name) => response.headers.get(name),
        text: () => response.text(),
        chunks: () => response.body![Symbol.asyncIterator]() as AsyncIterator<Uint8Array>, // Bodies are bytes.
      }
    }
  },
  repeatable: [
    ...shared,
    ['FormData', () => form(new FormData())],
    ['URLSearchParams', () => new URLSearchParams({ a: 'b' })],
    ['a factory of streams', () => () => new Blob(['made']).stream()],
  ],
  once: [
    ['a stream', () => new Blob(['once']).stream()],
    ['an async iterable', slowly],
  ],
}

const viaUndici: TransportUnderTest = {
  name: 'tokenInterceptor',
  open(source, options) {
    const agent = new Agent()
    onTestFinished(() => agent.destroy())
    const dispatcher = agent.compose(interceptors.redirect({ maxRedirections: 20 }), tokenInterceptor(source, options))
    return async (url, { method = 'GET', body, ...rest } = {}) => {
      const init = { dispatcher, method, ...rest, ...(body === undefined ? {} : { body: body as string }) } // As above.
      const answer = await request(url, init)
      return {
        status: answer.statusCode,
        header: (name) => String(answer.headers[name] ?? '') || null,
        text: () => answer.body.text(),
        chunks: () => answer.body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>, // Bodies are bytes.
      }
    }
  },
  repeatable: [...shared, ['FormData', () => form(new UndiciFormData())]],
  once: [
    ['a stream', () => Readable.from([bytes('on'), bytes('ce')])],
    ['a web stream', () => new Blob(['once']).stream()],
    ['an async iterable', slowly],
    ['an iterable', () => [bytes('on'), bytes('ce')]],
  ],
}

export const transports = [viaFetch, viaUndici] as const
