/**
 * Takes an authentication, whichever way it came, and puts its decision on the agenda.
 *
 * @see spec/ksef.md sections 2.6, 2.9
 * @module
 */
import type { Answer } from '../../../answers.ts'
import { plan } from '../agenda.ts'
import { answer } from '../operation.ts'
import { countOne, type World } from '../world.ts'
import { issueAuthToken } from './issue.ts'
import type { Session } from './session.ts'

/** What a way to authenticate finds out. */
export type Submission = Pick<
  Session,
  'method' | 'identity' | 'context' | 'ipPolicy' | 'ksefToken' | 'certificate' | 'tokenFault' | 'challengeExpiresAt'
>

/** Opens the authentication, and answers 202. */
export async function submit(world: World, submission: Submission): Promise<Answer> {
  const now = world.now()
  const session: Session = {
    reference: world.ids.reference('AU', now),
    startedAt: now,
    ...submission,
    status: 100,
    detail: null,
    redeemedAt: null,
    refreshExpiresAt: null,
    lastRefreshAt: null,
    accessEnds: [],
  }
  world.tables.sessions.set(session)
  countOne(world.counters.signIns, submission.method)
  plan(world, 'decideAuthentication', session.reference, world.switches.authenticationMs)
  return answer(202, { referenceNumber: session.reference, authenticationToken: await issueAuthToken(world, session) })
}
