/**
 * What the requests of permissions have in common: identifiers, lists of scopes, and descriptions of subjects.
 *
 * @see spec/ksef.md section 3.18 and appendix A
 * @module
 */
import { z } from 'zod'
import { day, fields, identifier, items, matching, oneOf, optional, text } from '../fields.ts'
import type { Identity } from '../identity.ts'
import type { SubjectDetails } from './rows.ts'

/** `description` of every grant. */
export const description = text(5, 256)

/** `EntityDetails` */
export const entityDetails = fields({ fullName: text(5, 90) }).transform(({ fullName }): SubjectDetails => ({
  subjectDetailsType: 'EntityByIdentifier',
  fullName,
}))

/** Some permissions, each once. */
export function scopes<const Name extends string>(names: readonly [Name, ...Name[]]) {
  return items(oneOf(names), 1, names.length).refine(areDistinct, 'must not contain duplicates.')
}

/** True of values that are there once. */
export function areDistinct(values: readonly unknown[]): boolean {
  return new Set(values).size === values.length
}

const name = { firstName: text(2, 30), lastName: text(2, 81) }
const personById = fields(name)
const personByFpWithId = fields({ ...name, identifier: identifier(['Pesel', 'Nip']) })
const personByFpNoId = fields({
  ...name,
  birthDate: day(),
  idDocument: fields({ type: text(0, 20), number: text(0, 20), country: matching(/^[A-Z]{2}$/) }),
})
const entityByFp = fields({ fullName: text(0, 100), address: text(0, 512) })

/** `PersonPermissionSubjectDetails` */
export const personSubjectDetails = fields({
  subjectDetailsType: oneOf([
    'PersonByIdentifier',
    'PersonByFingerprintWithIdentifier',
    'PersonByFingerprintWithoutIdentifier',
  ]),
  personById: optional(personById),
  personByFpWithId: optional(personByFpWithId),
  personByFpNoId: optional(personByFpNoId),
}).transform((details, context) => subjectDetails(details, context))

/** `EuEntityPermissionSubjectDetails` */
export const euSubjectDetails = fields({
  subjectDetailsType: oneOf([
    'PersonByFingerprintWithIdentifier',
    'PersonByFingerprintWithoutIdentifier',
    'EntityByFingerprint',
  ]),
  personByFpWithId: optional(personByFpWithId),
  personByFpNoId: optional(personByFpNoId),
  entityByFp: optional(entityByFp),
}).transform((details, context) => subjectDetails(details, context))

interface GivenDetails {
  readonly subjectDetailsType: SubjectDetails['subjectDetailsType']
  readonly personById?: z.output<typeof personById> | undefined
  readonly personByFpWithId?: z.output<typeof personByFpWithId> | undefined
  readonly personByFpNoId?: z.output<typeof personByFpNoId> | undefined
  readonly entityByFp?: z.output<typeof entityByFp> | undefined
}

/** Takes exactly the member that the type names. */
function subjectDetails(given: GivenDetails, context: z.RefinementCtx): SubjectDetails {
  const { subjectDetailsType: type, personById: byId, personByFpWithId: withId, personByFpNoId: noId } = given
  const wanted = members[type]
  for (const member of detailMembers) {
    const isThere = given[member] !== undefined
    if (isThere === (member === wanted)) continue
    const message = isThere ? `must be empty for subjectDetailsType ${type}.` : 'must not be empty.'
    context.addIssue({ code: 'custom', path: [member], message })
  }
  if (type === 'PersonByIdentifier' && byId !== undefined) return { subjectDetailsType: type, ...byId }
  if (type === 'PersonByFingerprintWithIdentifier' && withId !== undefined) {
    const { identifier: personIdentifier, ...person } = withId
    return { subjectDetailsType: type, ...person, personIdentifier }
  }
  if (type === 'PersonByFingerprintWithoutIdentifier' && noId !== undefined)
    return { subjectDetailsType: type, ...noId }
  if (type === 'EntityByFingerprint' && given.entityByFp !== undefined) {
    return { subjectDetailsType: type, ...given.entityByFp }
  }
  return z.NEVER // The member is missing, which is said above.
}

const members = {
  PersonByIdentifier: 'personById',
  PersonByFingerprintWithIdentifier: 'personByFpWithId',
  PersonByFingerprintWithoutIdentifier: 'personByFpNoId',
  EntityByFingerprint: 'entityByFp',
  EntityByIdentifier: undefined, // Of entity grants, which describe the entity without a choice.
} as const satisfies Record<SubjectDetails['subjectDetailsType'], keyof GivenDetails | undefined>

const detailMembers = ['personById', 'personByFpWithId', 'personByFpNoId', 'entityByFp'] as const

/** Says what is wrong where the details are not those of such a subject: by identifier, or by fingerprint. */
export function checkDetails(
  { type }: { readonly type: Identity['kind'] },
  { subjectDetailsType }: SubjectDetails,
  context: z.RefinementCtx,
): void {
  if ((type === 'Fingerprint') === (subjectDetailsType !== 'PersonByIdentifier')) return
  const message = `does not fit a subject of type ${type}.`
  context.addIssue({ code: 'custom', path: ['subjectDetails', 'subjectDetailsType'], message })
}
