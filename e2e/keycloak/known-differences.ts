/**
 * Where the simulator's answers differ from those of Keycloak 26.7.4 with our realm file: `field: simulator | Keycloak`.
 *
 * The access token's claims probably follow from the realm file: an imported client has neither the mappers of a service
 * account (`client_id`, `clientHost`, `clientAddress`) nor roles of the client `account` (`aud`, `resource_access`).
 *
 * @see spec/truphone.md sections 12.4 and 12.6
 * @module
 */
const accessClaims =
  'access_token claims: acr aud azp clientAddress clientHost client_id exp iat iss jti preferred_username realm_access resource_access scope sid sub typ | acr azp email_verified exp iat iss jti preferred_username realm_access scope sid sub typ'
const refreshClaims =
  'refresh_token claims: aud azp exp iat iss jti scope sid sub typ | aud azp exp iat iss jti prov scope sid sub typ'
const idClaims =
  'id_token claims: aud azp exp iat iss scope sid sub typ | acr at_hash aud azp email_verified exp iat iss jti preferred_username sid sub typ'
const sessionState = 'body session_state: 36 characters | 24 characters'
const login = [accessClaims, sessionState, refreshClaims]

/** By the name of the request; what is not listed is equal. */
export const knownDifferences: Readonly<Record<string, readonly string[]>> = {
  'a login': login,
  'a login with an odd secret in the header': login,
  'a login without refresh token': [accessClaims.replaceAll(' sid', '')],
  'a login with scope openid': [accessClaims, sessionState, idClaims, refreshClaims],
  'a refresh': login,
  'no client': [
    'body error_description: string Missing client_id parameter | string Invalid client or Invalid client credentials',
    'status: 400 | 401',
  ],
  'a JSON body': [
    'body error: string HTTP 415 Unsupported Media Type | string invalid_request',
    'body error_description: absent | string Missing form parameter: grant_type',
    'order: error | error error_description',
    'status: 415 | 400',
  ],
}
