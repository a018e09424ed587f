/**
 * The limits as they are, and as tests want them.
 *
 * @see spec/ksef.md section 3.8
 * @module
 */
import { readInput } from '../fields.ts'
import { contextText } from '../identity.ts'
import { answer, nothing, type ProtectedOperation } from '../operation.ts'
import { rateLimits } from '../rate-groups.ts'
import { refused } from '../refusal.ts'
import { contextLimits, contextLimitsOf } from './context.ts'
import { checkRoom } from '../testdata/room.ts'
import { describeRateLimits, setRateLimits } from './rates.ts'
import { certificateLimitsOf, subjectKey, subjectLimits } from './subject.ts'

const sessionPath = '/v2/testdata/limits/context/session'
const certificatePath = '/v2/testdata/limits/subject/certificate'
const ratesPath = '/v2/testdata/rate-limits'

/** The operations. What is set holds for the current context, or the current subject. */
export const limitOperations: readonly ProtectedOperation[] = [
  {
    name: 'contextLimits',
    method: 'GET',
    path: '/v2/limits/context',
    who: 'bearer',
    run: ({ world, context }) => answer(200, contextLimitsOf(world, context)),
  },
  {
    name: 'subjectLimits',
    method: 'GET',
    path: '/v2/limits/subject',
    who: 'bearer',
    run({ world, identity }) {
      const { maxEnrollments, maxCertificates } = certificateLimitsOf(world, identity)
      return answer(200, { enrollment: { maxEnrollments }, certificate: { maxCertificates } })
    },
  },
  {
    name: 'rateLimits',
    method: 'GET',
    path: '/v2/rate-limits',
    who: 'bearer',
    run: ({ world, context }) => answer(200, describeRateLimits(world, contextText(context))),
  },
  {
    name: 'setSessionLimits',
    method: 'POST',
    path: sessionPath,
    who: 'bearer',
    takes: 'json',
    run({ world, context, body }) {
      const row = { context: contextText(context), limits: readInput(contextLimits, body) }
      checkRoom(world.tables.contextLimits, row.context)
      world.tables.contextLimits.set(row)
      return nothing(200)
    },
  },
  {
    name: 'resetSessionLimits',
    method: 'DELETE',
    path: sessionPath,
    who: 'bearer',
    run({ world, context }) {
      world.tables.contextLimits.delete(contextText(context))
      return nothing(200)
    },
  },
  {
    name: 'setCertificateLimits',
    method: 'POST',
    path: certificatePath,
    who: 'bearer',
    takes: 'json',
    run({ world, identity, body }) {
      const { subjectIdentifierType: type, enrollment, certificate } = readInput(subjectLimits, body)
      if (type !== undefined && type !== identity.kind) {
        throw refused(21405, `'subjectIdentifierType' must be that of the authenticated subject, ${identity.kind}.`)
      }
      checkRoom(world.tables.subjectLimits, subjectKey(identity))
      world.tables.subjectLimits.set({
        subject: subjectKey(identity),
        maxEnrollments: enrollment?.maxEnrollments ?? null,
        maxCertificates: certificate?.maxCertificates ?? null,
      })
      return nothing(200)
    },
  },
  {
    name: 'resetCertificateLimits',
    method: 'DELETE',
    path: certificatePath,
    who: 'bearer',
    run({ world, identity }) {
      world.tables.subjectLimits.delete(subjectKey(identity))
      return nothing(200)
    },
  },
  {
    name: 'setRateLimits',
    method: 'POST',
    path: ratesPath,
    who: 'bearer',
    takes: 'json',
    run({ world, context, body }) {
      const row = { context: contextText(context), limits: readInput(setRateLimits, body).rateLimits }
      checkRoom(world.tables.rateLimits, row.context)
      world.tables.rateLimits.set(row)
      return nothing(200)
    },
  },
  {
    name: 'resetRateLimits',
    method: 'DELETE',
    path: ratesPath,
    who: 'bearer',
    run({ world, context }) {
      world.tables.rateLimits.delete(contextText(context))
      return nothing(200)
    },
  },
  {
    name: 'setProductionRateLimits',
    method: 'POST',
    path: `${ratesPath}/production`,
    who: 'bearer',
    run({ world, context }) {
      checkRoom(world.tables.rateLimits, contextText(context))
      world.tables.rateLimits.set({ context: contextText(context), limits: rateLimits })
      return nothing(200)
    },
  },
]
