/**
 * How much may go into a session of a context.
 *
 * @see spec/ksef.md sections 1.3, 1.11, 3.8
 * @module
 */
import { z } from 'zod'
import { fields, whole } from '../fields.ts'
import { type Context, contextText } from '../identity.ts'
import type { World } from '../world.ts'

const limits = fields({
  maxInvoiceSizeInMB: whole(0, 5),
  maxInvoiceWithAttachmentSizeInMB: whole(0, 10),
  maxInvoices: whole(0, 100_000),
})

const collectiveIdentifierDefault = { maxInvoices: 500 }

/** `SetSessionLimitsRequest`, of which the limits that are read have the shape, too. The last member came with 2.7.1. */
export const contextLimits = fields({
  onlineSession: limits,
  batchSession: limits,
  collectiveIdentifier: z.preprocess(
    (given) => given ?? collectiveIdentifierDefault,
    fields({ maxInvoices: whole(2, 100_000) }),
  ),
})

/** The limits of a context. */
export type ContextLimits = z.output<typeof contextLimits>

/** The limits that the test data set for a context, by {@link contextText}. */
export const contextLimitsRow = z.strictObject({ context: z.string(), limits: contextLimits })

const defaults: ContextLimits = {
  onlineSession: { maxInvoiceSizeInMB: 1, maxInvoiceWithAttachmentSizeInMB: 3, maxInvoices: 10_000 },
  batchSession: { maxInvoiceSizeInMB: 1, maxInvoiceWithAttachmentSizeInMB: 3, maxInvoices: 10_000 },
  collectiveIdentifier: collectiveIdentifierDefault,
}

/** The limits that hold in a context. */
export function contextLimitsOf(world: World, context: Context): ContextLimits {
  return world.tables.contextLimits.get(contextText(context))?.limits ?? defaults
}
