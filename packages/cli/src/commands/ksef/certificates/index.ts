/**
 * `latchkey ksef certificates …`: names, flags and help.
 *
 * @module
 */
import { Option } from 'commander'
import type { Command } from 'commander'
import { limited, targeted, waiting, waitingAtMost } from '../../../command-group.ts'
import type { ProfileFlags } from '../../../flags.ts'
import type { CommonOptions, Io } from '../../../io.ts'
import type {
  CertificateGetFlags,
  CertificateListFlags,
  CertificateRequestFlags,
  CertificateRevokeFlags,
  CertificateStatusFlags,
} from './flags.ts'

const requestHelp = `
The key is written first, for its owner alone, and never leaves this machine; a key that is there already is used. When
something fails later the command says how to go on: nothing is lost, and nothing has to be asked for twice.`

export function addCertificates(certificates: Command, io: Io): void {
  const command = (spec: string, summary: string, how = {}): Command =>
    targeted(certificates, 'ksef', spec, summary, how)

  limited(command('list', 'list those of the subject; what `certificates` alone does', { isDefault: true }))
    .option('--name <text>', 'a part of the name')
    .addOption(type('of this type'))
    .addOption(new Option('--status <status>', 'in this state').choices(['Active', 'Blocked', 'Revoked', 'Expired']))
    .action(async (options: CommonOptions & CertificateListFlags) =>
      (await import('./list.ts')).certificateList(options, io),
    )
  command('limits', 'how many requests and certificates are left').action(
    async (options: CommonOptions & ProfileFlags) => (await import('./list.ts')).certificateLimits(options, io),
  )
  waitingAtMost(command('request', 'make a key, have it certified, and fetch the certificate'))
    .requiredOption('--name <text>', 'what to call it: 5 to 100 letters, digits, spaces, hyphens and underscores')
    .requiredOption('--key <file>', 'the private key (PEM); made unless it is there')
    .requiredOption('--out <file>', 'where the certificate goes (PEM)')
    .addOption(
      type('Authentication signs in, Offline is for the codes on invoices made offline').default('Authentication'),
    )
    .option('--rsa', 'an RSA key of 2048 bits in place of P-256', false)
    .option('--valid-from <moment>', 'from when on, such as 2031-05-01T00:00:00Z; now by default')
    .addHelpText('after', requestHelp)
    .action(async (options: CommonOptions & CertificateRequestFlags) =>
      (await import('./request.ts')).certificateRequest(options, io),
    )
  waiting(command('status', 'how far a request is'))
    .argument('<reference>', 'reference number of the request')
    .action(async (reference: string, options: CommonOptions & CertificateStatusFlags) =>
      (await import('./list.ts')).certificateStatus(reference, options, io),
    )
  command('get', 'a certificate itself, as PEM')
    .argument('<serial>', 'its serial number')
    .option('--out <file>', 'write it into a new file')
    .action(async (serial: string, options: CommonOptions & CertificateGetFlags) =>
      (await import('./get.ts')).certificateGet(serial, options, io),
    )
  command('revoke', 'revoke a certificate, for ever')
    .argument('<serial>', 'its serial number')
    .addOption(new Option('--reason <reason>', 'why').choices(['Unspecified', 'Superseded', 'KeyCompromise']))
    .action(async (serial: string, options: CommonOptions & CertificateRevokeFlags) =>
      (await import('./get.ts')).certificateRevoke(serial, options, io),
    )
}

function type(summary: string): Option {
  return new Option('--type <type>', summary).choices(['Authentication', 'Offline'])
}
