/**
 * What the ways of signing in take. Checking is `parse-sign-in.ts`'s.
 *
 * @see spec/ksef.md sections 2.2 to 2.7 and 7.2
 * @module
 */
import type { KeyObject } from 'node:crypto'
import type { Secret } from '@latchkey/core'
import type { Certificate } from '../certificates/certificate.ts'
import type { KeyKind } from '../certificates/private-key.ts'
import type { AuthorizationPolicy } from '../values/authorization-policy.ts'
import type { ContextIdentifier } from '../values/context-identifier.ts'
import type { SubjectIdentifierType } from '../xades/auth-token-request.ts'
import type { XadesSigner } from '../xades/signer.ts'

/** In whose name. */
export type SignInContext =
  | { readonly nip: string; readonly contextIdentifier?: undefined }
  | { readonly contextIdentifier: ContextIdentifier; readonly nip?: undefined }

/** What every way of signing in takes. */
export interface SignInOptions {
  /** From where the tokens may be used. @default from everywhere */
  readonly authorizationPolicy?: AuthorizationPolicy | undefined
  /** How long KSeF may take to check, and how long a 429 is waited out, in milliseconds. @default 60 000 on TEST, 600 000 elsewhere */
  readonly timeoutMs?: number | undefined
  /** Between two questions whether it has. @default 1 000 at first, growing to 5 000 */
  readonly pollIntervalMs?: number | undefined
  /** Resolves at once, having sent nothing, and signs in when a token is first needed. @default false */
  readonly onFirstUse?: boolean | undefined
  /** Ends the wait. What was begun goes on for others who wait for it. */
  readonly signal?: AbortSignal | undefined
  /** Your name for the sign-in in events and errors. @default 'ksef' */
  readonly keyLabel?: string | undefined
}

/** A certificate made for the occasion, as only TEST takes it. */
export type TestCertificateSignIn = SignInOptions & {
  /** Also where the environment would not ask. A certificate that signed itself then ends in status 460. @default false */
  readonly verifyChain?: boolean | undefined
  /** @default 'rsa' */
  readonly algorithm?: KeyKind | undefined
} & (
    | {
        /** Whose seal it is. */
        readonly nip: string
        readonly pesel?: undefined
        /** @default the NIP's own */
        readonly contextIdentifier?: ContextIdentifier | undefined
      }
    | (SignInContext & {
        /** Whose signature it is. */
        readonly pesel: string
      })
  )

/** A certificate of one's own. */
export type XadesSignIn = SignInOptions &
  SignInContext & {
    /** @default by number where the certificate's subject names one, otherwise by fingerprint */
    readonly subjectIdentifierType?: SubjectIdentifierType | undefined
    readonly verifyChain?: boolean | undefined
  } & (
    | { readonly certificate: Certificate; readonly privateKey: KeyObject; readonly signer?: undefined }
    /** For a key that does not leave its device. */
    | { readonly signer: XadesSigner; readonly certificate?: undefined; readonly privateKey?: undefined }
  )

/** A KSeF token. */
export type TokenSignIn = SignInOptions & SignInContext & { readonly ksefToken: string | Secret }

/** A request that is signed elsewhere. */
export type SignedRequestSignIn = SignInOptions &
  SignInContext & {
    readonly verifyChain?: boolean | undefined
    /**
     * Names who signs, so that a client that starts again goes on with the sign-in in its store; the certificate's
     * fingerprint for one. Not secret. @default a name of its own each time
     */
    readonly identity?: string | undefined
  } & (
    | {
        /** Signs the request: gets the XML as text and resolves with the signed XML. Asked again when a sign-in ends. */
        readonly sign: (unsignedXml: string) => Promise<string>
        readonly subjectIdentifierType?: SubjectIdentifierType | undefined
        readonly signedXml?: undefined
      }
    /** Signed for a challenge of `authentication.challenge()`. Good for one sign-in, which cannot be made again. */
    | { readonly signedXml: string; readonly sign?: undefined; readonly subjectIdentifierType?: undefined }
  )
