/**
 * The part of Truphone Connect in `latchkey demo`: an eSIM bought with one login, which outlives the death of its token.
 *
 * @see spec/truphone.md sections 8 and 12.7
 * @module
 */
import { lpaString, TruphoneClient } from '@latchkey/truphone'
import { askTogether, callers } from '../../demo-scene.ts'
import type { Stage } from '../../demo-scene.ts'

const fulfilmentMs = 5_000

export async function demo({ simulator, observer, signal, note }: Stage): Promise<void> {
  const { baseUrl, credentials } = simulator.systems.truphone
  const { clientId, clientSecret, role } = credentials
  await using truphone = new TruphoneClient({
    ...{ clientId, clientSecret, role, environment: 'pre-production', baseUrl, observer },
  })
  const run = { signal }
  const expectLogins = (count: number): void => {
    const found = simulator.state().systems.truphone.logins
    if (found !== count) throw new Error(`${found} logins instead of ${count}`)
  }
  const together = await askTogether(() => truphone.tokenSource.get(run))
  note(`${callers} callers ask for a token at once`, together, 1)
  const products = await truphone.products.list({}, run)
  note('the plans are listed', `${products.length} plans`, 1)

  const { id } = await truphone.orders.newEsim(
    {
      countryCode: 'PT',
      customer: { email: 'ana.ficticia@example.org' },
      device: { type: 'ios', id: 'demo-0001' },
      subscriptions: [{ productId: products[0]?.id ?? '' }],
    },
    run,
  )
  await simulator.clock.advance(fulfilmentMs)
  const { output = {} } = await truphone.orders.waitForOrder(id, run)
  const { iccid = '' } = output
  note('an eSIM is ordered, up to its activation code', lpaString(output) ?? 'none', 1)

  simulator.invalidateTokens('truphone')
  const { status = '' } = await truphone.sims.get(iccid, run)
  expectLogins(1)
  note('the token is killed; the eSIM is looked at', `${status}, by a refresh`, 2)
  simulator.set({ truphone: { actions: [{ do: 'endSessions', clientId }] } })
  simulator.invalidateTokens('truphone')
  const [plan] = await truphone.subscriptions.listBySim(iccid, run)
  expectLogins(2)
  // A refresh that is refused, and a login.
  note('the login is ended at the server; its plan is looked at', `${plan?.status ?? ''}, by one new login`, 4)
}
