/**
 * `latchkey truphone webhook …`: what Truphone is to post about a SIM, and where.
 *
 * @see spec/truphone.md section 7.4
 * @module
 */
import type { NotificationType } from '@latchkey/truphone'
import type { ProfileFlags } from '../../flags.ts'
import type { CommonOptions, Io } from '../../io.ts'
import { json, pairs, table } from '../../output.ts'
import { truphoneTarget } from './target.ts'

export async function webhookList(iccid: string, options: CommonOptions & ProfileFlags, io: Io): Promise<void> {
  await using target = await truphoneTarget(options, io)
  const webhooks = await target.truphone.webhooks.list(iccid, { signal: io.signal })
  if (options.json) return io.out(json({ iccid, webhooks }))
  io.out(
    table(
      ['type', 'url'],
      webhooks.map(({ type, webhookUrl }) => [type, webhookUrl]),
    ),
  )
}

export async function webhookRegister(
  registration: { readonly iccid: string; readonly type: NotificationType; readonly webhookUrl: string },
  options: CommonOptions & ProfileFlags,
  io: Io,
): Promise<void> {
  await using target = await truphoneTarget(options, io)
  await target.truphone.webhooks.register(registration, { signal: io.signal })
  const shown = { ...registration, registered: true }
  io.out(options.json ? json(shown) : pairs(shown))
}

export async function webhookUnregister(
  registration: { readonly iccid: string; readonly type: NotificationType },
  options: CommonOptions & ProfileFlags,
  io: Io,
): Promise<void> {
  await using target = await truphoneTarget(options, io)
  await target.truphone.webhooks.unregister(registration, { signal: io.signal })
  const shown = { ...registration, registered: false }
  io.out(options.json ? json(shown) : pairs(shown))
}
