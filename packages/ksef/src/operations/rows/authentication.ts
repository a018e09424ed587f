/**
 * The steps of signing in. The grant sends them itself, in their order and with tokens of their own.
 *
 * @see spec/ksef.md sections 2.1 and 3.1
 * @module
 */
import {
  authenticationAccepted,
  authenticationStatus,
  challenge,
  redeemedTokens,
  refreshedToken,
} from '../../wire/authentication.ts'
import { gives } from '../answers.ts'
import { byReferenceNumber, nothing } from '../requests/references.ts'
import * as requests from '../requests/sessions.ts'
import type { KsefOperation } from '../table-row.ts'

export const authenticationRows = {
  'authentication.challenge': {
    name: 'authentication.challenge',
    method: 'POST',
    path: '/auth/challenge',
    effect: 'read',
    rateGroup: 'public',
    who: 'public',
    request: nothing,
    summary: 'Asks for a challenge, which lives for ten minutes.',
    ...gives(challenge),
  },
  'authentication.submitXades': {
    name: 'authentication.submitXades',
    method: 'POST',
    path: '/auth/xades-signature',
    effect: 'once',
    rateGroup: 'public',
    who: 'public',
    request: requests.submitXades,
    summary: 'Submits the signed request.',
    ...gives(authenticationAccepted),
  },
  'authentication.submitKsefToken': {
    name: 'authentication.submitKsefToken',
    method: 'POST',
    path: '/auth/ksef-token',
    effect: 'once',
    rateGroup: 'public',
    who: 'public',
    request: requests.submitKsefToken,
    summary: 'Submits an encrypted KSeF token.',
    ...gives(authenticationAccepted),
  },
  'authentication.status': {
    name: 'authentication.status',
    method: 'GET',
    path: '/auth/{referenceNumber}',
    effect: 'read',
    rateGroup: 'public',
    who: 'authenticationToken',
    request: byReferenceNumber,
    summary: 'Reads how far signing in is.',
    ...gives(authenticationStatus),
  },
  'authentication.redeem': {
    name: 'authentication.redeem',
    method: 'POST',
    path: '/auth/token/redeem',
    effect: 'once',
    rateGroup: 'public',
    who: 'authenticationToken',
    request: nothing,
    summary: 'Fetches the access token and the refresh token, exactly once.',
    ...gives(redeemedTokens),
  },
  'authentication.refresh': {
    name: 'authentication.refresh',
    method: 'POST',
    path: '/auth/token/refresh',
    effect: 'read', // The refresh token stays as it is.
    rateGroup: 'public',
    who: 'refreshToken',
    request: nothing,
    summary: 'Fetches a new access token.',
    ...gives(refreshedToken),
  },
} as const satisfies Record<string, KsefOperation>
