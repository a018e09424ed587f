/**
 * The whole exchange of section 18 over real sockets: what arrives is what Truphone asks for.
 *
 * @see spec/truphone.md section 18
 * @module
 */
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { OutcomeUnknownError } from '@latchkey/http'
import { afterEach, expect, test } from 'vitest'
import { lpaString, TruphoneClient } from '../src/index.ts'
import { credential, newEsim, subscription } from './support/client.ts'

interface Arrived {
  readonly line: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

async function serve(answer: (request: Arrived, response: ServerResponse) => void) {
  const arrived: Arrived[] = []
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const { method, url, headers } = incoming
      const request = { line: `${method} ${url}`, headers, body: Buffer.concat(chunks).toString() }
      arrived.push(request)
      answer(request, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('The server has no address.')
  const truphone = new TruphoneClient({
    ...credential,
    environment: 'pre-production',
    role: 'RESELLER',
    baseUrl: `http://127.0.0.1:${address.port}/truphone`,
  })
  open.push(async () => {
    await truphone.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { truphone, arrived }
}

const json = (response: ServerResponse, body: unknown, status = 200): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

const issued = {
  access_token: 'A1',
  expires_in: 300,
  refresh_expires_in: 1800,
  refresh_token: 'R1',
  token_type: 'Bearer',
}

test('an eSIM is ordered, followed and turned into an LPA string', async () => {
  const { truphone, arrived } = await serve(({ line }, response) => {
    if (line.includes('/token')) return json(response, issued)
    if (line.includes('/v1/subscription')) return json(response, [])
    if (line.startsWith('POST')) return json(response, { id: 'O1', externalId: 'O1', status: 'ACCEPTED' }, 201)
    const output = { iccid: '8944000000000000019', matchingId: 'F-00AAA-FICTIV', smdpUrl: 'rsp.truphone.com' }
    json(response, { id: 'O1', status: 'COMPLETED', output })
  })
  const { id } = await truphone.orders.newEsim(newEsim)
  const { output } = await truphone.orders.waitForOrder(id)
  expect(lpaString(output ?? {})).toBe('LPA:1$rsp.truphone.com$F-00AAA-FICTIV')
  const [login, look, order, poll] = arrived
  expect(login?.line).toBe('POST /truphone/auth/realms/tru-staff/protocol/openid-connect/token')
  expect(login?.body).toContain('grant_type=client_credentials')
  expect(look?.line).toMatch(
    /^GET \/truphone\/connect-api-preprod\/v1\/subscription\?email=ana%2Besim%40example.org&after=/,
  )
  expect(order?.line).toBe('POST /truphone/connect-api-preprod/v1/order')
  expect(order?.headers).toMatchObject({ authorization: 'Bearer A1', 'content-type': 'application/json' })
  expect(order?.headers['x-correlation-id']).toMatch(/^[\x21-\x7e]{1,128}$/)
  expect(JSON.parse(order?.body ?? '')).toEqual({
    input: {
      operationType: 'NEW_ESIM',
      countryCode: 'PT',
      customer: { email: 'ana+esim@example.org' },
      device: { id: 'device-0001', type: 'android' },
      subscriptions: [{ product_id: 'cHJvZC1ldS0zZ2ItMzBk' }],
    },
  })
  expect(poll?.line).toBe('GET /truphone/connect-api-preprod/v1/order/O1')
})

test('a connection that breaks after the order was processed is unknown, sent once, and settled by what is new', async () => {
  let placed = false
  const { truphone, arrived } = await serve(({ line }, response) => {
    if (line.includes('/token')) return json(response, issued)
    if (line.includes('/v1/subscription')) return json(response, placed ? [subscription('new')] : [])
    placed = true
    response.destroy()
  })
  const error: unknown = await truphone.orders.newEsim(newEsim).catch((thrown: unknown) => thrown)
  if (!(error instanceof OutcomeUnknownError)) throw error
  expect(await error.resolve()).toMatchObject({ state: 'settled', result: { iccid: '8944000000000000019' } })
  expect(arrived.filter(({ line }) => line.endsWith('/v1/order'))).toHaveLength(1)
})
