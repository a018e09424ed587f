/** The operations of `latchkey ksef …` (spec/ksef.md sections 3.2 to 3.8 and 3.14). @module */
import { createPublicKey, X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Simulator } from '@latchkey/simulator'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openHome } from '../../terminal.ts'
import type { Home, Transcript } from '../../terminal.ts'
import { document, quickSimulator, unhurried } from './home.ts'

let simulator: Simulator

beforeAll(async () => {
  simulator = await quickSimulator()
}, 60_000)
afterEach(() => simulator.reset())
afterAll(() => simulator.close())

interface Scene extends AsyncDisposable {
  readonly home: Home
  /** Runs `latchkey ksef …` with the simulator's own credentials. */
  ksef(line: string): Promise<Transcript>
}

async function opened(): Promise<Scene> {
  const home = await openHome()
  return {
    home,
    ksef: async (line) => unhurried(await home.type(`ksef ${line} --simulator ${simulator.url}`)),
    [Symbol.asyncDispose]: () => home[Symbol.asyncDispose](),
  }
}

const sent = (operation: string): number => simulator.requests({ system: 'ksef', operation }).length
const at = (): string => `--simulator ${simulator.url}`
const reference = (kind: string): string => `\\d{8}-${kind}-[0-9A-F]{10}-[0-9A-F]{10}-[0-9A-F]{2}`

describe('latchkey ksef sessions (3.2)', () => {
  it('lists them and marks the current one, with `list` and without', async () => {
    await using scene = await opened()
    const { exit, out, err } = await scene.ksef('sessions')
    expect([exit, err]).toEqual([0, '1 in all.\n'])
    expect(out).toMatch(new RegExp(`^reference +current +method .*\n${reference('AU')} +yes +`))
    expect((await scene.ksef('sessions list')).out).toBe(out)
    expect(document(await scene.ksef('sessions --json'))).toMatchObject({
      sessions: [{ isCurrent: true }],
      more: false,
    })
  })

  it('goes from page to page, as far as --limit and no further (1.6)', { timeout: 30_000 }, async () => {
    await using scene = await opened()
    const others = Array.from({ length: 11 }, async () => {
      await using other = await openHome() // With a store of its own, and so a session of its own.
      await other.type(`ksef login ${at()} --json`)
    })
    await Promise.all(others)
    const all = await scene.ksef('sessions')
    expect([all.err, all.out.match(/-AU-/g)?.length]).toEqual(['12 in all.\n', 12])
    const before = sent('authSessions')
    const cut = await scene.ksef('sessions --limit 10')
    expect(cut.err).toBe('The first 10; there are more. Raise --limit, or narrow the filter.\n')
    expect(cut.out.match(/^reference/gm)).toHaveLength(1)
    expect(sent('authSessions') - before).toBe(2) // Whether there is more is known from the next one.
  })

  it('ends one, and the current one with its place in the store (2.12)', async () => {
    await using scene = await opened()
    await using other = await openHome()
    await other.type(`ksef login ${at()}`)
    const { sessions } = document(await scene.ksef('sessions --json')) as unknown as {
      sessions: { referenceNumber: string; isCurrent?: boolean }[]
    } // As listed.
    const foreign = sessions.find(({ isCurrent }) => isCurrent !== true)?.referenceNumber ?? ''
    expect(await scene.ksef(`sessions end ${foreign}`)).toEqual({ exit: 0, out: `Ended: ${foreign}\n`, err: '' })
    expect((await scene.ksef('sessions end --current')).out).toMatch(
      /^Forgotten: .*\nAccess token: its login is ended.*\nRefresh token: the server has ended it\.\n$/,
    )
    expect(simulator.state().systems.ksef.sessions.map(({ status }) => status)).toEqual([425, 425])
  })
})

describe('latchkey ksef tokens (3.3)', () => {
  const aToken = 'tokens generate --permission InvoiceRead --permission InvoiceWrite --description Bookkeeping'

  it('prints the text alone, and its reference beside it; it signs in once it is active', async () => {
    await using scene = await opened()
    const { exit, out, err } = await scene.ksef(`${aToken} --wait`)
    expect(exit).toBe(0)
    expect(out).toMatch(new RegExp(`^${reference('EC')}\\|nip-\\d{10}\\|[0-9a-f]{64}\n$`))
    const [number = ''] = out.split('|')
    expect(err).toBe(`${number} is active.\n`)
    const { nip } = simulator.systems.ksef.credentials
    const login = `ksef login --ksef-token env:T --nip ${nip} ${at()}`
    expect((await scene.home.type(login, { T: out })).exit).toBe(0)
    expect((await scene.ksef(`tokens status ${number}`)).out).toMatch(/^reference +\S+\nstatus +Active\n/)
    expect((await scene.ksef('tokens list --status Active --description Bookkeeping')).out).toContain(number)
    expect((await scene.ksef(`tokens revoke ${number} --json`)).out).toBe(
      `{"referenceNumber":"${number}","revoked":true}\n`,
    )
    expect(
      document(await scene.ksef('tokens list --status Active --description Bookkeeping --json'))['tokens'],
    ).toEqual([])
  })

  it('writes the text into a file of its owner alone, and shows it nowhere', async () => {
    await using scene = await opened()
    const { out, err } = await scene.ksef(`${aToken} --out token.txt --json`)
    const file = join(scene.home.folder, 'token.txt')
    const text = await readFile(file, 'utf8')
    expect(document({ out })).toEqual({ referenceNumber: text.split('|')[0], file })
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(out + err).not.toContain(text.split('|')[2]?.trim())
    expect(err).toMatch(/signs in once it is active: latchkey ksef tokens wait \S+ --simulator \S+\n$/)
  })

  it('says that the answer was lost and where to look: exit 6, made once, no file left behind', async () => {
    await using scene = await opened()
    simulator.faults.add({ system: 'ksef', operation: 'generateKsefToken', kind: 'resetAfter' })
    const { exit, out, err } = await scene.ksef(`${aToken} --out token.txt`)
    expect([exit, out]).toEqual([6, ''])
    expect(err).toMatch(
      /^The token may have been made, and its text is lost: look for it, .* latchkey ksef tokens --simul/,
    )
    expect(err).toContain('KSEF_OUTCOME_UNKNOWN: ')
    expect(sent('generateKsefToken')).toBe(1)
    await expect(stat(join(scene.home.folder, 'token.txt'))).rejects.toThrow('ENOENT')
  })

  it('hands the text over even where it never becomes active: exit 4 after the time that was given', async () => {
    simulator.set({ ksef: { ksefTokenMs: 3_600_000 } })
    await using scene = await opened()
    const { exit, out, err } = await scene.ksef(`${aToken} --wait --wait-max 50ms`)
    expect([exit, out]).toEqual([4, expect.stringMatching(/^\S+\|\S+\|[0-9a-f]{64}\n$/)])
    expect(err).toMatch(/^KSEF_NOT_FINISHED: /)
    const [number = ''] = out.split('|')
    expect(await scene.ksef(`tokens wait ${number} --wait-max 50ms`)).toMatchObject({ exit: 4, out: '' })
  })

  it("shows KSeF's own words about a refusal: exit 5", async () => {
    await using scene = await opened()
    const refused = await scene.ksef('tokens status 20250625-EC-319D7EE000-B67F415CDC-2C')
    expect([refused.exit, refused.out]).toEqual([5, ''])
    expect(refused.err).toMatch(/^KSEF_INVALID_REQUEST: .*\n {2}21405 Błąd walidacji danych wejściowych\.\n {4}\S/)
    const { error } = document(await scene.ksef('tokens status 20250625-EC-319D7EE000-B67F415CDC-2C --json'))
    expect(error).toMatchObject({ status: 400, exceptions: [{ code: 21405 }] })
  })
})

describe('latchkey ksef certificates (3.4)', () => {
  const aRequest = 'certificates request --name Bookkeeping --key own.key --out own.pem'

  it('makes a key, has it certified, and fetches the certificate, which signs in', { timeout: 20_000 }, async () => {
    await using scene = await opened()
    const { exit, out, err } = await scene.ksef(`${aRequest} --json`)
    expect(exit).toBe(0)
    expect(err).toMatch(new RegExp(`^Asked for as ${reference('CE')}\\.\n$`))
    const shown = document({ out }) as Record<string, string> // As printed.
    const { serial = '' } = shown
    const pem = await readFile(join(scene.home.folder, 'own.pem'), 'utf8')
    const key = await readFile(join(scene.home.folder, 'own.key'), 'utf8')
    expect(new X509Certificate(pem).publicKey.equals(createPublicKey(key))).toBe(true)
    expect((await stat(join(scene.home.folder, 'own.key'))).mode & 0o777).toBe(0o600)
    expect((await scene.ksef('certificates')).out).toMatch(
      new RegExp(`^serial .*\n${serial} +Bookkeeping +Auth\\S+ +Active`),
    )
    expect((await scene.ksef(`certificates get ${serial}`)).out).toBe(pem)
    const { nip } = simulator.systems.ksef.credentials
    const login = `ksef login --cert own.pem --key own.key --nip ${nip} ${at()}`
    expect((await scene.home.type(login)).exit).toBe(0)
    expect((await scene.ksef(`certificates revoke ${serial} --reason Superseded`)).out).toBe(`Revoked: ${serial}\n`)
    expect((await scene.ksef('certificates limits')).out).toMatch(/^what +left +of\nrequests +\d+ +\d+\n/)
  })

  it('loses nothing when time is up in between: the key stays, and what it says leads to the certificate', async () => {
    simulator.set({ ksef: { certificateMs: 1_000 } })
    await using scene = await opened()
    const { exit, err } = await scene.ksef(`${aRequest} --wait-max 50ms`)
    expect(exit).toBe(4)
    const [, status = '', key = ''] =
      /\nGo on with: latchkey ksef (certificates status \S+ --wait) --simulator \S+ The key is in (\S+)\.\n/.exec(
        err,
      ) ?? []
    const key1 = await readFile(key, 'utf8')
    await expect(stat(join(scene.home.folder, 'own.pem'))).rejects.toThrow('ENOENT')
    await simulator.clock.advance(1_000)
    const ended = await scene.ksef(status)
    const [, get = ''] = /^Fetch it: latchkey ksef (certificates get \S+) --out FILE/m.exec(ended.err) ?? []
    expect((await scene.ksef(`${get} --out own.pem`)).exit).toBe(0)
    const pem = await readFile(join(scene.home.folder, 'own.pem'), 'utf8')
    expect(new X509Certificate(pem).publicKey.equals(createPublicKey(key1))).toBe(true)
  })

  it('says that the answer was lost, and takes the same key again: exit 6', async () => {
    await using scene = await opened()
    simulator.faults.add({ system: 'ksef', operation: 'enrollCertificate', kind: 'resetAfter' })
    const lost = await scene.ksef(aRequest)
    expect(lost.exit).toBe(6)
    expect(lost.err).toMatch(
      /^The request may have been taken\. Look before you repeat it: latchkey ksef certificates list --name Bookkeeping .*\nThe key stays in (\S+): give it again with --key\.\n/,
    )
    const key = await readFile(join(scene.home.folder, 'own.key'), 'utf8')
    expect(document(await scene.ksef('certificates list --name Bookkeeping --json'))['certificates']).toHaveLength(1)
    expect(await readFile(join(scene.home.folder, 'own.key'), 'utf8')).toBe(key)
  })
})

describe('latchkey ksef permissions (3.5 to 3.7)', () => {
  const person = '--subject Pesel:90010112347 --first-name Ana --last-name Nowak --description Bookkeeping'
  const entity = '--subject Nip:5265877635 --name Ksiegi-sp.zo.o. --description Bookkeeping'

  it.each([
    ['person', `${person} --permission InvoiceRead --permission InvoiceWrite`, '--persons', 2],
    ['entity', `${entity} --permission InvoiceRead --delegate`, '--granted', 1],
    ['authorization', `${entity} --permission SelfInvoicing`, '--authorizations', 1],
  ])('grants a %s, finds it in %s %s, and revokes it (C.5)', async (kind, flags, list, count) => {
    await using scene = await opened()
    const granted = await scene.ksef(`permissions grant ${kind} ${flags}`)
    expect([granted.exit, granted.out]).toEqual([0, expect.stringMatching(new RegExp(`^${reference('EG')}\n$`))])
    const [, status = ''] =
      /^Taken as \S+\. Follow it with: latchkey ksef (permissions status \S+) --sim/.exec(granted.err) ?? []
    expect((await scene.ksef(status)).out).toMatch(/\noutcome +succeeded\nstatus +200 \S/)
    const listed = document(await scene.ksef(`permissions list ${list} --json`))
    const found = (listed['permissions'] ?? listed['authorizations']) as { id: string }[] // As listed.
    expect(found).toHaveLength(count)
    const how = kind === 'authorization' ? ' --authorization' : ''
    for (const { id } of found) {
      expect((await scene.ksef(`permissions revoke ${id}${how}`)).exit).toBe(0)
    }
    expect((await scene.ksef(`permissions list ${list}`)).err).toBe('0 in all.\n')
  })

  it('grants what a file says, and says where the file is wrong (3.18)', async () => {
    await using scene = await opened()
    await scene.home.write('grant.json', {
      subjectIdentifier: { type: 'Nip', value: '5265877635' },
      permissions: [{ type: 'InvoiceRead', canDelegate: true }],
      description: 'Bookkeeping 2031',
      subjectDetails: { fullName: 'Księgi sp. z o.o.' },
    })
    const { exit, out } = await scene.ksef('permissions grant entity --file grant.json')
    expect([exit, out]).toEqual([0, expect.stringMatching(new RegExp(`^${reference('EG')}\n$`))])
    expect((await scene.ksef(`permissions status ${out.trim()} --wait --json`)).out).toContain('"outcome":"succeeded"')
  })

  it.each([
    ['', 'id  permission  state'],
    ['--subunits', 'id  who  name  permission  unit'],
    ['--entities', 'id  permission  of'],
    ['--roles', 'role  parent'],
    ['--subordinates', 'entity  role'],
    ['--received', 'id  authorization  who'],
    ['--eu-entities', 'id  certificate  name'],
  ])('lists %s: an empty list is an answer', async (flag, heading) => {
    await using scene = await opened()
    const { exit, out, err } = await scene.ksef(`permissions list ${flag}`.trim())
    expect([exit, err]).toEqual([0, '0 in all.\n'])
    expect(out).toContain(heading)
  })

  it('says that the answer was lost, and which list shows it: exit 6, granted once', async () => {
    await using scene = await opened()
    simulator.faults.add({ system: 'ksef', operation: 'grantPerson', kind: 'resetAfter' })
    const lost = await scene.ksef(`permissions grant person ${person} --permission InvoiceRead`)
    expect(lost.exit).toBe(6)
    expect(lost.err).toMatch(
      /^The grant may have been taken\. Look before you repeat it: latchkey ksef permissions list --persons /,
    )
    expect(document(await scene.ksef('permissions list --persons --json'))['permissions']).toHaveLength(1)
  })

  it('ends with 5 where KSeF refuses it after it took it (3.18)', async () => {
    await using scene = await opened()
    const { nip } = simulator.systems.ksef.credentials
    const own = `permissions grant entity --subject Nip:${nip} --name Latchkey --description Bookkeeping --permission InvoiceRead`
    const { exit, err } = await scene.ksef(`${own} --wait`)
    expect([exit, err]).toEqual([5, expect.stringContaining('KSEF_OPERATION_FAILED: ')])
  })

  it('says whether invoices may have attachments', async () => {
    await using scene = await opened()
    expect((await scene.ksef('permissions attachments')).out).toBe('attachments allowed  no\n')
  })
})

describe('latchkey ksef limits and peppol (3.8, 3.14)', () => {
  it('shows all limits, or one kind', async () => {
    await using scene = await opened()
    const { exit, out } = await scene.ksef('limits')
    expect(exit).toBe(0)
    expect(out).toMatch(
      /^context +invoices .*\nonline session +10000 .*\n[^]*\ncertificate requests +\d+\n[^]*\ninvoiceSend +10 +30 +180\n/,
    )
    expect((await scene.ksef('limits show subject')).out).toMatch(
      /^certificate requests +\d+\nactive certificates +\d+\n$/,
    )
    expect(Object.keys(document(await scene.ksef('limits show rate --json')))).toEqual(['rate'])
  })

  it('lists the register without signing in', async () => {
    await using scene = await opened()
    const { exit, out, err } = await scene.ksef('peppol')
    expect([exit, out, err]).toEqual([0, 'id  name  registered\n', '0 in all.\n'])
    expect(simulator.state().systems.ksef.signIns).toBe(0)
  })
})
