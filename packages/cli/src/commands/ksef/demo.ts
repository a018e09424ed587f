/**
 * The part of KSeF in `latchkey demo`: a sign-in with a certificate made for the occasion, which outlives its access
 * token by a refresh.
 *
 * @see spec/ksef.md sections 2.1, 2.5 and 2.10
 * @module
 */
import { Environment, generateNip, KsefClient } from '@latchkey/ksef'
import { askTogether, callers } from '../../demo-scene.ts'
import type { Stage } from '../../demo-scene.ts'

export async function demo({ simulator, observer, signal, note }: Stage): Promise<void> {
  const { baseUrl } = simulator.systems.ksef
  simulator.set({ ksef: { authenticationMs: 0 } })
  await using ksef = new KsefClient(Environment.TEST, { baseUrl, observer })
  const auth = await ksef.authentication.withTestCertificate({
    ...{ nip: generateNip(), algorithm: 'ec', pollIntervalMs: 100, signal, onFirstUse: true },
  })
  const run = { signal }
  // The signed request, and its redemption.
  const together = await askTogether(() => auth.tokenSource.get(run))
  note(`${callers} callers ask for a token at once`, together, 2)
  const { onlineSession } = await auth.limits.context(run)
  note('the limits are asked for', `${onlineSession.maxInvoices} invoices a session`, 2)
  simulator.invalidateTokens('ksef')
  const { items } = await auth.sessions.query({}, run)
  note('the token is killed; the sessions are listed', `${items.length} session, by a refresh`, 3)
}
