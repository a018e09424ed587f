/**
 * The command tree: names, flags and help. Each action turns flags into a record of options and hands it to a
 * `run` function, loaded only then so that the command starts fast.
 *
 * @module
 */
import { Command, CommanderError, Option } from 'commander'
import { fail } from './failure.ts'
import { json } from './output.ts'
import { collect, configuration, leaf, simulator } from './command-group.ts'
import type { CommandGroup } from './command-group.ts'
import { daraja } from './commands/daraja/index.ts'
import { etims } from './commands/etims/index.ts'
import { ksef } from './commands/ksef/index.ts'
import { truphone } from './commands/truphone/index.ts'
import type { ConfigFlags, InitFlags, SimulatorFlags, TokenFlags } from './flags.ts'
import type { CommonOptions, Io } from './io.ts'
import { providerTitles } from './providers/names.ts'
import type { ProviderName } from './providers/names.ts'
import { duration, UsageError, wholeNumber } from './usage.ts'
import { version } from './version.ts'

/** Runs one command line; resolves with the exit code. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  const program = build(io)
  let common: CommonOptions = { json: args.includes('--json'), verbose: args.includes('--verbose') }
  program.hook('preAction', (_, action) => {
    const { json = false, verbose = false } = action.optsWithGlobals<Partial<CommonOptions>>()
    common = { json, verbose }
  })
  try {
    await program.parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    // Commander has already said what is wrong; help and version end with 0.
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0
      const message = error.message.replace(/^error: /, '')
      if (common.json) io.out(json({ error: { code: 'LATCHKEY_USAGE', message } }))
      return 2
    }
    return fail(error, common, io)
  }
}

const port = (text: string): number => wholeNumber('--port', text, 0, 65_535)

/** By provider. */
const groups = { daraja, etims, truphone, ksef } satisfies Readonly<Record<ProviderName, CommandGroup>>
const providerNames = Object.keys(providerTitles) as ProviderName[] // Its own names.

const initHelp = `
Writes latchkey.config.json here (or where --config or $LATCHKEY_CONFIG says) and ~/.latchkey/key, unless there is a
key. Secrets are referred to in the file as "env:NAME" or "file:PATH" and never written into it.

A table in PostgreSQL is made only by \`latchkey init --migrate\`, which may be repeated.`

function build(io: Io): Command {
  const program = new Command('latchkey')
    .description('Access tokens that are never lost and never asked for twice, and the APIs behind them.')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .showSuggestionAfterError()
    .showHelpAfterError('Run the command with --help to see what it takes.')
    .exitOverride()
    .configureOutput({
      ...{ writeOut: io.out, writeErr: io.err },
      outputError: (text, write) => write(text.replace(/^error: /, 'LATCHKEY_USAGE: ')),
    })
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 anything else, 2 usage or configuration, 3 credentials, 4 try later,\n5 refused by the provider, 6 outcome unknown, 130 interrupted.',
    )

  leaf(
    program,
    'demo',
    'start the simulator, get a token of each system, use it, survive its early death, and show what happened',
  ).action(async (options: CommonOptions) => (await import('./commands/demo.ts')).demo(groups, options, io))

  leaf(program, 'simulator', 'run the simulator until stopped')
    .addOption(new Option('--port <number>', 'port to listen on; 0 takes any free one').argParser(port).default(4010))
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .addOption(
      new Option('--seed <number>', 'makes ids and tokens repeatable').argParser((text) =>
        wholeNumber('--seed', text, 0, 4_294_967_295),
      ),
    )
    .option('--data <file>', 'keep the state in this file, and go on where it stands')
    .option('--strict-urls', "apply the providers' own rules to callback URLs", false)
    .option('--allow-callbacks-to <host>', 'deliver callbacks to this host too; may be repeated', collect, [])
    .action(async (options: CommonOptions & SimulatorFlags) =>
      (await import('./commands/simulator.ts')).simulator(options, io),
    )

  leaf(program, 'init', 'write a configuration file and a key that seals tokens')
    .addOption(
      new Option('--provider <name>', 'the provider of the first profile').choices(providerNames).default('daraja'),
    )
    .addOption(
      new Option('--store <kind>', 'where tokens are shared')
        .choices(['file', 'redis', 'postgres'])
        .default('file', 'file, for one host'),
    )
    .option('--directory <folder>', 'where a file store keeps its records; ~/.latchkey/tokens by default')
    .addOption(configuration())
    .option('--force', 'replace a configuration that is there; a key that is there always stays', false)
    .addOption(
      new Option('--migrate', 'write no file; make the table of a configuration whose store is PostgreSQL')
        .default(false)
        .conflicts(['provider', 'store', 'directory', 'force']),
    )
    .addHelpText('after', initHelp)
    .action(async (options: CommonOptions & InitFlags) => (await import('./commands/init.ts')).init(options, io))

  leaf(program, 'token', 'print a usable token of a profile')
    .argument('<profile>', `name of the profile; with --simulator the name of a system: ${providerNames.join(', ')}`)
    .addOption(simulator())
    .addOption(configuration())
    .option('--header', 'print a whole Authorization header', false)
    .addOption(
      new Option('--after <generation>', 'only a token newer than this generation').argParser((text) =>
        wholeNumber('--after', text, 0, Number.MAX_SAFE_INTEGER),
      ),
    )
    .addOption(
      new Option('--min-remaining <duration>', 'the token must live at least this long, such as 60s').argParser(
        (text) => duration('--min-remaining', text),
      ),
    )
    .action(async (profile: string, options: CommonOptions & TokenFlags) =>
      (await import('./commands/token.ts')).token(profile, options, io),
    )

  leaf(program, 'status', 'say how the token of each profile stands; asks the store and no provider')
    .argument('[profile...]', 'all by default')
    .addOption(configuration())
    .action(async (profiles: string[], options: CommonOptions & ConfigFlags) =>
      (await import('./commands/status.ts')).status(profiles, options, io),
    )

  leaf(program, 'forget', 'drop the token of a profile everywhere its store reaches')
    .argument('<profile>')
    .addOption(configuration())
    .action(async (profile: string, options: CommonOptions & ConfigFlags) =>
      (await import('./commands/forget.ts')).forget(profile, options, io),
    )

  leaf(program, 'revoke', 'drop the token of a profile everywhere, and tell the server')
    .argument('<profile>')
    .addOption(configuration())
    .action(async (profile: string, options: CommonOptions & ConfigFlags) =>
      (await import('./commands/forget.ts')).revoke(profile, options, io),
    )

  for (const name of providerNames) {
    groups[name].add(program.command(name).description(providerTitles[name]).showSuggestionAfterError(), io)
  }

  for (const [name, summary] of Object.entries(laterCommands)) {
    program
      .command(name, { hidden: true })
      .description(summary)
      .argument('[args...]')
      .allowUnknownOption()
      .action(() => {
        throw new UsageError(`latchkey ${name} is not part of this version.`)
      })
  }
  return program
}

const laterCommands: Readonly<Record<string, string>> = {
  call: 'an authorized request',
  exec: 'run a command with tokens in its environment',
  broker: 'lend tokens to other programs',
  doctor: 'check configuration, network, clock and store',
}
