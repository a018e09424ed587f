/**
 * Test data about who exists: entities with their subunits, and persons whose NIP and PESEL are one.
 *
 * @see spec/ksef.md sections 3.16, 3.19
 * @module
 */
import { z } from 'zod'
import { fields, instant, items, matching, oneOf, optional, readInput, text } from '../fields.ts'
import { patterns } from '../identity.ts'
import { nothing, type PublicCall, type PublicOperation } from '../operation.ts'
import { entityTypes, hasSubunits } from '../permissions/roles.ts'
import { refused } from '../refusal.ts'
import { checkRoom } from './room.ts'

const nip = matching(patterns.Nip)
const description = text(5, 256)
const createdDate = optional(instant())

const entityRequest = fields({
  subjectNip: nip,
  subjectType: oneOf(entityTypes),
  subunits: optional(items(fields({ subjectNip: nip, description }), 0, 1000)),
  description,
  createdDate,
}).superRefine(({ subjectType, subunits = [] }, context) => {
  if (subunits.length === 0 || hasSubunits(subjectType)) return
  context.addIssue({ code: 'custom', path: ['subunits'], message: `must be empty for subjectType ${subjectType}.` })
})

const personRequest = fields({
  nip,
  pesel: matching(patterns.Pesel),
  isBailiff: z.boolean(),
  description,
  isDeceased: optional(z.boolean()),
  createdDate,
})

/** The operations. */
export const subjectOperations: readonly PublicOperation[] = [
  {
    name: 'createSubject',
    method: 'POST',
    path: '/v2/testdata/subject',
    who: 'public',
    takes: 'json',
    run(call) {
      const request = readInput(entityRequest, call.body)
      const { entities } = call.world.tables
      checkIsNew(entities.get(request.subjectNip), request.createdDate)
      checkRoom(entities, request.subjectNip)
      entities.set({
        nip: request.subjectNip,
        type: request.subjectType,
        subunits: (request.subunits ?? []).map((each) => ({ nip: each.subjectNip, description: each.description })),
        description: request.description,
        createdAt: request.createdDate ?? call.now,
      })
      return nothing(200)
    },
  },
  {
    name: 'removeSubject',
    method: 'POST',
    path: '/v2/testdata/subject/remove',
    who: 'public',
    takes: 'json',
    run({ world, body }) {
      world.tables.entities.delete(readInput(fields({ subjectNip: nip }), body).subjectNip)
      return nothing(200)
    },
  },
  {
    name: 'createPerson',
    method: 'POST',
    path: '/v2/testdata/person',
    who: 'public',
    takes: 'json',
    run(call) {
      const { isDeceased = false, createdDate: created, ...person } = readInput(personRequest, call.body)
      const { people } = call.world.tables
      checkIsNew(people.get(person.nip), created)
      checkRoom(people, person.nip)
      people.set({ ...person, isDeceased, createdAt: created ?? call.now })
      return nothing(200)
    },
  },
  {
    name: 'removePerson',
    method: 'POST',
    path: '/v2/testdata/person/remove',
    who: 'public',
    takes: 'json',
    run: removePerson,
  },
]

/** What is there already can only be made anew with a later date of creation, which has to be said. */
function checkIsNew(there: { readonly createdAt: number } | undefined, createdAt: number | undefined): void {
  if (there === undefined) return
  if (createdAt === undefined || createdAt <= there.createdAt) throw refused(30001)
}

/** Takes all permissions from the person, too. */
function removePerson({ world, body }: PublicCall) {
  const { nip: removed } = readInput(fields({ nip }), body)
  const { people, grants } = world.tables
  const person = people.get(removed)
  if (person === undefined) return nothing(200)
  people.delete(removed)
  for (const { id, subject } of [...grants.values()]) {
    const isPersons = subject.value === (subject.kind === 'Nip' ? person.nip : person.pesel)
    if (isPersons && (subject.kind === 'Nip' || subject.kind === 'Pesel')) grants.delete(id)
  }
  return nothing(200)
}
