/**
 * OAuth 2 client credentials as a grant for the token engine: refresh, revocation and logout included.
 *
 * @module
 */
export { discoverServer } from './discovery.ts'
export type { DiscoveredServer, DiscoveryOptions } from './discovery.ts'
export { oauth2ErrorCodes } from './errors.ts'
export type { OAuth2ErrorCode } from './errors.ts'
export { oauth2Grant } from './grant.ts'
export type { ClientAuthentication, LoginEnding, OAuth2GrantOptions } from './options.ts'
