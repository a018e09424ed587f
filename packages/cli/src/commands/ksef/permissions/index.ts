/**
 * `latchkey ksef permissions …`: names, flags and help.
 *
 * @module
 */
import { Option } from 'commander'
import type { Command } from 'commander'
import { collect, limited, part, targeted, waiting } from '../../../command-group.ts'
import type { CommonOptions, Io } from '../../../io.ts'
import { flagNamed } from '../../../usage.ts'
import type {
  AttachmentFlags,
  GrantFlags,
  PermissionListFlags,
  PermissionRevokeFlags,
  PermissionStatusFlags,
} from './flags.ts'
import { grantKinds } from './grant-kinds.ts'
import type { GrantFlag, GrantKind } from './grant-kinds.ts'
import { listFilters, listKinds } from './list-kinds.ts'
import type { ListFilter } from './list-kinds.ts'

const grantHelp = `
Instead of flags, the file says all of the grant as the client takes it, which for subjects that only a fingerprint names
is the one way:

  {"subjectIdentifier": {"type": "Pesel", "value": "…"}, "permissions": ["InvoiceRead"], "description": "Bookkeeping 2031",
   "subjectDetails": {"subjectDetailsType": "PersonByIdentifier", "personById": {"firstName": "Ana", "lastName": "Nowak"}}}

KSeF takes a grant first and decides later: --wait, or \`latchkey ksef permissions status REFERENCE\`.`

export function addPermissions(permissions: Command, io: Io): void {
  addList(permissions, io)
  const grant = part(permissions, 'grant', 'allow somebody something')
  for (const [kind, { summary, flags }] of Object.entries(grantKinds)) {
    addGrant(grant, kind as GrantKind, summary, flags, io) // Its own names.
  }
  waiting(command(permissions, 'revoke', 'take a permission back'))
    .argument('<id>', 'its id, from a list')
    .option('--authorization', 'it is an authorization of an entity', false)
    .action(async (id: string, options: CommonOptions & PermissionRevokeFlags) =>
      (await import('./change.ts')).permissionRevoke(id, options, io),
    )
  waiting(command(permissions, 'status', 'how far a grant or a revocation is'))
    .argument('<reference>', 'the reference number that it was taken as')
    .action(async (reference: string, options: CommonOptions & PermissionStatusFlags) =>
      (await import('./change.ts')).permissionStatus(reference, options, io),
    )
  command(permissions, 'attachments', 'whether invoices of this context may have attachments').action(
    async (options: CommonOptions & AttachmentFlags) =>
      (await import('./change.ts')).permissionAttachments(options, io),
  )
}

function addList(permissions: Command, io: Io): void {
  const list = limited(
    command(permissions, 'list', 'list permissions or roles; what `permissions` alone does', { isDefault: true }),
  )
  const kinds = Object.keys(listKinds)
  for (const [kind, summary] of Object.entries(listKinds)) {
    list.addOption(new Option(flagNamed(kind), summary).conflicts(kinds.filter((other) => other !== kind)))
  }
  for (const option of Object.values(filterOptions)) list.addOption(option())
  list
    .addHelpText('after', () => `\nWhat narrows which list:\n\n${filterHelp()}`)
    .action(async (options: CommonOptions & PermissionListFlags) =>
      (await import('./list.ts')).permissionList(options, io),
    )
}

function filterHelp(): string {
  return Object.entries(listFilters)
    .map(([kind, filters]) => `  ${flagNamed(kind).padEnd(17)} ${filters.map(flagNamed).join(', ') || 'nothing'}\n`)
    .join('')
}

const filterOptions: Readonly<Record<ListFilter, () => Option>> = {
  subject: () => new Option('--subject <type:value>', 'who has it: Nip:…, Pesel:…, Fingerprint:… or PeppolId:…'),
  author: () => new Option('--author <type:value>', 'who granted it: Nip:…, Pesel:…, Fingerprint:…, or System'),
  entity: () => new Option('--entity <type:value>', 'the subordinate one, or the one that is acted for: Nip:…'),
  context: () => new Option('--context <type:value>', 'where: Nip:… or InternalId:…'),
  target: () => new Option('--target <type:value>', 'for which client: Nip:… or InternalId:…, or AllPartners'),
  unit: () => new Option('--unit <type:value>', 'of which unit: Nip:… or InternalId:…'),
  vatUe: () => new Option('--vat-ue <number>', 'of which EU entity: its VAT number with the country'),
  fingerprint: () => new Option('--fingerprint <text>', "a part of the certificate's fingerprint"),
  permission: () => new Option('--permission <name>', 'such as InvoiceRead; may be repeated').argParser(collect),
  state: () => new Option('--state <state>', 'whether it is in force').choices(['Active', 'Inactive']),
}

function addGrant(grant: Command, kind: GrantKind, summary: string, flags: readonly GrantFlag[], io: Io): void {
  const one = waiting(command(grant, kind, summary).option('--file <file>', 'the grant, as JSON'))
  for (const flag of flags) one.addOption(grantOptions[flag]())
  one
    .addHelpText('after', grantHelp)
    .action(async (options: CommonOptions & GrantFlags) =>
      (await import('./change.ts')).permissionGrant(kind, options, io),
    )
}

const grantOptions: Readonly<Record<GrantFlag, () => Option>> = {
  subject: () => new Option('--subject <type:value>', 'who, such as Pesel:… or Nip:…'),
  permission: () => new Option('--permission <name>', 'what to allow; may be repeated').argParser(collect),
  description: () => new Option('--description <text>', 'why: 5 to 256 characters'),
  firstName: () => new Option('--first-name <name>', "the person's"),
  lastName: () => new Option('--last-name <name>', "the person's"),
  name: () => new Option('--name <text>', "the entity's: 5 to 90 characters"),
  delegate: () => new Option('--delegate', 'it may be passed on, to persons'),
  target: () => new Option('--target <type:value>', 'one client, Nip:… or InternalId:…; all clients by default'),
  unit: () => new Option('--unit <type:value>', 'the unit, InternalId:… or Nip:…'),
  unitName: () => new Option('--unit-name <text>', 'what to call it, for an InternalId'),
}

function command(parent: Command, spec: string, summary: string, how = {}): Command {
  return targeted(parent, 'ksef', spec, summary, how)
}
