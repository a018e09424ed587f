import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { OutcomeUnknownError } from '@latchkey/http'
import { MpesaClient } from '../../src/index.ts'
import { accepted, credential, push } from '../support/client.ts'
import { matching } from '../support/matching.ts'

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

interface Request {
  readonly line: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

async function serve(answer: (request: Request, count: number, response: Parameters<RequestListener>[1]) => void) {
  const requests: Request[] = []
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const { method, url, headers } = incoming
      const request = { line: `${method} ${url}`, headers, body: Buffer.concat(chunks).toString() }
      requests.push(request)
      answer(request, requests.length, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('The server has no address.')
  const mpesa = new MpesaClient({
    ...credential,
    environment: 'sandbox',
    baseUrl: `http://127.0.0.1:${address.port}/daraja`,
  })
  open.push(async () => {
    await mpesa.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { mpesa, requests }
}

const json = (response: Parameters<RequestListener>[1], body: unknown): void => {
  response.setHeader('content-type', 'application/json;charset=UTF-8').end(JSON.stringify(body))
}

test('sections 1.2 and 2.1: what arrives is what Daraja asks for', async () => {
  const { mpesa, requests } = await serve(({ line }, _, response) =>
    json(
      response,
      line.startsWith('GET') ? { access_token: 'Zz0demoTokenDemoTokenDemo001', expires_in: '3599' } : accepted,
    ),
  )
  const from = Date.now()
  await mpesa.stkPush(push)
  const [asked, pushed] = requests
  expect(requests).toHaveLength(2)
  expect(asked?.line).toBe('GET /daraja/oauth/v1/generate?grant_type=client_credentials')
  expect(asked?.headers).toMatchObject({
    authorization: 'Basic ZGVtby1jb25zdW1lci1rZXk6ZGVtby1jb25zdW1lci1zZWNyZXQ=',
    'user-agent': matching(/^Latchkey/),
  })
  expect(asked?.body).toBe('')
  expect(pushed?.line).toBe('POST /daraja/mpesa/stkpush/v1/processrequest')
  expect(pushed?.headers).toMatchObject({
    authorization: 'Bearer Zz0demoTokenDemoTokenDemo001',
    'content-type': 'application/json',
    'user-agent': matching(/^Latchkey/),
  })
  const body = JSON.parse(pushed?.body ?? '') as Record<string, unknown> // Compared below.
  const timestamp = String(body['Timestamp'])
  expect(Buffer.from(String(body['Password']), 'base64').toString()).toBe(`174379demo-passkey-0001${timestamp}`)
  const nairobi = new Date(`${timestamp.replace(/(....)(..)(..)(..)(..)(..)/, '$1-$2-$3T$4:$5:$6')}+03:00`).getTime()
  expect(nairobi).toBeGreaterThan(from - 2000)
  expect(nairobi).toBeLessThanOrEqual(Date.now())
})

test('section 4.6: a connection that breaks after the body was sent is an unknown outcome, sent once', async () => {
  const { mpesa, requests } = await serve(({ line }, _, response) => {
    if (line.startsWith('GET')) json(response, { access_token: 'T1', expires_in: 3599 })
    else response.destroy()
  })
  await expect(mpesa.stkPush(push)).rejects.toBeInstanceOf(OutcomeUnknownError)
  expect(requests.filter(({ line }) => line.startsWith('POST'))).toHaveLength(1)
})

test('section 2.4: fifty pushes at once ask for one token, and one more when it is refused', async () => {
  let alive = 'T1'
  const { mpesa, requests } = await serve(({ line, headers }, count, response) => {
    if (line.startsWith('GET')) return json(response, { access_token: (alive = `T${count}`), expires_in: '3599' })
    if (headers.authorization === `Bearer ${alive}`) return json(response, accepted)
    response.statusCode = 404
    json(response, { requestId: '1-1', errorCode: '404.001.03', errorMessage: 'Invalid Access Token' })
  })
  await mpesa.stkPush(push)
  alive = 'taken by another program'
  await Promise.all(Array.from({ length: 50 }, () => mpesa.stkPush(push)))
  expect(requests.filter(({ line }) => line.startsWith('GET'))).toHaveLength(2)
})
