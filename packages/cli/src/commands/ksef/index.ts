/**
 * `latchkey ksef …`: signing in to KSeF, and the operations of the authenticated client.
 *
 * @module
 */
import { Argument, Option } from 'commander'
import type { Command, CommandOptions } from 'commander'
import { collect, limited, part, targeted, waiting, waitingAtMost } from '../../command-group.ts'
import type { CommandGroup } from '../../command-group.ts'
import type { ProfileFlags } from '../../flags.ts'
import type { CommonOptions, Io } from '../../io.ts'
import { addCertificates } from './certificates/index.ts'
import type {
  ListFlags,
  LimitsSetFlags,
  LoginFlags,
  SessionEndFlags,
  TokenGenerateFlags,
  TokenListFlags,
  WaitMaxFlags,
} from './flags.ts'
import { limitKinds } from './limit-kinds.ts'
import type { LimitKind } from './limit-kinds.ts'
import { addPermissions } from './permissions/index.ts'
import { addTestdata } from './testdata/index.ts'

const loginHelp = `
Without a credential it signs in with the profile, which later commands do by themselves. With one, the store of the
configuration keeps the sign-in for commands with the same credential and context; without a configuration it is gone
with the command.

Secrets are referred to as env:NAME or file:PATH and never written into the command line.`

export const ksef: CommandGroup = {
  demo: async () => (await import('./demo.ts')).demo,
  add(group, io) {
    addLogin(group, io)
    addSessions(part(group, 'sessions', 'what is signed in'), io)
    addTokens(part(group, 'tokens', 'KSeF tokens, long-lived credentials of a context'), io)
    addCertificates(part(group, 'certificates', 'KSeF certificates, which sign in and sign invoices made offline'), io)
    addPermissions(part(group, 'permissions', 'who may do what'), io)
    addLimits(part(group, 'limits', 'what the context, the subject and the API allow'), io)
    addTestdata(part(group, 'testdata', 'what only the environment test and a simulator have'), io)
    addPeppol(part(group, 'peppol', 'the register of Peppol service providers'), io)
  },
}

function addLogin(group: Command, io: Io): void {
  const ways = ['test', 'cert', 'p12', 'ksefToken']
  const way = (flags: string, summary: string): Option => {
    const option = new Option(flags, summary)
    return option.conflicts([...ways.filter((name) => name !== option.attributeName()), 'profile'])
  }
  command(group, 'login', 'sign in, and say until when')
    .addOption(way('--test', 'with a certificate made for the occasion; a random NIP unless --nip says one'))
    .option('--as <type:value>', "with --test: whose certificate, Nip:… or Pesel:…; the context's own NIP by default")
    .addOption(way('--cert <file>', 'with this certificate (PEM or DER)'))
    .option('--key <file>', 'its private key (PEM)')
    .option('--key-password <reference>', "the key's password, env:NAME or file:PATH")
    .addOption(way('--p12 <file>', 'with the certificate and key of a PKCS#12 file'))
    .option('--p12-password <reference>', 'its password, env:NAME or file:PATH')
    .addOption(way('--ksef-token <reference>', 'with a KSeF token, env:NAME, file:PATH, or - for standard input'))
    .addOption(new Option('--nip <nip>', 'in the name of this NIP').conflicts('context'))
    .option('--context <type:value>', 'in another name, such as InternalId:…, NipVatUe:… or PeppolId:…')
    .addOption(new Option('--env <name>', 'which KSeF').choices(['production', 'demo', 'test']).conflicts('simulator'))
    .addHelpText('after', loginHelp)
    .action(async (options: CommonOptions & LoginFlags) => (await import('./login.ts')).login(options, io))
}

function addSessions(sessions: Command, io: Io): void {
  limited(command(sessions, 'list', 'list them; what `sessions` alone does', { isDefault: true })).action(
    async (options: CommonOptions & ListFlags) => (await import('./sessions.ts')).sessionList(options, io),
  )
  command(sessions, 'end', 'end one: its refresh token is dead, access tokens live to their own end')
    .argument('[reference]', 'reference number of the session')
    .option('--current', 'the one of this credential and context; it is also dropped from the store')
    .action(async (reference: string | undefined, options: CommonOptions & SessionEndFlags) =>
      (await import('./sessions.ts')).sessionEnd(reference, options, io),
    )
}

function addTokens(tokens: Command, io: Io): void {
  limited(command(tokens, 'list', 'list them; what `tokens` alone does', { isDefault: true }))
    .option('--status <status>', 'in this state, such as Active; may be repeated', collect, [])
    .option('--description <text>', 'a part of the description, 3 characters or more')
    .action(async (options: CommonOptions & TokenListFlags) => (await import('./tokens.ts')).tokenList(options, io))
  waiting(command(tokens, 'generate', 'make one; its text is shown now and never again'))
    .requiredOption('--permission <name>', 'what it may do, such as InvoiceRead; may be repeated', collect)
    .requiredOption('--description <text>', 'what it is for: 5 to 256 characters')
    .option('--out <file>', 'write the text into a new file, for its owner alone')
    .action(async (options: CommonOptions & TokenGenerateFlags) =>
      (await import('./tokens.ts')).tokenGenerate(options, io),
    )
  byReference(command(tokens, 'status', 'one of them, without its text')).action(
    async (reference: string, options: CommonOptions & ProfileFlags) =>
      (await import('./tokens.ts')).tokenStatus(reference, options, io),
  )
  waitingAtMost(byReference(command(tokens, 'wait', 'wait until it is active, so that it signs in'))).action(
    async (reference: string, options: CommonOptions & WaitMaxFlags) =>
      (await import('./tokens.ts')).tokenWait(reference, options, io),
  )
  byReference(command(tokens, 'revoke', 'revoke one, for ever')).action(
    async (reference: string, options: CommonOptions & ProfileFlags) =>
      (await import('./tokens.ts')).tokenRevoke(reference, options, io),
  )
}

function addLimits(limits: Command, io: Io): void {
  command(limits, 'show', 'show them; what `limits` alone does', { isDefault: true })
    .addArgument(limitKind('[which]', 'one kind; all by default'))
    .action(async (which: LimitKind | undefined, options: CommonOptions & ProfileFlags) =>
      (await import('./limits.ts')).limitsShow(which, options, io),
    )
  command(limits, 'set', 'set those of one kind, in the environment test and beside a simulator')
    .addArgument(limitKind('<which>', 'the kind'))
    .option('--file <file>', 'all of the kind, as JSON')
    .option('--production', 'for `rate`: those of production, instead of a file')
    .addHelpText('after', limitsHelp)
    .action(async (which: LimitKind, options: CommonOptions & LimitsSetFlags) =>
      (await import('./limits-change.ts')).limitsSet(which, options, io),
    )
  command(limits, 'reset', 'take that back')
    .addArgument(limitKind('<which>', 'the kind'))
    .action(async (which: LimitKind, options: CommonOptions & ProfileFlags) =>
      (await import('./limits-change.ts')).limitsReset(which, options, io),
    )
}

const limitKind = (spec: string, summary: string): Argument => new Argument(spec, summary).choices(limitKinds)

const limitsHelp = `
The file says all that \`latchkey ksef limits show KIND --json\` prints under the name of the kind, such as for the subject:

  {"enrollment": {"maxEnrollments": 300}, "certificate": {"maxCertificates": 100}}

Of the rates, \`anonymous\` and \`global\` are shown and cannot be set.`

function addPeppol(peppol: Command, io: Io): void {
  limited(command(peppol, 'list', 'list it; what `peppol` alone does', { isDefault: true })).action(
    async (options: CommonOptions & ListFlags) => (await import('./peppol.ts')).peppolList(options, io),
  )
}

function command(parent: Command, spec: string, summary: string, how: CommandOptions = {}): Command {
  return targeted(parent, 'ksef', spec, summary, how)
}

function byReference(command: Command): Command {
  return command.argument('<reference>', 'reference number of the token')
}
