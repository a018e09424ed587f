/**
 * The end of an authentication: what is only checked after the submission was taken.
 *
 * @see spec/ksef.md sections 2.6, 2.7, 2.9
 * @module
 */
import { noteUse } from '../certificates/issued.ts'
import { contextText, isSameContext } from '../identity.ts'
import { isDeceased } from '../parties.ts'
import { registerProvider } from '../peppol.ts'
import type { World } from '../world.ts'
import { permissionsOf, type Session } from './session.ts'
import { type StatusCode, statusDetails } from './statuses.ts'

interface Verdict {
  readonly code: StatusCode
  readonly detail: string | null
}

/** Decides an authentication that is still under way. */
export function decideAuthentication(world: World, reference: string, at: number): void {
  const session = world.tables.sessions.get(reference)
  if (session?.status !== 100) return // Revoked meanwhile, or forgotten.
  const { code, detail } = verdictOn(world, session, at)
  session.status = code
  session.detail = detail
  const ksefToken = session.ksefToken === null ? undefined : world.tables.ksefTokens.get(session.ksefToken)
  if (code !== 200) return
  if (ksefToken !== undefined) ksefToken.lastUsedAt = at
  if (session.certificate !== null) noteUse(world, session.certificate.fingerprint, at)
  if (session.context.type === 'PeppolId') registerProvider(world, session.context.value, nameOf(session))
}

function verdictOn(world: World, session: Session, at: number): Verdict {
  const { outcome } = world.switches
  if (outcome !== null) return { code: outcome.status, detail: outcome.detail ?? statusDetails[outcome.status] ?? null }
  const tokenFault = session.method === 'token' ? tokenFaultOf(world, session, at) : null
  if (tokenFault !== null) return { code: 450, detail: tokenFault }
  const certificateFault = certificateFaultOf(session, at)
  if (certificateFault !== null) return { code: 460, detail: certificateFault }
  const code = refusalOf(world, session)
  return { code, detail: statusDetails[code] ?? null }
}

function nameOf({ certificate, context }: Session): string {
  return certificate?.subject.organizationName ?? certificate?.subject.commonName ?? context.value
}

function refusalOf(world: World, session: Session): StatusCode {
  if (world.tables.blockedContexts.get(contextText(session.context)) !== undefined) return 480
  if (session.identity !== null && isDeceased(world, session.identity)) return 470
  return permissionsOf(world, session).length === 0 ? 415 : 200
}

function tokenFaultOf(world: World, session: Session, at: number): string | null {
  if (session.tokenFault !== null) return session.tokenFault
  if (at >= session.challengeExpiresAt) return 'Nieprawidłowe wyzwanie autoryzacyjne'
  const token = session.ksefToken === null ? undefined : world.tables.ksefTokens.get(session.ksefToken)
  if (token === undefined) return 'Nieprawidłowy token'
  if (token.status === 'Revoking' || token.status === 'Revoked') return 'Token unieważniony'
  if (token.status !== 'Active') return 'Token nieaktywny'
  if (isSameContext(token.context, session.context)) return null
  return `Token nie może być użyty w kontekście ${contextText(session.context)}`
}

function certificateFaultOf({ certificate }: Session, at: number): string | null {
  if (certificate === null) return null
  if (at < certificate.notBefore || at >= certificate.notAfter) return 'Nieważny certyfikat'
  return certificate.distrust
}
