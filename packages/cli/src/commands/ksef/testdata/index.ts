/**
 * `latchkey ksef testdata …`: names, flags and help.
 *
 * @module
 */
import { Option } from 'commander'
import type { Command } from 'commander'
import { collect, part, targeted } from '../../../command-group.ts'
import type { CommonOptions, Io } from '../../../io.ts'
import { testdataChanges, testdataGroups } from './changes.ts'
import type { TestdataChange, TestdataFlag } from './changes.ts'
import type { TestdataFlags } from './flags.ts'

export function addTestdata(testdata: Command, io: Io): void {
  const groups = Object.entries(testdataGroups).map(([name, summary]) => [name, part(testdata, name, summary)] as const)
  const groupNamed = new Map<string, Command>(groups)
  for (const [change, row] of Object.entries(testdataChanges)) {
    const [group = '', name = ''] = change.split(' ')
    const command = targeted(groupNamed.get(group) ?? testdata, 'ksef', name, row.summary)
    for (const flag of row.needs) command.addOption(flagOptions[flag]().makeOptionMandatory())
    for (const flag of 'takes' in row ? row.takes : []) command.addOption(flagOptions[flag]())
    command.action(async (options: CommonOptions & TestdataFlags) =>
      (await import('./change.ts')).testdataChange(change as TestdataChange, options, io),
    ) // Its own names.
  }
}

const flagOptions: Readonly<Record<TestdataFlag, () => Option>> = {
  nip: () => new Option('--nip <nip>', 'whose: ten digits'),
  pesel: () => new Option('--pesel <pesel>', "the person's: eleven digits"),
  type: () => new Option('--type <type>', 'of what kind').choices(['EnforcementAuthority', 'VatGroup', 'JST']),
  description: () => new Option('--description <text>', 'what it is for: 5 to 256 characters'),
  subunit: () => new Option('--subunit <nip:description>', 'a unit of it; may be repeated').argParser(collect),
  createdAt: () => new Option('--created-at <instant>', 'later than the last time, where it was there before'),
  bailiff: () => new Option('--bailiff', 'who may also enforce'),
  deceased: () => new Option('--deceased', 'so that signing in ends with status 470'),
  context: () => new Option('--context <type:value>', 'where, such as Nip:…'),
  subject: () => new Option('--subject <type:value>', 'who: Nip:…, Pesel:… or Fingerprint:…'),
  permission: () => new Option('--permission <name>', 'what, such as InvoiceRead; may be repeated').argParser(collect),
  until: () => new Option('--until <day>', 'from that day on (YYYY-MM-DD); at once by default'),
  serial: () => new Option('--serial <serial>', 'serial number of the certificate'),
  at: () => new Option('--at <instant>', 'its new end, such as 2026-01-31T12:00:00Z'),
}
