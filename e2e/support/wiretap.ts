/**
 * Stands between a program and the simulator and learns every secret that travels, so that a test can search for it.
 *
 * @module
 */
import type { Simulator } from '@latchkey/simulator'
import { bodyOf, serve } from './server.ts'

export interface Wiretap {
  /** Stands where the simulator's address stood, also for `--simulator`. */
  readonly url: string
  readonly baseUrl: string
  /** The credentials, and everything secret that has travelled. */
  secrets(): string[]
  /** What the credentials endpoint tells instead. */
  override(credentials: Readonly<Record<string, string>>): void
  /** API calls are no longer forwarded: they are refused with this status by an answer that repeats the request. */
  echo(status: number | undefined): void
  close(): Promise<void>
}

/** Starts one in front of `simulator`. */
export async function openWiretap(simulator: Simulator): Promise<Wiretap> {
  const { consumerKey, consumerSecret, passkey, initiatorPassword, securityCredential } =
    simulator.systems.daraja.credentials
  const seen = new Set([consumerKey, consumerSecret, passkey, initiatorPassword, securityCredential])
  let changed: Readonly<Record<string, string>> = {}
  let echoed: number | undefined

  const learn = (text: string): void => {
    for (const [, secret = ''] of text.matchAll(/"(?:access_token|Password|SecurityCredential)":"([^"]+)"/g))
      seen.add(secret)
  }

  const server = await serve((request, response) => {
    void (async () => {
      const body = await bodyOf(request)
      const { url = '', method = 'GET' } = request
      const { authorization = '', 'content-type': type = 'application/json' } = request.headers
      learn(body)
      if (authorization !== '') seen.add(authorization.replace(/^\w+ /, ''))
      if (url === '/_simulator/credentials') {
        const credentials = { ...simulator.systems.daraja.credentials, ...changed }
        response.end(JSON.stringify({ daraja: { baseUrl: `${server.url}/daraja`, credentials } }))
        return
      }
      if (echoed !== undefined && !url.includes('/oauth/')) {
        const errorMessage = `Error Occurred - ${authorization} ${body}`
        response.writeHead(echoed).end(JSON.stringify({ requestId: authorization, errorCode: body, errorMessage }))
        return
      }
      const answer = await fetch(simulator.url + url, {
        method,
        headers: { authorization, 'content-type': type },
        ...(body !== '' && { body }),
      })
      const text = await answer.text()
      learn(text)
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' }).end(text)
    })().catch(() => response.destroy()) // The simulator broke the connection, and so does this.
  })

  return {
    url: server.url,
    baseUrl: `${server.url}/daraja`,
    secrets: () => [...seen],
    override(credentials) {
      changed = credentials
      for (const name of ['consumerSecret', 'passkey']) {
        const secret = credentials[name]
        if (secret !== undefined) seen.add(secret)
      }
    },
    echo(status) {
      echoed = status
    },
    close: () => server.close(),
  }
}
