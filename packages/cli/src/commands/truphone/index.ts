/**
 * `latchkey truphone …`: the operations of Truphone Connect.
 *
 * @module
 */
import { Argument, Option } from 'commander'
import type { Command, CommandOptions } from 'commander'
import type { NotificationType } from '@latchkey/truphone'
import { collect, limited, part, targeted, waiting } from '../../command-group.ts'
import type { CommandGroup } from '../../command-group.ts'
import type { ProfileFlags } from '../../flags.ts'
import type { CommonOptions, Io } from '../../io.ts'
import type {
  CurrencyFlags,
  OrderGetFlags,
  OrderNewFlags,
  OrderTopUpFlags,
  ProductListFlags,
  SubscriptionListFlags,
} from './flags.ts'

const newHelp = `
Instead of flags, the file says all of the order:

  {"countryCode": "PT", "customer": {"email": "ana.ficticia@example.org"}, "device": {"type": "ios", "id": "device-0001"},
   "subscriptions": [{"productId": "cHJvZC1ldS0zZ2ItMzBk", "price": 19.5, "currency": "EUR"}]}

An order is sent once. Where its answer is lost, the command looks for what is new (with --wait) and otherwise ends with 6:
look for the subscription before you order again.`

const topUpHelp = `
Instead of flags, the file says all of the order:

  {"esim": {"iccid": "8944000000000000019"}, "device": {"id": "device-0001"},
   "subscriptions": [{"productId": "cHJvZC11cy0xZ2ItN2Q="}]}

An order is sent once; see \`latchkey truphone order new --help\`.`

const dashHelp = '\nAn id that begins with a dash follows after two of them: latchkey truphone products get -- ID'

export const truphone: CommandGroup = {
  demo: async () => (await import('./demo.ts')).demo,
  add(group, io) {
    addProducts(part(group, 'products', 'the plans that this partner may sell'), io)
    addOrder(part(group, 'order', 'order eSIMs and top-ups, and follow orders'), io)
    addSim(part(group, 'sim', 'where profiles are'), io)
    addSubscription(part(group, 'subscription', 'the plans on SIMs'), io)
    addWebhook(part(group, 'webhook', 'what Truphone is to post about a SIM, and where'), io)
  },
}

function addProducts(products: Command, io: Io): void {
  currency(command(products, 'list', 'list them; what `products` alone does', { isDefault: true }))
    .option('--plan <id>', 'those of one plan id')
    .action(async (options: CommonOptions & ProductListFlags) => (await import('./products.ts')).products(options, io))
  currency(command(products, 'get', 'one of them'))
    .argument('<id>', 'id of the product')
    .addHelpText('after', dashHelp)
    .action(async (id: string, options: CommonOptions & CurrencyFlags) =>
      (await import('./products.ts')).product(id, options, io),
    )
}

function addOrder(order: Command, io: Io): void {
  const anew = waiting(ordering(command(order, 'new', 'order a new eSIM')))
    .option('--email <mail>', "the customer's e-mail address, or any identifier")
    .option('--country <code>', 'the country of the sale, such as PT')
    .addOption(
      new Option('--device-type <type>', 'what the eSIM is for; must be in the contract').choices([
        'ios',
        'android',
        'iot',
      ]),
    )
    .option('--eid <digits>', 'push the profile to this handset; iOS only')
  qr(anew)
    .addHelpText('after', newHelp)
    .action(async (options: CommonOptions & OrderNewFlags) => (await import('./order.ts')).orderNew(options, io))

  waiting(ordering(command(order, 'top-up', 'order further plans for a SIM')))
    .option('--iccid <digits>', 'the SIM')
    .addHelpText('after', topUpHelp)
    .action(async (options: CommonOptions & OrderTopUpFlags) => (await import('./order.ts')).orderTopUp(options, io))

  qr(waiting(command(order, 'get', 'how far an order is, and what it brought')))
    .argument('<id>', 'id of the order')
    .action(async (id: string, options: CommonOptions & OrderGetFlags) =>
      (await import('./order.ts')).orderGet(id, options, io),
    )
}

function addSim(sim: Command, io: Io): void {
  bySim(command(sim, 'get', 'the install state of an eSIM, and its activation code')).action(
    async (iccid: string, options: CommonOptions & ProfileFlags) =>
      (await import('./sim.ts')).simGet(iccid, options, io),
  )
  bySim(command(sim, 'eid', 'push an eSIM that is on no handset to another one'))
    .argument('<eid>', '32 digits')
    .action(async (iccid: string, eid: string, options: CommonOptions & ProfileFlags) =>
      (await import('./sim.ts')).simEid(iccid, eid, options, io),
    )
}

function addSubscription(subscription: Command, io: Io): void {
  limited(command(subscription, 'list', 'the subscriptions of a filter, as their pages come'))
    .option('--email <mail>', 'of this customer')
    .option('--iccid <digits>', 'of this SIM')
    .option('--product <id>', 'of this product')
    .option('--after <moment>', 'created after it, such as 2031-05-01T12:00:00Z')
    .option('--before <moment>', 'created before it')
    .action(async (options: CommonOptions & SubscriptionListFlags) =>
      (await import('./subscription.ts')).subscriptionList(options, io),
    )
  command(subscription, 'get', 'one subscription, with what is left of it')
    .argument('<id>', 'id of the subscription')
    .addHelpText('after', dashHelp)
    .action(async (id: string, options: CommonOptions & ProfileFlags) =>
      (await import('./subscription.ts')).subscriptionGet(id, options, io),
    )
  command(subscription, 'activate', 'activate a plan now that was ordered for later')
    .argument('<id>', 'id of the subscription')
    .addHelpText('after', dashHelp)
    .action(async (id: string, options: CommonOptions & ProfileFlags) =>
      (await import('./subscription.ts')).subscriptionActivate(id, options, io),
    )
}

function addWebhook(webhook: Command, io: Io): void {
  bySim(command(webhook, 'list', 'the webhooks of a SIM')).action(
    async (iccid: string, options: CommonOptions & ProfileFlags) =>
      (await import('./webhook.ts')).webhookList(iccid, options, io),
  )
  bySim(command(webhook, 'register', 'register one, in place of the one of that SIM and type'))
    .addArgument(notificationType())
    .argument('<url>', 'where it is posted; end it with an unguessable token, since deliveries are not signed')
    .action(async (iccid: string, type: NotificationType, url: string, options: CommonOptions & ProfileFlags) =>
      (await import('./webhook.ts')).webhookRegister({ iccid, type, webhookUrl: url }, options, io),
    )
  bySim(command(webhook, 'unregister', 'remove one'))
    .addArgument(notificationType())
    .action(async (iccid: string, type: NotificationType, options: CommonOptions & ProfileFlags) =>
      (await import('./webhook.ts')).webhookUnregister({ iccid, type }, options, io),
    )
}

function command(parent: Command, spec: string, summary: string, how: CommandOptions = {}): Command {
  return targeted(parent, 'truphone', spec, summary, how)
}

function bySim(command: Command): Command {
  return command.argument('<iccid>', 'digits of the SIM')
}

function notificationType(): Argument {
  return new Argument('<type>', 'what it tells of').choices(['USAGE_THRESHOLD', 'SUBSCRIPTION_END'])
}

function currency(command: Command): Command {
  return command.option('--currency <code>', 'of the prices, such as EUR')
}

function ordering(command: Command): Command {
  return command
    .option('--file <file>', 'the order, as JSON')
    .option('--product <id>', 'what is ordered; may be repeated', collect, [])
    .option('--device-id <id>', 'your own id of the handset; a random one by default')
}

function qr(command: Command): Command {
  return command.option('--qr <file>', 'draw the activation code for a camera (.png or .svg); waits, too')
}
