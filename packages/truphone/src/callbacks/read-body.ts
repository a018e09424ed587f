/**
 * Reads the body of an incoming request within a limit, from whatever a server hands over.
 *
 * @see spec/truphone.md section 7.5
 * @module
 */

/** The body, or why there is none. */
export type BodyRead = { readonly body: unknown } | { readonly failed: 'tooLarge' | 'broken' }

/** A stream as Node's servers hand it over. */
export interface NodeStream {
  on(event: string, listener: (value?: unknown) => void): unknown
  off(event: string, listener: (value?: unknown) => void): unknown
  pause(): unknown
}

/** Reads a Node stream. What is too long is not read on: the caller answers and lets the connection go. */
export function readNodeStream(stream: NodeStream, maxBytes: number): Promise<BodyRead> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = []
    let size = 0
    const settle = (read: BodyRead): void => {
      stream.off('data', take)
      stream.off('end', end)
      stream.off('error', lose)
      stream.off('close', lose)
      resolve(read)
    }
    const take = (chunk: unknown): void => {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
      if (!(bytes instanceof Uint8Array)) return settle({ failed: 'broken' })
      size += bytes.byteLength
      if (size > maxBytes) {
        stream.pause()
        return settle({ failed: 'tooLarge' })
      }
      chunks.push(bytes)
    }
    const end = (): void => settle({ body: Buffer.concat(chunks) })
    const lose = (): void => settle({ failed: 'broken' })
    stream.on('data', take)
    stream.on('end', end)
    stream.on('error', lose)
    stream.on('close', lose)
  })
}

/** Reads a web stream. */
export async function readWebStream(stream: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<BodyRead> {
  const chunks: Uint8Array[] = []
  const reader = stream?.getReader()
  try {
    for (let size = 0; reader;) {
      const { done, value } = await reader.read()
      if (done) break
      size += value.byteLength
      if (size > maxBytes) {
        reader.cancel().catch(() => undefined) // Nobody reads on.
        return { failed: 'tooLarge' }
      }
      chunks.push(value)
    }
    return { body: Buffer.concat(chunks) }
  } catch {
    return { failed: 'broken' }
  }
}
