/**
 * What `latchkey ksef …` refuses before it asks anything of KSeF: the message, exit code 2, no request (DESIGN "Errors",
 * spec/ksef.md sections 1.8, 2.5, 2.14, 3.5).
 *
 * @module
 */
import type { Simulator } from '@latchkey/simulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openHome, type } from '../../terminal.ts'
import { prepared, quickSimulator, withCertificate } from './home.ts'

let simulator: Simulator

beforeAll(async () => {
  simulator = await quickSimulator()
}, 60_000)
afterAll(() => simulator.close())

const asked = (): number => simulator.requests({ system: 'ksef' }).length

describe('latchkey ksef login refuses', () => {
  it.each([
    ['--nip 5265877635', '--nip goes together with --test, --cert, --p12 or --ksef-token'],
    ['--env demo', '--env goes together with --test, --cert, --p12 or --ksef-token'],
    ['--key key.pem', '--key goes together with --cert.'],
    ['--p12 a.p12 --key-password env:P', '--key-password goes together with --cert.'],
    ['--ksef-token env:T --p12-password env:P', '--p12-password goes together with --p12.'],
    ['--test --env production', '--test signs in at the environment test alone'],
    ['--test --cert seal.pem', "option '--test' cannot be used with option '--cert <file>'"],
    ['--p12 a.p12 --ksef-token env:T', "option '--p12 <file>' cannot be used with option '--ksef-token <reference>'"],
    ['--test --profile ksef', "option '--test' cannot be used with option '--profile <name>'"],
    ['--test --nip 5265877635 --context Nip:5265877635', "option '--nip <nip>' cannot be used with option '--context"],
    ['--test --nip 526587763', '--nip must be ten digits'],
    ['--test --context Pesel:90010112347', '--context takes TYPE:VALUE, where TYPE is Nip or InternalId or NipVatUe'],
    ['--test --context Nip:52', '--context begins with no NIP, so say whose test certificate to make'],
    ['--test --context PeppolId:PPL123456', '--context begins with no NIP, so say whose test certificate to make'],
    ['--test --as Pesel:90010112347', '--nip or --context is missing: in whose name to sign in'],
    ['--test --as Fingerprint:AB --nip 5265877635', '--as takes TYPE:VALUE, where TYPE is Nip or Pesel.'],
    ['--test --as Pesel:9 --nip 5265877635', '--as must be eleven digits'],
    ['--test --as Nip:9 --nip 5265877635', '--as must name a NIP of ten digits'],
    ['--as Nip:5265877635 --nip 5265877635', '--as goes together with --test.'],
    ['--cert seal.pem --key seal.key --as Nip:5265877635', '--as goes together with --test.'],
    ['--test --as Pesel:9 --nip 5265877635 --simulator URL', '--as must be eleven digits'],
    ['--cert seal.pem --key seal.key --env test', '--nip or --context is missing: in whose name to sign in'],
    ['--cert seal.pem --key seal.key --nip 5265877635', '--env is missing: production, demo or test'],
    ['--cert seal.pem --nip 5265877635 --env test', '--key is missing: the file with the private key of --cert'],
    ['--cert gone.pem --key seal.key --nip 5265877635 --env test', '--cert refers to file:HOME/gone.pem, and'],
    ['--cert seal.key --key seal.key --nip 5265877635 --env test', '--cert cannot be used. Read a certificate:'],
    ['--cert seal.pem --key seal.pem --nip 5265877635 --env test', '--key cannot be used. Read a private key:'],
    ['--p12 seal.pem --nip 5265877635 --env test', '--p12 cannot be used. Opened a PKCS#12 file:'],
    ['--p12 a.p12 --p12-password Geheim1 --nip 5265877635 --env test', '--p12-password takes env:NAME or file:PATH'],
    ['--ksef-token Geheim1 --nip 5265877635 --env test', '--ksef-token takes env:NAME or file:PATH or - for standard'],
    ['--ksef-token env:GONE --nip 5265877635 --env test', '--ksef-token refers to env:GONE, which is not set'],
    ['--ksef-token - --nip 5265877635 --env test', '--ksef-token refers to standard input, which is empty'],
    ['--env sandbox --test', "option '--env <name>' argument 'sandbox' is invalid"],
  ])('%s', async (flags, message) => {
    await using scene = await prepared(simulator)
    const before = asked()
    const { exit, out, err } = await scene.type(`ksef login ${flags.replace('URL', simulator.url)}`)
    expect([exit, out, asked() - before]).toEqual([2, '', 0])
    expect(err.replaceAll(scene.home.folder, 'HOME')).toContain(message)
    expect(err).not.toContain('Geheim1')
  })
})

describe('the commands refuse', () => {
  it.each([
    ['sessions end', 'Say which session: a reference of `latchkey ksef sessions`, or --current.'],
    ['sessions end 20250625-AU-319D7EE000-B67F415CDC-2C --current', 'Say which session'],
    ['sessions end nothing', 'referenceNumber must be'],
    ['tokens generate --description Books', "required option '--permission <name>' not specified"],
    ['tokens generate --permission InvoiceSee --description Books', 'permissions.0 must be'],
    ['tokens generate --permission InvoiceRead --description Bks', 'description must be text of 5 to 256 characters'],
    ['tokens generate --permission InvoiceRead --description Books --out gone/t', 'cannot be written (ENOENT)'],
    ['tokens generate --permission InvoiceRead --description Books --out seal.pem', 'is there already'],
    ['tokens list --status Dead', 'status.0 must be'],
    ['certificates list --status Gone', "argument 'Gone' is invalid. Allowed choices are Active, Blocked"],
    ['certificates request --name Books --key k', "required option '--out <file>' not specified"],
    ['certificates request --name Books --key k --out seal.pem', 'is there already, and nothing is overwritten'],
    ['certificates request --name Books --key seal.pem --out c', '--key: HOME/seal.pem cannot be used.'],
    ['certificates get 12', 'certificateSerialNumbers.0 must be'],
    ['permissions list --persons --granted', "option '--persons' cannot be used with option '--granted'"],
    ['permissions grant person', '--subject is missing. Or pass --file.'],
    ['permissions grant person --subject Fingerprint:AB', '--subject takes TYPE:VALUE, where TYPE is Nip or Pesel.'],
    ['permissions grant person --subject Nip:5265877635', '--permission is missing: what to allow. Or pass --file.'],
    ['permissions grant eu-entity', '--file is missing: this grant says too much for flags.'],
    [
      'permissions grant person --file grant.json --description Books',
      '--description does not go together with --file',
    ],
    ['permissions grant person --file grant.json', 'grant.json, line 1, column 23: subjectIdentifier.type must be'],
    ['permissions revoke nothing', 'permissionId must be'],
    ['permissions list --author System', '--author does not narrow --personal, but --persons and --granted.'],
    ['permissions list --roles --permission Owner', '--permission does not narrow --roles, but --personal and'],
    ['permissions list --persons --author Nobody:1', '--author takes TYPE:VALUE, where TYPE is Nip or Pesel or'],
    ['permissions list --persons --permission InvoiceSee', 'permissionTypes.0 must be'],
    ['permissions list --subordinates --entity InternalId:1', '--entity takes TYPE:VALUE, where TYPE is Nip.'],
    ['permissions list --state Dead', 'Allowed choices are Active, Inactive'],
    ['limits set all --file f', "value 'all' is invalid for argument 'which'"],
    ['limits set context', '--file is missing: the limits to set.'],
    ['limits set rate', '--file is missing: the limits to set. Or pass --production.'],
    ['limits set subject --production', '--production is for `latchkey ksef limits set rate`.'],
    ['limits set rate --production --file f', '--production does not go together with --file'],
    ['limits set context --file grant.json', 'grant.json, line 1, column 2: subjectIdentifier is not a field.'],
    ['limits set context --file gone.json', 'gone.json: cannot be read (ENOENT)'],
    ['testdata person create --nip 5265877635', "required option '--pesel <pesel>' not specified"],
    ['testdata person create --nip 52 --pesel 90010112347 --description Testing', 'nip must be'],
    ['testdata subject create --nip 5265877635 --type Firm --description Testing', 'Allowed choices are Enforcement'],
    [
      'testdata subject create --nip 5265877635 --type JST --description Testing --subunit Unit',
      '--subunit takes NIP:DESCRIPTION.',
    ],
    ['testdata context block --context Pesel:90010112347', '--context takes TYPE:VALUE, where TYPE is Nip or'],
    ['testdata attachments withdraw --nip 5265877635 --until soon', 'expectedEndDate must be'],
    ['limits show all', "value 'all' is invalid for argument 'which'. Allowed choices are context, subject"],
  ])('%s', async (line, message) => {
    await using scene = await prepared(simulator)
    await scene.home.write('grant.json', '{"subjectIdentifier":{"type":"Nap","value":"5265877635"}}')
    const before = asked()
    const { exit, out, err } = await scene.type(`ksef ${line}`)
    expect([exit, out, asked() - before]).toEqual([2, '', 0])
    expect(err.replaceAll(scene.home.folder, 'HOME')).toContain(message)
  })
})

describe('what only the environment test has is refused elsewhere (3.8, 3.16)', () => {
  it.each(['limits reset context', 'limits set rate --production', 'testdata person remove --nip 5265877635'])(
    '%s',
    async (line) => {
      await using scene = await prepared(simulator)
      await scene.configure({ environment: 'demo', baseUrl: undefined, ...withCertificate })
      const before = asked()
      const { exit, out, err } = await scene.type(`ksef ${line}`)
      expect([exit, out, asked() - before]).toEqual([2, '', 0])
      expect(err).toMatch(/^KSEF_TEST_ONLY: /)
    },
  )
})

describe('a profile of KSeF that cannot be used: told with its line', () => {
  const good = { environment: 'test', nip: '5265877635', ...withCertificate }
  it.each([
    [{ ...good, environment: 'sandbox' }, 'profiles.ksef.environment must be "production", "demo" or "test"'],
    [{ ...good, nip: undefined }, 'profiles.ksef must have exactly one of "nip" and "context"'],
    [{ ...good, context: { type: 'Nip', value: '5265877635' } }, 'must have exactly one of "nip" and "context"'],
    [
      { ...good, nip: undefined, context: { type: 'Pesel', value: '1' } },
      'context.type must be one of Nip, InternalId',
    ],
    [{ ...good, certificate: undefined }, 'must have exactly one of "ksefToken", "certificate", "p12"'],
    [{ ...good, ksefToken: 'env:KSEF_TOKEN' }, 'must have exactly one of "ksefToken", "certificate", "p12"'],
    [{ ...good, ksefToken: '20250625-EC-1|x' }, 'profiles.ksef.ksefToken must be a reference'],
    [{ ...good, privateKey: undefined }, 'profiles.ksef.privateKey is missing; "certificate" needs its key'],
    [{ ...good, p12Password: 'env:P' }, 'profiles.ksef.p12Password belongs to a profile with "p12"'],
    [{ ...good, testCertificate: false }, 'profiles.ksef.testCertificate must be true, { "type": "Nip" or "Pesel"'],
    [
      { environment: 'demo', nip: '5265877635', testCertificate: true },
      'profiles.ksef.testCertificate is for "environment": "test" alone',
    ],
    [{ ...good, nip: '52' }, 'profiles.ksef.nip must be ten digits'],
    [{ ...good, certificate: 'file:seal.key' }, 'profiles.ksef.certificate cannot be used. Read a certificate:'],
    [{ ...good, privateKey: 'env:GONE' }, 'profiles.ksef.privateKey refers to env:GONE, which is not set'],
    [{ ...good, baseUrl: 'http://example.com' }, 'profiles.ksef.baseUrl must be https, or http on loopback'],
    [
      { ...good, apiBaseUrl: 'https://api.ksef.mf.gov.pl/v2' },
      'profiles.ksef.apiBaseUrl belongs to another environment',
    ],
  ])('%j', async (profile, message) => {
    await using scene = await prepared(simulator)
    await scene.home.write('latchkey.config.json', {
      profiles: { ksef: { provider: 'ksef', ...profile } },
      store: { memory: true },
    })
    const before = asked()
    const { exit, out, err } = await scene.type('token ksef')
    expect([exit, out, asked() - before]).toEqual([2, '', 0])
    expect(err).toMatch(/latchkey\.config\.json, line \d+, column \d+: /)
    expect(err).toContain(message)
  })

  it('is no profile of another provider', async () => {
    await using scene = await prepared(simulator)
    const { exit, err } = await scene.type('truphone products --profile ksef')
    expect(exit).toBe(2)
    expect(err).toContain('profiles.ksef.provider is "ksef", and this command needs a profile of "truphone"')
  })
})

describe('help', () => {
  it.each([
    ['ksef', 'login sessions tokens certificates permissions limits peppol'],
    ['ksef login', '--test --cert --key --key-password --p12 --p12-password --ksef-token --nip --context --env'],
    ['ksef sessions', 'list end'],
    ['ksef tokens', 'list generate status wait revoke'],
    ['ksef certificates', 'list limits request status get revoke'],
    ['ksef certificates request', '--name --type --key --out --valid-from --wait-max'],
    ['ksef permissions', 'list grant revoke status attachments'],
    ['ksef permissions list', '--personal --persons --granted --subunits --entities --roles --eu-entities --limit'],
    ['ksef permissions grant', 'person entity authorization indirect subunit eu-entity eu-administrator'],
    ['ksef limits show', 'context subject rate --simulator --profile --config --json'],
    ['ksef peppol list', '--limit --simulator'],
  ])('of `latchkey %s` names %s', async (line, names) => {
    const { exit, out, err } = await type(`${line} --help`)
    expect([exit, err]).toEqual([0, ''])
    for (const name of names.split(' ')) expect(out).toMatch(new RegExp(`(^|[\\s"])${name}\\b`, 'm'))
  })
})

describe('without a configuration', () => {
  it('a command says how to make one: exit 2', async () => {
    await using home = await openHome()
    const { exit, err } = await home.type('ksef sessions')
    expect([exit, err]).toEqual([2, expect.stringContaining('Make one with `latchkey init`')])
  })
})
