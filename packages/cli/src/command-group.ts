/**
 * A provider's group of commands, and what it is built with: every command takes the same few flags.
 *
 * @module
 */
import { Option } from 'commander'
import type { Command, CommandOptions } from 'commander'
import type { Scene } from './demo-scene.ts'
import type { Io } from './io.ts'
import { simulatorUrl } from './usage.ts'

export interface CommandGroup {
  /** Adds its commands. Each action loads what it runs only then, so that the command starts fast. */
  add(group: Command, io: Io): void
  /** Its part of `latchkey demo`. */
  demo(): Promise<Scene>
}

/** A command that does something, with the flags that every one takes. */
export function leaf(parent: Command, spec: string, summary: string, how: CommandOptions = {}): Command {
  return parent
    .command(spec, how)
    .description(summary)
    .allowExcessArguments(false)
    .option('--json', 'one JSON document instead of a table', false)
    .option('--verbose', 'say more on standard error; never a secret', false)
}

/** The same with the flags that say which system it talks to; `group` is named like the provider. */
export function targeted(
  group: Command,
  provider: string,
  spec: string,
  summary: string,
  how: CommandOptions = {},
): Command {
  return leaf(group, spec, summary, how)
    .addOption(new Option('--profile <name>', `the profile to use; ${provider} by default`).conflicts('simulator'))
    .addOption(simulator())
    .addOption(configuration())
}

export function simulator(): Option {
  return new Option('--simulator <url>', 'a running simulator, with its ready-made credentials').argParser(simulatorUrl)
}

export function configuration(): Option {
  return new Option(
    '--config <file>',
    'the configuration; by default $LATCHKEY_CONFIG, or latchkey.config.json here or above',
  ).conflicts('simulator')
}
