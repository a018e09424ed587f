/**
 * Where the loaders read from: bytes, the text of a PEM block, or a file. Bounded, and silent about what it read.
 *
 * @module
 */
import { open } from 'node:fs/promises'
import { invalidArgument, Secret } from '@latchkey/core'
import { credentialError } from './errors.ts'

/** Bytes, PEM text (it holds `-----BEGIN`), or the path or `file:` URL of a file. */
export type CredentialSource = string | URL | Uint8Array

const bytesMax = 1_048_576

/**
 * Reads a source, at most 1 MiB.
 *
 * @throws {LatchkeyError} `KSEF_CREDENTIAL_UNREADABLE`: no such file, not allowed, or too large.
 */
export async function readCredential(source: CredentialSource): Promise<Buffer> {
  if (source instanceof Uint8Array) return checked(Buffer.from(source))
  if (typeof source === 'string' && source.includes('-----BEGIN')) return checked(Buffer.from(source, 'utf8'))
  if (source instanceof URL ? source.protocol !== 'file:' : typeof source !== 'string' || source === '') {
    throw invalidArgument('source: must be bytes, PEM text, a path or a file: URL')
  }
  return checked(await readFile(source))
}

/** A password as text, or `undefined`. */
export function passwordText(password: string | Secret | undefined): string | undefined {
  const text = password instanceof Secret ? password.reveal() : password
  if (text !== undefined && typeof text !== 'string') throw invalidArgument('password: must be text or a Secret')
  return text
}

function checked(bytes: Buffer): Buffer {
  if (bytes.length <= bytesMax) return bytes
  throw credentialError('KSEF_CREDENTIAL_UNREADABLE', `Read a certificate or key: it is larger than ${bytesMax} bytes.`)
}

async function readFile(path: string | URL): Promise<Buffer> {
  let file
  try {
    file = await open(path, 'r')
    const chunk = Buffer.alloc(bytesMax + 1)
    let length = 0
    for (;;) {
      const { bytesRead } = await file.read(chunk, length, chunk.length - length, null)
      length += bytesRead
      if (bytesRead === 0 || length === chunk.length) return chunk.subarray(0, length)
    }
  } catch (error) {
    throw credentialError(
      'KSEF_CREDENTIAL_UNREADABLE',
      'Read a certificate or key from a file: it could not be read. Check the path and who may read it.',
      error,
    )
  } finally {
    await file?.close()
  }
}
