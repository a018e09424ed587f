/**
 * `latchkey truphone subscription …`: the plans on SIMs. A list is shown page by page, as far as `--limit`.
 *
 * @see spec/truphone.md sections 2.5 and 7.6
 * @module
 */
import { OutcomeUnknownError } from '@latchkey/http'
import { remainingBytes } from '@latchkey/truphone'
import type { Subscription } from '@latchkey/truphone'
import type { ProfileFlags } from '../../flags.ts'
import type { CommonOptions, Io } from '../../io.ts'
import { showPages } from '../../listing.ts'
import type { Listing } from '../../listing.ts'
import { json, pairs } from '../../output.ts'
import { quoted } from '../../target.ts'
import type { SubscriptionListFlags } from './flags.ts'
import { truphoneTarget } from './target.ts'

const listing: Listing<Subscription> = {
  name: 'subscriptions',
  heading: ['id', 'status', 'iccid', 'product', 'activated', 'expires'],
  cells,
  document,
}

export async function subscriptionList(options: CommonOptions & SubscriptionListFlags, io: Io): Promise<void> {
  await using target = await truphoneTarget(options, io)
  const { email, iccid, product: productId, after, before } = options
  const pages = target.truphone.subscriptions.pages({ email, iccid, productId, after, before }, { signal: io.signal })
  await showPages(pages, listing, options, io)
}

export async function subscriptionGet(id: string, options: CommonOptions & ProfileFlags, io: Io): Promise<void> {
  await using target = await truphoneTarget(options, io)
  const found = await target.truphone.subscriptions.get(id, { signal: io.signal })
  if (options.json) return io.out(json(document(found)))
  const { status, iccid, deviceId, product, initialBalance, spentBalance } = found
  io.out(
    pairs({
      ...{ id: found.id, status, iccid, deviceId, productId: product.id, product: product.name },
      ...{ initialBytes: initialBalance, spentBytes: spentBalance, remainingBytes: remaining(found) },
      ...{ activationDate: iso(found.activationDate), expirationDate: iso(found.expirationDate) },
      createdDate: iso(found.createdDate),
    }),
  )
}

export async function subscriptionActivate(id: string, options: CommonOptions & ProfileFlags, io: Io): Promise<void> {
  await using target = await truphoneTarget(options, io)
  const look = `latchkey truphone subscription get ${target.flags} -- ${quoted(id)}`
  await target.truphone.subscriptions.activate(id, { signal: io.signal }).catch((error: unknown) => {
    if (error instanceof OutcomeUnknownError) {
      io.err(`Look before you send it again; PENDING may only mean "not yet": ${look}\n`)
    }
    throw error
  })
  const shown = { id, activated: true }
  io.out(options.json ? json(shown) : pairs(shown))
  if (!options.json) io.err(`Accepted; it becomes active shortly. Look with: ${look}\n`)
}

function document(subscription: Subscription): object {
  const { raw: _raw, ...shown } = subscription
  return { ...shown, remainingBytes: remaining(subscription) }
}

function cells({ id, status = '', iccid = '', product, activationDate, expirationDate }: Subscription): string[] {
  return [id, status, iccid, product.name ?? product.id ?? '', iso(activationDate) ?? '', iso(expirationDate) ?? '']
}

function remaining(subscription: Subscription): string | undefined {
  return remainingBytes(subscription)?.toString()
}

function iso(date: Date | undefined): string | undefined {
  return date?.toISOString()
}
