/**
 * `latchkey daraja …`: the operations of Safaricom Daraja.
 *
 * @module
 */
import { Option } from 'commander'
import { targeted } from '../../command-group.ts'
import type { CommandGroup } from '../../command-group.ts'
import type { ProfileFlags } from '../../flags.ts'
import type { CommonOptions } from '../../io.ts'
import { duration, wholeNumber } from '../../usage.ts'
import type { BalanceFlags, StkPushFlags } from './flags.ts'

export const daraja: CommandGroup = {
  demo: async () => (await import('./demo.ts')).demo,
  add(group, io) {
    targeted(group, 'daraja', 'stk-push', "ask a customer's phone to approve a payment")
      .addOption(
        new Option('--amount <kes>', 'whole shillings')
          .argParser((text) => wholeNumber('--amount', text, 1, 250_000))
          .makeOptionMandatory(),
      )
      .option('--phone <number>', "the customer's phone; with --simulator a test phone by default")
      .option('--reference <text>', 'account reference, 1 to 12 characters', 'LATCHKEY')
      .option('--description <text>', 'description, up to 13 characters', 'Payment')
      .option('--callback-url <url>', 'where the outcome is to be posted; needed unless the API is on this machine')
      .action(async (options: CommonOptions & StkPushFlags) => (await import('./stk-push.ts')).stkPush(options, io))

    targeted(group, 'daraja', 'stk-query', 'ask what became of a payment')
      .argument('<checkout-id>', 'the CheckoutRequestID that stk-push printed')
      .action(async (id: string, options: CommonOptions & ProfileFlags) =>
        (await import('./stk-query.ts')).stkQuery(id, options, io),
      )

    targeted(group, 'daraja', 'balance', 'ask for the balances of the short code; they come to the result URL')
      .option('--remarks <text>', 'up to 100 characters', 'Balance')
      .option(
        '--result-url <url>',
        'where the balances are to be posted; by default a receiver on this machine, if the API is on it, too',
      )
      .option('--timeout-url <url>', 'where a queue time-out is to be posted; by default beside the result URL')
      .addOption(
        new Option('--wait <duration>', 'how long to wait for the result')
          .argParser((text) => duration('--wait', text))
          .default(10_000, '10s'),
      )
      .action(async (options: CommonOptions & BalanceFlags) => (await import('./balance.ts')).balance(options, io))
  },
}
