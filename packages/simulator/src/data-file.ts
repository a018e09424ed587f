/**
 * The file in which the state outlives the process: read whole at the start, replaced whole after changes, so that a
 * reader never finds half a state. It holds the ready-made credentials and every token, so only its owner may read it.
 *
 * @module
 */
import { randomBytes } from 'node:crypto'
import { open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { InputError } from './input-error.ts'
import { parseJson } from './json.ts'

/** What the file holds. */
export interface Snapshot {
  readonly seed: number
  /** How far the clock is ahead of the real time, in milliseconds. */
  readonly advancedMs: number
  /** By name, what each system gave. */
  readonly systems: Readonly<Record<string, unknown>>
}

/** The file of a running simulator. */
export interface DataFile {
  /** Something may have changed: the file is brought up to date soon. Costs nothing while that is under way. */
  changed(): void
  /** Brings it up to date now. @throws {InputError} */
  write(): Promise<void>
  /** The same for the last time; the state is taken before this returns. @throws {InputError} */
  close(): Promise<void>
}

/** The name of the layout, so that no other file is taken for one of ours, and its version. */
const layout = { format: 'latchkey-simulator', version: 1 }

/** The longest file that is read, in bytes. The bounds of the systems keep it well below. */
const fileMaxBytes = 64 * 1024 * 1024

/** How long changes are gathered before they are written. */
const gatherMs = 200

/** How long to wait after a failure. */
const againMs = 1000

const schema = z.strictObject({
  format: z.literal(layout.format),
  version: z.literal(layout.version),
  seed: z.int(),
  advancedMs: z.number().min(0),
  systems: z.record(z.string(), z.unknown()),
})

/**
 * Reads the file; undefined when there is none.
 *
 * @param systems - The systems of this version. Others would be lost with the next write.
 * @throws {InputError} It cannot be read, or is not a file of this version. It is left as it is.
 */
export async function readDataFile(path: string, systems: readonly string[]): Promise<Snapshot | undefined> {
  const text = await readText(path)
  if (text === undefined) return undefined
  const found = parsed(text)
  const header = z.looseObject({ format: z.literal(layout.format), version: z.number() }).safeParse(found)
  if (!header.success) throw refusal(path, 'is not a data file of this simulator')
  if (header.data.version !== layout.version) {
    throw refusal(path, `has the format ${String(header.data.version)} of another version of the simulator`)
  }
  const whole = schema.safeParse(found)
  if (!whole.success) throw refusal(path, 'is damaged')
  const foreign = Object.keys(whole.data.systems).find((name) => !systems.includes(name))
  if (foreign !== undefined) throw refusal(path, `holds the system "${foreign}" of another version of the simulator`)
  const { seed, advancedMs, systems: saved } = whole.data
  return { seed, advancedMs, systems: saved }
}

/** Makes the writer of a file. `take` gives the present state. */
export function createDataFile(path: string, take: () => Snapshot): DataFile {
  let written = ''
  let last: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  let state: 'idle' | 'pending' | 'changed meanwhile' | 'closed' = 'idle'

  const text = (): string => `${JSON.stringify({ ...layout, ...take() })}\n`
  const put = (wanted: string): Promise<void> => {
    last = last
      .catch(() => undefined) // Its caller has heard of it.
      .then(async () => {
        if (wanted === written) return
        await replace(path, wanted)
        written = wanted
      })
    return last
  }
  const soon = (ms: number): void => {
    state = 'pending'
    timer = setTimeout(() => {
      put(text()).then(
        () => {
          if (state === 'changed meanwhile') soon(gatherMs)
          else if (state === 'pending') state = 'idle'
        },
        () => state !== 'closed' && soon(againMs), // A failure that lasts is reported by `close`.
      )
    }, ms)
  }
  return {
    changed() {
      if (state === 'idle') soon(gatherMs)
      else if (state === 'pending') state = 'changed meanwhile'
    },
    write: () => put(text()),
    close() {
      state = 'closed'
      clearTimeout(timer)
      return put(text())
    },
  }
}

async function readText(path: string): Promise<string | undefined> {
  try {
    if ((await stat(path)).size > fileMaxBytes) throw refusal(path, 'is too large for a data file of this simulator')
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof InputError) throw error
    if (codeOf(error) === 'ENOENT') return undefined
    throw new InputError(`${path} cannot be read (${codeOf(error)}). Choose another file.`)
  }
}

/** Writes beside the file, makes sure that it is on the disk, and puts it in the file's place. */
async function replace(path: string, text: string): Promise<void> {
  const beside = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    const handle = await open(beside, 'wx', 0o600)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(beside, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined) // The first failure is what matters.
    const text = `${path} cannot be written (${codeOf(error)}). Choose a file in a folder that exists and is yours.`
    throw new InputError(text)
  }
}

/** So that the new name survives a power cut, too. Not every system can do this. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}

function parsed(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

function refusal(path: string, what: string): InputError {
  return new InputError(`${path} ${what}. It is left as it is; choose another file, or move it away to begin anew.`)
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown } // A system error has one.
  return typeof code === 'string' ? code : 'unknown'
}
