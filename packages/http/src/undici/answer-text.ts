/**
 * The beginning of an answer's body as text, for a classifier.
 *
 * `fetch` hands out bodies decompressed and undici as they came; a refusal has to read the same in both.
 *
 * @see engine.md 7.1
 * @module
 */
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import type { Transform } from 'node:stream'

/** Engine.md 7.1. */
export const judgedMaxBytes = 65_536

const flushed = { finishFlush: constants.Z_SYNC_FLUSH } // What was cut off is decompressed as far as it goes.
const decoders = new Map<string, () => Transform>([
  ['gzip', () => createGunzip(flushed)],
  ['x-gzip', () => createGunzip(flushed)],
  ['deflate', () => createInflate(flushed)],
  ['br', () => createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH })],
])

/**
 * Decodes the first 64 KiB as UTF-8.
 *
 * @param coding - The answer's `Content-Encoding`. One that is not known leaves the bytes as they are.
 */
export async function answerText(bytes: Uint8Array, coding: string | undefined): Promise<string> {
  const decoder = decoders.get(coding?.trim().toLowerCase() ?? '')
  const plain = decoder === undefined ? bytes : await decompress(bytes, decoder())
  return new TextDecoder().decode(plain.subarray(0, judgedMaxBytes))
}

// Stops at the bound, however much the bytes would swell to.
async function decompress(bytes: Uint8Array, decoder: Transform): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  decoder.end(bytes)
  try {
    for await (const part of decoder as AsyncIterable<Uint8Array>) {
      // A decompressor gives bytes.
      size += parts.push(part) && part.byteLength
      if (size >= judgedMaxBytes) break
    }
  } catch {
    // Not what it says it is: what came out can be judged.
  }
  return Buffer.concat(parts)
}
