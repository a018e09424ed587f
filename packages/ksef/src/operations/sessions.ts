/**
 * Authentication sessions: what is signed in, and ending it.
 *
 * @see spec/ksef.md sections 2.12 and 3.2
 * @module
 */
import type { AuthenticationSession } from '../values/authentication-session.ts'
import type { TokenPage, TokenPageQuery } from '../values/page.ts'
import { send } from './context.ts'
import type { CallOptions, Context } from './context.ts'
import { harmless } from './look-up.ts'
import { tokenPages } from './pages.ts'
import type { PageOptions, Pages } from './pages.ts'
import { readTokenPage } from './read-page.ts'
import { parseReference } from './reference.ts'
import type { Referenced } from './reference.ts'
import { operations } from './table.ts'

/** `auth.sessions` */
export interface AuthenticationSessions {
  /**
   * Reads one page of the caller's active sessions, newest first; 10 to 100 on a page.
   *
   * Source: spec/ksef.md section 3.2. `GET /auth/sessions`
   */
  query(query?: TokenPageQuery, run?: CallOptions): Promise<TokenPage<AuthenticationSession>>
  /** All of them, page by page. */
  all(query?: TokenPageQuery, run?: PageOptions): Pages<TokenPage<AuthenticationSession>>
  /**
   * Ends the session of the token in use: its refresh token is dead from now on. Access tokens that were issued live to
   * their own end.
   *
   * Source: spec/ksef.md section 3.2. `DELETE /auth/sessions/current`
   */
  terminateCurrent(run?: CallOptions): Promise<void>
  /**
   * Ends a session by its reference number.
   *
   * Source: spec/ksef.md section 3.2. `DELETE /auth/sessions/{referenceNumber}`
   */
  close(session: Referenced, run?: CallOptions): Promise<void>
}

export function sessionsOf(context: Context): AuthenticationSessions {
  const sessions: AuthenticationSessions = {
    query: async (query = {}, run) => readTokenPage(context, operations['sessions.query'], query, run),
    all: (query = {}, run = {}) => tokenPages(context, operations['sessions.query'], query, run),
    async terminateCurrent(run) {
      await send(context, operations['sessions.terminateCurrent'], { unknown: harmless }, run)
    },
    async close(session, run) {
      const operation = operations['sessions.close']
      const params = parseReference(operation, session)
      await send(context, operation, { params, unknown: harmless }, run)
    },
  }
  return Object.freeze(sessions)
}
