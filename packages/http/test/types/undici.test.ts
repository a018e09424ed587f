/**
 * The real undici takes what we make, with shapes of our own on both sides. Most lines only have to compile.
 */
import { tokenInterceptor } from '@latchkey/http/undici'
import type { Dispatch, DispatchHandler, TokenInterceptor } from '@latchkey/http/undici'
import { Agent, Client, EnvHttpProxyAgent, interceptors, MockAgent, Pool, RetryAgent } from 'undici'
import type { Dispatcher } from 'undici'
import { expect, test } from 'vitest'

const unscripted = () => Promise.reject(new Error('unscripted'))
const source = { get: unscripted, peek: () => undefined, refuse: () => {}, forget: unscripted, revoke: unscripted }
const options = { origins: ['https://api.example.test'] }

test('every dispatcher of undici composes with the interceptor', async () => {
  const interceptor: TokenInterceptor = tokenInterceptor(source, options)
  const theirs: Dispatcher.DispatcherComposeInterceptor = interceptor
  const agents: Dispatcher[] = [
    new Agent(),
    new Client('https://api.example.test'),
    new Pool('https://api.example.test'),
    new EnvHttpProxyAgent(),
    new MockAgent(),
    new RetryAgent(new Agent()),
  ]
  for (const agent of agents) {
    const composed: Dispatcher = agent
      .compose(interceptors.redirect({ maxRedirections: 3 }), interceptor)
      .compose([theirs, tokenInterceptor(source, options)])
    expect(composed.dispatch).toHaveLength(2)
    await agent.close()
  }
})

// A dispatch function of one's own fits too, and so does undici's handler.
const dispatch: Dispatch = () => true
const fromUndici = (handler: Dispatcher.DispatchHandler): DispatchHandler => handler
export const own = tokenInterceptor(source, options)(dispatch)({ path: '/', method: 'GET' }, fromUndici({}))

// @ts-expect-error Origins are what keeps a token at home: there is no interceptor without.
export const withoutOrigins = () => tokenInterceptor(source, {})

// @ts-expect-error The transport below is undici's, so no other can be given.
export const withFetch = () => tokenInterceptor(source, { ...options, fetch })
