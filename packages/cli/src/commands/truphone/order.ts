/**
 * `latchkey truphone order …`: orders an eSIM or a top-up, never twice, and follows it until it is final.
 *
 * @see spec/truphone.md sections 2.6, 7.2 and 8
 * @module
 */
import { systemClock } from '@latchkey/core'
import { member, textMember } from '@latchkey/http'
import { activationQrPng, activationQrSvg, lpaString } from '@latchkey/truphone'
import type { LpaParts, Order, TruphoneClient } from '@latchkey/truphone'
import { ReportedFailure } from '../../failure.ts'
import type { CommonOptions, Io } from '../../io.ts'
import { mayBeLost } from '../../lost-answer.ts'
import { json, pairs } from '../../output.ts'
import { outputFile } from '../../output-file.ts'
import type { Drawers } from '../../output-file.ts'
import { quoted } from '../../target.ts'
import type { OrderGetFlags, OrderNewFlags, OrderTopUpFlags, QrFlags, WaitFlags } from './flags.ts'
import { findLost } from './lost-order.ts'
import { newEsimOrder, topUpOrder } from './order-terms.ts'
import { truphoneTarget } from './target.ts'
import type { TruphoneTarget } from './target.ts'

const lookBackMs = 600_000 // More than two clocks differ.

export async function orderNew(options: CommonOptions & OrderNewFlags, io: Io): Promise<void> {
  const write = await qrFile(options, io)
  const { request: order, send } = await newEsimOrder(options, io)
  await using target = await truphoneTarget(options, io)
  const by = { email: textMember(member(order, 'customer'), 'email') }
  const place = () => send(() => target.truphone.orders.newEsim(order, { signal: io.signal }))
  await run({ target, by, place, write }, options, io)
}

export async function orderTopUp(options: CommonOptions & OrderTopUpFlags, io: Io): Promise<void> {
  const { request: order, send } = await topUpOrder(options, io)
  await using target = await truphoneTarget(options, io)
  const by = { iccid: textMember(member(order, 'esim'), 'iccid') }
  const place = () => send(() => target.truphone.orders.topUp(order, { signal: io.signal }))
  await run({ target, by, place }, options, io)
}

export async function orderGet(id: string, options: CommonOptions & OrderGetFlags, io: Io): Promise<void> {
  const write = await qrFile(options, io)
  await using target = await truphoneTarget(options, io)
  const { orders } = target.truphone
  const order = waits(options, write)
    ? await orders.waitForOrder(id, { signal: io.signal, timeoutMs: options.waitMax })
    : await orders.get(id, { signal: io.signal })
  await show(shownOf(order), order.output, write, options, io)
}

type Write = ((from: LpaParts) => Promise<string>) | undefined

interface Placing {
  readonly target: TruphoneTarget
  /** What its subscriptions are found by. */
  readonly by: { readonly email?: string | undefined } | { readonly iccid?: string | undefined }
  readonly place: () => Promise<Order>
  readonly write?: Write
}

async function run(placing: Placing, options: CommonOptions & WaitFlags, io: Io): Promise<void> {
  const { target, write } = placing
  const { truphone, flags } = target
  const since = new Date(systemClock.wall() - lookBackMs).toISOString()
  let taken: Order
  try {
    taken = await placing.place()
  } catch (error) {
    if (!mayBeLost(error, io)) throw error
    const found = waits(options, write) ? await findLost(error, options.waitMax, io) : undefined
    if (found === undefined) {
      io.err(advice(placing, since))
      throw error
    }
    io.err('The answer was lost. What is shown is new since, of the same plan, and so taken for this order.\n')
    return showFound(truphone, found, write, options, io)
  }
  // Before anything else, since the order goes on whatever happens here.
  const follow = `latchkey truphone order get ${taken.id} --wait ${flags}`
  io.err(`Ordered as ${taken.id}, not yet fulfilled. Follow it with: ${follow}\n`)
  const order = waits(options, write)
    ? await truphone.orders.waitForOrder(taken.id, { signal: io.signal, timeoutMs: options.waitMax })
    : taken
  await show(shownOf(order), order.output, write, options, io)
}

function waits({ wait }: WaitFlags, write: Write): boolean {
  return wait || write !== undefined
}

function advice({ by, target }: Placing, since: string): string {
  const filter = Object.entries(by).map(([name, value]) => `--${name} ${quoted(value ?? '')}`)
  const look = ['latchkey truphone subscription list', ...filter, '--after', since, target.flags].join(' ')
  return (
    `The order may have been taken. Do not order again before you know: fulfilment may take minutes, and a subscription ` +
    `of this plan that was created just now means that it was. Look with: ${look}\n`
  )
}

interface Shown {
  readonly id?: string | undefined
  readonly status?: string | undefined
  readonly iccid?: string | undefined
  readonly subscriptionId?: string | undefined
  readonly matchingId?: string | undefined
  readonly smdpHost?: string | undefined
  readonly activationCode?: string | undefined
}

function shownOf({ id, status, output }: Order): Shown {
  const { iccid, subscriptionId, matchingId, smdpHost } = output ?? {}
  const activationCode = output && lpaString(output)
  return { id, status, iccid, subscriptionId, matchingId, smdpHost, activationCode }
}

/** An order whose id is lost: the SIM has what installs it. */
async function showFound(
  truphone: TruphoneClient,
  { order, iccid, subscriptions }: NonNullable<Awaited<ReturnType<typeof findLost>>>,
  write: Write,
  options: CommonOptions,
  io: Io,
): Promise<void> {
  if (order) return show(shownOf(order), order.output, write, options, io)
  const sim = iccid === undefined ? undefined : await truphone.sims.get(iccid, { signal: io.signal })
  const activationCode = sim && lpaString(sim)
  const shown = { iccid, subscriptionId: subscriptions[0]?.id, matchingId: sim?.matchingId, activationCode }
  await show(shown, sim, write, options, io)
}

async function show(
  shown: Shown,
  parts: LpaParts | undefined,
  write: Write,
  options: CommonOptions,
  io: Io,
): Promise<void> {
  const qr = shown.activationCode === undefined ? undefined : await write?.(parts ?? {})
  io.out(options.json ? json({ ...shown, qr }) : pairs({ ...shown }))
  if (qr !== undefined) io.err(`Wrote ${qr}\n`)
  else if (write) {
    io.err('There is no activation code to draw. A top-up has none: see `latchkey truphone sim get ICCID`.\n')
    throw new ReportedFailure(1)
  }
}

const drawers: Drawers<LpaParts> = {
  '.png': (parts) => activationQrPng(parts),
  '.svg': (parts) => activationQrSvg(parts),
}

/** Of its owner alone: whoever reads the code can install the eSIM. */
async function qrFile({ qr }: QrFlags, io: Io): Promise<Write> {
  return qr === undefined ? undefined : outputFile('--qr', qr, drawers, io, 0o600)
}
