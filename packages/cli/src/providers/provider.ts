/**
 * What the command has to know of a provider. Each is one module beside this file; everything that works on profiles or
 * on a simulator goes through this shape and names none of them.
 *
 * @see DESIGN section 4
 * @module
 */
import type { CodeRow, KeyRing, LatchkeyError, ManagedTokenSource, Observer, Secret, Store } from '@latchkey/core'
import type { z } from 'zod'
import type { Reference } from '../config/fields.ts'
import type { ProviderName } from './names.ts'

/** Something that gives tokens and has an end. */
export interface Door {
  readonly tokenSource: ManagedTokenSource
  close(): Promise<void>
}

/** `record`: the stored record is only looked at or forgotten, for which the client id is enough. */
export type Use = 'record' | 'token'

/** What tokens and all else is kept with, and who is told. */
export interface Services {
  readonly store?: Store | undefined
  readonly ring?: KeyRing | undefined
  readonly plaintext?: boolean | undefined
  readonly storeTrouble?: 'degrade' | 'fail' | undefined
  readonly observer: Observer
}

/** What a provider is handed to open a profile. What it does not fetch is not asked for. */
export interface Opening {
  /** The profile's name. */
  readonly name: string
  readonly use: Use
  /** Fetches what a field refers to. @throws {ConfigError} It cannot be had. */
  secret(field: string, reference: Reference): Promise<Secret>
  /** The same for a field that may hold the value itself. */
  text(field: string, given: string | Reference): Promise<string>
  /** The same for bytes, which an environment variable holds as PEM or as Base64. */
  bytes(field: string, reference: Reference): Promise<Uint8Array>
  /** Opens the store; for last, since it may ask a server. */
  services(): Promise<Services>
}

/** What a provider is handed to open a simulator's system. */
export interface SimulatedOpening {
  /** Where the simulator is. */
  readonly url: URL
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  readonly observer: Observer
}

/** A system of a simulator, as it tells of itself. */
export interface SimulatedSystem {
  readonly baseUrl: string
  readonly credentials: object
}

/** A provider's own words about a failure. They may be in its language, and hold what a terminal must not be sent. */
export interface Explanation {
  /** For people. */
  readonly lines: readonly string[]
  /** For `--json`, beside the error's details. */
  readonly facts: Readonly<Record<string, unknown>>
}

/** One provider. `Client` is what its own commands work with. */
export interface Provider<
  Profile extends z.ZodObject = z.ZodObject,
  System extends z.ZodType<SimulatedSystem> = z.ZodType<SimulatedSystem>,
  Client extends Door = Door,
> {
  /** Of the provider, of its default profile, of its group of commands and of the simulator's system. */
  readonly name: ProviderName
  /** The fields of a profile, `provider` among them. */
  readonly profile: Profile
  /** Where the client calls a field otherwise in its messages: its name there, and the profile's. */
  readonly fieldNames?: Readonly<Record<string, string>>
  /** What `latchkey init` writes into a profile after `provider`: first the environment that costs nothing. */
  readonly template: { readonly environment: string } & Readonly<Record<string, string | true>>
  /** What `latchkey init` says besides the variables that are to be set: one line. */
  readonly advice: string
  /** The simulator's ready-made credentials, as far as commands use them and `latchkey simulator` prints them. */
  readonly simulated: System
  /** What the simulator's log calls the requests that give a token. */
  readonly tokenOperations: readonly string[]
  openTokens(profile: z.output<Profile>, opening: Opening): Promise<Door>
  openClient(profile: z.output<Profile>, opening: Opening): Promise<Client>
  openSimulatedTokens(system: z.output<System>, opening: SimulatedOpening): Promise<Door>
  openSimulatedClient(system: z.output<System>, opening: SimulatedOpening): Promise<Client>
  /** The table of its error codes. */
  errorCodes(): Promise<Readonly<Record<string, CodeRow>>>
  /** What the provider itself said, where an error of its client knows more than its message; else undefined. */
  explain?(error: LatchkeyError): Promise<Explanation | undefined>
}

/** The client of a provider. */
export type ClientOf<P> = P extends { openClient(...given: never[]): Promise<infer Client> } ? Client : never

/** The system of a provider's simulator. */
export type SystemOf<P> = P extends { readonly simulated: infer System extends z.ZodType } ? z.output<System> : never

/** States a provider, with its types inferred. */
export function provider<Profile extends z.ZodObject, System extends z.ZodType<SimulatedSystem>, Client extends Door>(
  given: Provider<Profile, System, Client>,
): Provider<Profile, System, Client> {
  return given
}
