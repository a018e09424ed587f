/**
 * What a command is handed instead of reaching for the process.
 *
 * @module
 */

export interface Io {
  /** Results: nothing else goes to standard output. */
  readonly out: (text: string) => void
  /** Progress and warnings. */
  readonly err: (text: string) => void
  /** Standard input, where something is asked to come from there. @default nothing */
  readonly input?: AsyncIterable<Uint8Array>
  readonly isTerminal: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  /** Where relative names begin and the configuration is looked for. @default the working folder of the process */
  readonly cwd?: string
  /** Aborted by Ctrl-C and by a polite request to stop. */
  readonly signal: AbortSignal
}

/** Flags that every command takes. */
export interface CommonOptions {
  readonly json: boolean
  readonly verbose: boolean
}
