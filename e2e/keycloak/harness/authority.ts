/**
 * What the tests need of an authorization server, whichever it is: its addresses, its settings, and what it counted.
 *
 * @module
 */

/** A client id with its secret. */
export interface Credential {
  readonly clientId: string
  readonly clientSecret: string
}

/** Lifetimes are seconds. */
export interface Settings {
  readonly accessSeconds: number
  /** The life of a refresh token, and of a login that is not used. */
  readonly refreshSeconds: number
  /** A refresh token works once, and using it again ends the login. */
  readonly rotates: boolean
}

/** The realm's settings as documented: 5 minutes, 30 minutes, no rotation (spec/truphone.md section 6.3). */
export const documented: Settings = { accessSeconds: 300, refreshSeconds: 1_800, rotates: false }

/** Token requests since the beginning of the test, by what the server made of them. */
export interface Counts {
  readonly logins: number
  readonly refreshes: number
  readonly loginsRefused: number
  readonly refreshesRefused: number
}

/** A running authorization server. */
export interface Authority {
  readonly name: string
  /** `…/realms/tru-staff`. */
  readonly issuer: string
  readonly tokenUrl: string
  /** Sends its secret in the form. */
  readonly partner: Credential
  /** Its secret has characters that must be encoded. `basicClientId`: the same partner where it uses the header. */
  readonly odd: Credential & { readonly basicClientId: string }
  /** Changes the settings, and ends all logins and all counting. */
  reset(settings: Settings): Promise<void>
  counts(): Promise<Counts>
  /** Logins of the partner that the server keeps. */
  sessions(): Promise<number>
  /** As an administrator does. */
  endSessions(): Promise<void>
}
