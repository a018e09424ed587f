/** What outlives a restart, what a reset forgets, and where tables end: spec/ksef.md appendix B. @module */
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSimulator } from '../../../src/index.ts'
import { addGrants } from '../../../src/systems/ksef/permissions/operations.ts'
import type { Grant } from '../../../src/systems/ksef/permissions/rows.ts'
import { checkRoom } from '../../../src/systems/ksef/testdata/room.ts'
import type { World } from '../../../src/systems/ksef/world.ts'
import { derOf, enroll, issue, keys } from '../support/enrollment.ts'
import { bodies, paths } from '../support/grants.ts'
import { anybody, authenticate, holder, seal, signIn, delayMs, unhurried } from '../support/user.ts'

const firm = '5265877635'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ksef-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

interface DataFile {
  readonly systems: { readonly ksef: { readonly tables: { certificateAuthority: { privateKey: string }[] } } }
}

const readData = async (path: string) => JSON.parse(await readFile(path, 'utf8')) as DataFile // As it was written.

test('a restored simulator goes on: grants, certificates, limits, test data, and what is under way', async () => {
  const data = join(folder, 'going-on.json')
  const signer = await seal(firm)
  const first = await startSimulator({ data, ksef: unhurried })
  const owner = await signIn(first, signer, ['Nip', firm])
  const certificate = await derOf(owner, await issue(first, owner))
  await owner('POST', 'testdata/limits/subject/certificate', { certificate: { maxCertificates: 3 } })
  await anybody(first)('POST', 'testdata/person', {
    nip: firm,
    pesel: '15062788702',
    isBailiff: true,
    description: 'Komornik',
  })
  const grant = await owner('POST', paths.entity, bodies.entity('6824515772', [{ type: 'InvoiceRead' }]))
  const { referenceNumber } = (await enroll(owner)).json
  const before = first.state().systems.ksef
  expect(before).toMatchObject({
    grants: 0,
    certificates: [{ type: 'Authentication', owner: `Nip ${firm}`, status: 'Active' }],
  })
  await first.close()

  await using second = await startSimulator({ data })
  expect(second.state().systems.ksef).toEqual(before)
  const again = await signIn(second, holder(certificate, keys.privateKey), ['Nip', firm])
  await second.clock.advance(delayMs)
  expect((await again('GET', `permissions/operations/${String(grant.json['referenceNumber'])}`)).json).toMatchObject({
    status: { code: 200 },
  })
  expect((await again('GET', 'permissions/query/entities/roles')).json).toMatchObject({
    roles: [{ role: 'CourtBailiff' }],
  })
  expect((await again('GET', 'certificates/limits')).json).toMatchObject({ certificate: { remaining: 1, limit: 3 } })
  const [authority] = (await readData(data)).systems.ksef.tables.certificateAuthority
  const authorityKey = createPublicKey(createPrivateKey(authority?.privateKey ?? ''))
  const waited = (await again('GET', `certificates/enrollments/${String(referenceNumber)}`)).json
  for (const serial of [String(waited['certificateSerialNumber']), await issue(second, again)]) {
    expect(new X509Certificate(await derOf(again, serial)).verify(authorityKey)).toBe(true)
  }
  expect(new X509Certificate(certificate).verify(authorityKey)).toBe(true)
  second.reset()
  expect(second.state().systems.ksef).toMatchObject({ grants: 0, certificates: [] })
  await expect(authenticate(second, holder(certificate, keys.privateKey), ['Nip', firm])).resolves.toMatchObject({
    code: 200, // TEST takes it as a certificate of anybody: it is none of ours any more.
  })
})

test('a snapshot whose authority has no key is refused', async () => {
  const data = join(folder, 'no-key.json')
  const first = await startSimulator({ data, ksef: unhurried })
  await enroll(await signIn(first, await seal(firm), ['Nip', firm]))
  await first.close()
  const file = await readData(data)
  for (const authority of file.systems.ksef.tables.certificateAuthority) authority.privateKey = 'x'
  await writeFile(data, JSON.stringify(file))
  await expect(startSimulator({ data })).rejects.toThrow('a private key: no key')
})

test('no key of the authority is in the state or the log', async () => {
  await using simulator = await startSimulator({ ksef: unhurried })
  await enroll(await signIn(simulator, await seal(firm), ['Nip', firm]))
  expect(JSON.stringify([simulator.state(), simulator.requests()])).not.toContain('PRIVATE KEY')
})

/** A table of rows by `id` that is full with `max`. */
function smallTable<Row extends { readonly id: string }>(max: number) {
  const rows = new Map<string, Row>()
  return {
    get: (id: string) => rows.get(id),
    set: (row: Row) => void rows.set(row.id, row),
    delete: (id: string) => void rows.delete(id),
    values: () => rows.values(),
    get size() {
      return rows.size
    },
    max,
  }
}

test('grants that do not fit are not written down at all; those that are there need no room', () => {
  const grants = smallTable<Grant>(2)
  const world = { tables: { grants } } as unknown as World // Nothing else is looked at.
  const grant = (id: string, value: string): Grant => ({
    ...{
      id,
      kind: 'authorization',
      scope: 'SelfInvoicing',
      author: null,
      description: 'x',
      details: null,
      startedAt: 0,
    },
    ...{ from: { type: 'Nip', value: firm }, subject: { kind: 'Nip', value } },
  })
  expect(addGrants(world, [grant('a', '1')])).toBe(true)
  expect(addGrants(world, [grant('b', '2'), grant('c', '3')])).toBe(false)
  expect(grants.size).toBe(1)
  expect(addGrants(world, [grant('b', '2')])).toBe(true)
  expect(addGrants(world, [grant('d', '1'), grant('e', '2')])).toBe(true)
  expect([...grants.values()].map(({ id }) => id)).toEqual(['a', 'b'])
})

test('test data past the bound are refused, and a row that is there can be replaced', () => {
  const table = smallTable<{ readonly id: string }>(1)
  checkRoom(table, 'a')
  table.set({ id: 'a' })
  expect(() => checkRoom(table, 'a')).not.toThrow()
  expect(() => checkRoom(table, 'b')).toThrow('Refused with 507')
})
