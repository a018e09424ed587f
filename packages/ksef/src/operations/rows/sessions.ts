/**
 * Authentication sessions.
 *
 * @see spec/ksef.md section 3.2
 * @module
 */
import { sessionPage } from '../../wire/authentication.ts'
import { gives, givesNothing } from '../answers.ts'
import { byReferenceNumber, nothing } from '../requests/references.ts'
import * as requests from '../requests/sessions.ts'
import type { KsefOperation } from '../table-row.ts'

export const sessionRows = {
  'sessions.query': {
    name: 'sessions.query',
    method: 'GET',
    path: '/auth/sessions',
    effect: 'read',
    rateGroup: 'other',
    who: 'bearer',
    request: requests.querySessions,
    summary: 'Lists the active sessions of the caller, newest first.',
    ...gives(sessionPage),
  },
  'sessions.terminateCurrent': {
    name: 'sessions.terminateCurrent',
    method: 'DELETE',
    path: '/auth/sessions/current',
    effect: 'keyed',
    rateGroup: 'other',
    who: 'bearer',
    request: nothing,
    summary: 'Ends the session of the token in use.',
    ...givesNothing,
  },
  'sessions.close': {
    name: 'sessions.close',
    method: 'DELETE',
    path: '/auth/sessions/{referenceNumber}',
    effect: 'keyed',
    rateGroup: 'other',
    who: 'bearer',
    request: byReferenceNumber,
    summary: 'Ends a session by its reference number.',
    ...givesNothing,
  },
} as const satisfies Record<string, KsefOperation>
