/**
 * A provider's group of commands, and what it is built with: every command takes the same few flags.
 *
 * @module
 */
import { Option } from 'commander'
import type { Command, CommandOptions } from 'commander'
import type { Scene } from './demo-scene.ts'
import type { Io } from './io.ts'
import { duration, simulatorUrl, wholeNumber } from './usage.ts'

export interface CommandGroup {
  /** Adds its commands. Each action loads what it runs only then, so that the command starts fast. */
  add(group: Command, io: Io): void
  /** Its part of `latchkey demo`. */
  demo(): Promise<Scene>
}

/** A group of commands within another. */
export function part(group: Command, name: string, summary: string): Command {
  return group.command(name).description(summary).showSuggestionAfterError()
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

/** How much of a list. */
export function limited(command: Command): Command {
  return command.addOption(
    new Option('--limit <number>', 'how many at most')
      .argParser((text) => wholeNumber('--limit', text, 1, 100_000))
      .default(100),
  )
}

/** For what goes on after it was taken. */
export function waiting(command: Command): Command {
  return waitingAtMost(command.option('--wait', 'wait until it is final', false))
}

export function waitingAtMost(command: Command): Command {
  return command.addOption(
    new Option('--wait-max <duration>', 'how long at most')
      .argParser((text) => duration('--wait-max', text))
      .default(120_000, '2m'),
  )
}

/** The reader of an option that may be repeated. */
export function collect(value: string, all: readonly string[] = []): readonly string[] {
  return [...all, value]
}
