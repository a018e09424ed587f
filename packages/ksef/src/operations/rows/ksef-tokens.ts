/**
 * KSeF tokens.
 *
 * @see spec/ksef.md section 3.3
 * @module
 */
import { generatedToken, tokenInfo, tokenInfoPage } from '../../wire/ksef-tokens.ts'
import { gives, givesNothing } from '../answers.ts'
import * as requests from '../requests/ksef-tokens.ts'
import { byReferenceNumber } from '../requests/references.ts'
import type { KsefOperation } from '../table-row.ts'

export const ksefTokenRows = {
  'tokens.generate': {
    name: 'tokens.generate',
    method: 'POST',
    path: '/tokens',
    effect: 'once',
    rateGroup: 'other',
    who: 'bearer',
    request: requests.generateToken,
    summary: 'Makes a KSeF token, whose text is shown once.',
    ...gives(generatedToken),
  },
  'tokens.query': {
    name: 'tokens.query',
    method: 'GET',
    path: '/tokens',
    effect: 'read',
    rateGroup: 'other',
    who: 'bearer',
    request: requests.queryTokens,
    summary: 'Lists KSeF tokens, newest first.',
    ...gives(tokenInfoPage),
  },
  'tokens.status': {
    name: 'tokens.status',
    method: 'GET',
    path: '/tokens/{referenceNumber}',
    effect: 'read',
    rateGroup: 'other',
    who: 'bearer',
    request: byReferenceNumber,
    summary: 'Reads one KSeF token and its state.',
    ...gives(tokenInfo),
  },
  'tokens.revoke': {
    name: 'tokens.revoke',
    method: 'DELETE',
    path: '/tokens/{referenceNumber}',
    effect: 'keyed',
    rateGroup: 'other',
    who: 'bearer',
    request: byReferenceNumber,
    summary: 'Revokes a KSeF token.',
    ...givesNothing,
  },
} as const satisfies Record<string, KsefOperation>
