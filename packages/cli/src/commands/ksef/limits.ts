/**
 * `latchkey ksef limits`: what the current context and subject are allowed.
 *
 * @see spec/ksef.md sections 1.10, 1.11 and 3.8
 * @module
 */
import type { ContextLimits, RateLimits, RateLimitValues, SubjectLimits } from '@latchkey/ksef'
import type { ProfileFlags } from '../../flags.ts'
import type { CommonOptions, Io } from '../../io.ts'
import { json, pairs, table } from '../../output.ts'
import type { LimitKind } from './limit-kinds.ts'
import { ksefTarget } from './target.ts'

/** @param which - All by default. */
export async function limitsShow(
  which: LimitKind | undefined,
  options: CommonOptions & ProfileFlags,
  io: Io,
): Promise<void> {
  await using target = await ksefTarget(options, io)
  const { limits } = target.auth
  const run = { signal: io.signal }
  const wants = (name: typeof which): boolean => which === undefined || which === name
  const context = wants('context') ? await target.ask(limits.context(run)) : undefined
  const subject = wants('subject') ? await target.ask(limits.subject(run)) : undefined
  const rate = wants('rate') ? await target.ask(limits.rateLimits(run)) : undefined
  if (options.json) return io.out(json({ context, subject, rate }))
  io.out(
    [context && contextTable(context), subject && subjectPairs(subject), rate && rateTable(rate)]
      .filter(Boolean)
      .join('\n'),
  )
}

function contextTable({ onlineSession, batchSession, collectiveIdentifier }: ContextLimits): string {
  const rows = Object.entries({ 'online session': onlineSession, 'batch session': batchSession }).map(
    ([name, { maxInvoices, maxInvoiceSizeInMB, maxInvoiceWithAttachmentSizeInMB }]) => [
      ...[name, String(maxInvoices), `${maxInvoiceSizeInMB} MB`, `${maxInvoiceWithAttachmentSizeInMB} MB`],
    ],
  )
  if (collectiveIdentifier) rows.push(['collective identifier', String(collectiveIdentifier.maxInvoices)])
  return table(['context', 'invoices', 'an invoice', 'with attachment'], rows)
}

function subjectPairs({ enrollment, certificate }: SubjectLimits): string {
  return pairs({
    'certificate requests': enrollment?.maxEnrollments ?? 'no limit',
    'active certificates': certificate?.maxCertificates ?? 'no limit',
  })
}

function rateTable(limits: RateLimits): string {
  const groups: Readonly<Record<string, RateLimitValues | undefined>> = limits
  const rows = Object.entries(groups).flatMap(([name, values]) =>
    values ? [[name, ...[values.perSecond, values.perMinute, values.perHour].map(allowed)]] : [],
  )
  return table(['requests', 'a second', 'a minute', 'an hour'], rows)
}

function allowed(count: number): string {
  return count === -1 ? 'no limit' : String(count)
}
