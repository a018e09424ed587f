/**
 * What is kept between commands that work with `--simulator`: counters and device keys, which would otherwise end with
 * each command. The values are a simulator's and worth nothing; they lie in the folder for temporary files.
 *
 * @module
 */
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Store } from '@latchkey/core'

/** Where it is kept, and the store. Both are of this user and this simulator's address. */
export interface Kept {
  readonly directory: string
  readonly store: Store
}

export async function keptForSimulator({
  url,
  env,
}: {
  readonly url: URL
  readonly env: Readonly<Record<string, string | undefined>>
}): Promise<Kept> {
  const user = process.getuid?.() ?? 'user'
  const place = url.host.replaceAll(/[^\w.-]/g, '_')
  const directory = join(env['TMPDIR'] || tmpdir(), `latchkey-simulator-${user}-${place}`)
  const { fileStore } = await import('@latchkey/stores/file')
  return { directory, store: fileStore({ directory }) }
}
