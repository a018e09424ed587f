/**
 * A user's program against the packed packages: compiled under both module resolutions by `npm run pack:check`. It
 * stays small; what it must not need is the DOM's type names or the compiler's leniency towards our declarations.
 *
 * @module
 */
import { createTokenSource, isLatchkeyError, Secret } from '@latchkey/core'
import type { Grant, Store, Token } from '@latchkey/core'
import { authorizedFetch } from '@latchkey/http'

const grant: Grant = {
  id: 'client-credentials',
  traits: { exclusive: false, renewal: 'none', replay: 'safe', longest: 15_000 },
  async obtain(run) {
    const url = new URL('https://auth.example.com/token')
    const answer = await run.send({ method: 'POST', url, headers: new Headers(), spendsRefreshToken: false })
    return { access: new Secret(answer.text), lifetime: { seconds: 3600 } }
  },
}

/** Builds everything and sends nothing. */
export async function program(store: Store): Promise<Token | undefined> {
  const tokenEndpoint = 'https://auth.example.com/token'
  const key = { provider: 'example', environment: 'test', tokenEndpoint, clientId: 'me' }
  await using source = createTokenSource({ grant, key, keyLabel: 'example', store, plaintext: true })
  const authorized = authorizedFetch(source, { origins: ['https://api.example.com'] })
  try {
    await authorized('https://api.example.com/things')
  } catch (error) {
    if (!isLatchkeyError(error)) throw error
  }
  return source.peek()
}
