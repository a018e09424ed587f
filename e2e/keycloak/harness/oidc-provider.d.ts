/**
 * The part of oidc-provider that the stand-in uses; the package brings no types.
 *
 * @module
 */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  export interface Context {
    body: unknown
    readonly oidc: {
      readonly client: Client
      readonly params?: Readonly<Record<string, unknown>>
    }
  }
  export interface Client {
    readonly clientId: string
  }
  export interface Payload {
    readonly kind?: string
    readonly exp?: number
    readonly grantId?: string
    readonly [name: string]: unknown
  }
  export interface Adapter {
    upsert(id: string, payload: Payload, expiresIn: number): Promise<void>
    find(id: string): Promise<Payload | undefined>
    findByUid(uid: string): Promise<Payload | undefined>
    findByUserCode(code: string): Promise<Payload | undefined>
    consume(id: string): Promise<void>
    destroy(id: string): Promise<void>
    revokeByGrantId(grantId: string): Promise<void>
  }
  export class Provider {
    constructor(issuer: string, configuration: object)
    readonly Grant: new (fields: object) => {
      addResourceScope(resource: string, scope: string): void
      save(): Promise<string>
    }
    readonly AccessToken: new (fields: object) => {
      resourceServer: unknown
      readonly expiration: number
      save(): Promise<string>
    }
    readonly RefreshToken: new (fields: object) => { save(): Promise<string> }
    readonly ResourceServer: new (audience: string, fields: object) => object
    registerGrantType(name: string, handler: (context: Context) => Promise<void>, parameters: readonly string[]): void
    on(event: 'grant.success' | 'grant.error', listener: (context: Context, error?: Error) => void): this
    callback(): (request: IncomingMessage, response: ServerResponse) => void
  }
}
