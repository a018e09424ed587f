/**
 * Which page of a list.
 *
 * @see spec/ksef.md section 1.6
 * @module
 */
import { z } from 'zod'
import { whole } from '../fields.ts'

const opaqueMax = 8_192 // What servers let a header be.

/** For lists that go on by a token. The token travels in a header. */
export const byToken = (pageSizeMax: number) => ({
  pageSize: whole(10, pageSizeMax).optional(),
  continuationToken: z
    .string('must be the continuationToken of the page before')
    .regex(/^[\x21-\x7e]+$/, 'must be the continuationToken of the page before')
    .max(opaqueMax, `must have at most ${opaqueMax} characters`)
    .optional(),
})

/** For lists that go on by counting pages. */
export const byOffset = (pageSizeMax: number) => ({
  pageSize: whole(10, pageSizeMax).optional(),
  pageOffset: whole(0, 2 ** 31 - 1).optional(),
})
