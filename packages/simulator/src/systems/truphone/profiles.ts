/**
 * The kinds of Keycloak that may stand behind the token endpoint, and what each sets.
 *
 * @see spec/truphone.md section 14.2
 * @module
 */

/** The kinds. */
export const profileNames = ['kc26-refresh', 'kc26-norefresh', 'kc26-rotate', 'kc-legacy', 'minimal'] as const

/** One of {@link profileNames}. */
export type Profile = (typeof profileNames)[number]

/** What a profile sets; each can also be set by itself. */
export interface ProfileSettings {
  /** `client_credentials` opens a KC session and gives a refresh token. */
  readonly refreshTokens: boolean
  /** A refresh uses the refresh token up. */
  readonly revokeRefreshToken: boolean
  /** With `revokeRefreshToken`: how many more times a token may be used, 0 to 100. */
  readonly refreshTokenMaxReuse: number
}

/** The settings of each. */
export const profileSettings: Readonly<Record<Profile, ProfileSettings>> = {
  'kc26-refresh': { refreshTokens: true, revokeRefreshToken: false, refreshTokenMaxReuse: 0 },
  'kc26-norefresh': { refreshTokens: false, revokeRefreshToken: false, refreshTokenMaxReuse: 0 },
  'kc26-rotate': { refreshTokens: true, revokeRefreshToken: true, refreshTokenMaxReuse: 0 },
  'kc-legacy': { refreshTokens: true, revokeRefreshToken: false, refreshTokenMaxReuse: 0 },
  minimal: { refreshTokens: false, revokeRefreshToken: false, refreshTokenMaxReuse: 0 },
}
