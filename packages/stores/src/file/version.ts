/**
 * What is in one version file: a line with the layout and a checksum over all that follows, a line of facts, and the
 * value. Pure; nothing here touches a disk.
 *
 * @see engine.md section 9, docs/decisions/0010-versions-instead-of-a-lock-file.md
 * @module
 */
import { createHash } from 'node:crypto'
import type { Etag } from '@latchkey/core'
import { unsupported } from './trouble.ts'

/** One version of a record, as found. */
export interface Version {
  readonly number: number
  readonly etag: Etag
  /** The etag of the version that this one replaced, if it says so. */
  readonly after: Etag | null
  readonly value: string
  /** The store's time from which the record counts as absent. */
  readonly endsAt: number
}

/** What a writer states beside the value. `id`: random. `at`: the store's time. `keep`: milliseconds from `at`. */
export interface Facts {
  readonly id: string
  readonly after: Etag | null
  readonly at: number
  readonly keep: number | 'forever'
}

/** Values have at most so many bytes of UTF-8. */
export const valueMaxBytes = 1024 * 1024
/** No version file that we wrote is larger. */
export const fileMaxBytes = valueMaxBytes + 4096

const layout = 1
/** How every version file begins; the checksum of what follows the first line is next. */
export const beginning = `latchkey-record ${layout} `

/** Numbers say which is newest; the random part keeps the etag from matching after the folder was lost and made anew. */
export function etagOf(number: number, id: string): Etag {
  return `${number}-${id}`
}

/** All of a version file that comes after its {@link beginning}. */
export function encodeVersion({ id, after, at, keep }: Facts, value: string): Buffer {
  const body = `${JSON.stringify({ id, after, at, keep })}\n${value}`
  return Buffer.from(`${sha256(body)}\n${body}`)
}

/**
 * Total: bytes that are no whole version are a version too, with the raw text as its value and an etag made of
 * `identity` and the bytes, so that the engine reports it and only a commit overwrites it (engine.md 9.8).
 *
 * @param identity - Tells this file from all others that ever had its name.
 * @throws {StoreError} `LATCHKEY_STORE_UNSUPPORTED`: a later layout; nothing is known about it.
 */
export function parseVersion(number: number, bytes: Buffer, identity: string): Version {
  const firstLine = /^latchkey-record (\d{1,9}) ([0-9a-f]{64})\n/.exec(bytes.toString('latin1', 0, 128))
  if (Number(firstLine?.[1]) > layout) {
    throw unsupported('A record was written by a later version of the file store. Update this one; it stays as it is.')
  }
  const body = bytes.subarray(firstLine?.[0].length ?? 0)
  if (Number(firstLine?.[1]) !== layout || sha256(body) !== firstLine?.[2]) return asFound(number, bytes, identity)
  const end = body.indexOf('\n')
  // The checksum holds, so this is what `encodeVersion` wrote.
  const { id, after, at, keep } = JSON.parse(body.toString('utf8', 0, end)) as Facts
  return {
    number,
    etag: etagOf(number, id),
    after,
    value: body.toString('utf8', end + 1),
    endsAt: keep === 'forever' ? Infinity : at + keep,
  }
}

function asFound(number: number, bytes: Buffer, identity: string): Version {
  return {
    number,
    etag: etagOf(number, `unreadable-${identity}-${sha256(bytes)}`),
    after: null,
    value: bytes.toString('utf8'),
    endsAt: Infinity,
  }
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex')
}
