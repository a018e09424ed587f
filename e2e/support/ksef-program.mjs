/**
 * One program that signs in to KSeF with a test certificate and the tokens of a file store, says how often it was asked
 * for its sessions, and goes on until its input ends. Plain JavaScript, so that it starts as a user's program would.
 *
 * Usage: ksef-program.mjs BASE_URL NIP DIRECTORY SEALING_KEY
 * Each line of input is one call; each line of output is JSON: `{"signedIn":true}`, then `{"sessions":1}` or `{"code":…}`.
 */
import { createInterface } from 'node:readline'
import { keyRing } from '@latchkey/core/seal'
import { Environment, KsefClient } from '@latchkey/ksef'

const [baseUrl, nip, directory, key] = process.argv.slice(2)
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`)

const client = new KsefClient(Environment.TEST, { baseUrl, directory, ring: keyRing({ keys: [key] }) })
const auth = await client.authentication.withTestCertificate({ nip, algorithm: 'ec', pollIntervalMs: 50 })
say({ signedIn: true })
for await (const line of createInterface({ input: process.stdin })) {
  if (line === '') continue
  await auth.sessions.query().then(
    ({ items }) => say({ sessions: items.length }),
    ({ code }) => say({ code }),
  )
}
await client.close()
