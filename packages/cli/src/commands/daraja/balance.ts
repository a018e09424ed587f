/**
 * `latchkey daraja balance`: asks for the balances, waits for the result that is posted back, and prints it.
 *
 * @module
 */
import { parseAccountBalanceResult } from '@latchkey/daraja'
import { ProviderError } from '@latchkey/http'
import type { CommonOptions, Io } from '../../io.ts'
import { json, pairs, table } from '../../output.ts'
import type { BalanceFlags } from './flags.ts'
import { openReceiver } from '../../receiver.ts'
import { darajaTarget } from './target.ts'
import { UsageError } from '../../usage.ts'

const timeoutPath = '/timeout'

export async function balance(options: CommonOptions & BalanceFlags, io: Io): Promise<void> {
  await using target = await darajaTarget(options, io)
  if (options.resultUrl === undefined && !target.isLocal)
    throw new UsageError('--result-url is missing: the public https address to which M-PESA posts the balances.')
  const shortCode = await target.field('shortCode')
  const initiator = await target.field('initiator')
  const securityCredential = await target.field('securityCredential')
  await using receiver = options.resultUrl === undefined ? await openReceiver() : undefined
  const resultUrl = options.resultUrl ?? receiver?.url ?? ''
  const accepted = await target.mpesa.accountBalance(
    {
      initiator,
      securityCredential,
      partyA: shortCode,
      identifierType: 4,
      remarks: options.remarks,
      resultUrl,
      queueTimeOutUrl: options.timeoutUrl ?? (receiver ? `${receiver.url}${timeoutPath}` : resultUrl),
    },
    { signal: io.signal },
  )
  const { originatorConversationId, conversationId } = accepted
  const ids = { originatorConversationId, conversationId }
  if (!receiver) {
    io.out(options.json ? json(ids) : pairs(ids))
    return
  }
  io.err('Accepted; waiting for the result.\n')
  const posted = await receiver.next(options.wait, io.signal)
  if (posted === undefined || posted.path.endsWith(timeoutPath)) {
    const text = posted
      ? 'M-PESA did not get to the request in time. Ask again later.'
      : `No result came within ${options.wait} ms. Ask again, or wait longer with --wait.`
    throw new ProviderError('DARAJA_TIMEOUT', text, { retryable: true, correlationId: originatorConversationId })
  }
  const result = parseAccountBalanceResult(posted.body)
  if (result.state === 'failed') {
    const text = `M-PESA refused to tell the balances: ${result.resultDesc} (${result.resultCode}).`
    throw new ProviderError('DARAJA_REJECTED', text, { providerCode: result.resultCode })
  }
  const { accounts } = result
  const rows = accounts.map(({ name, currency, current, available, reserved, uncleared }) => [
    name,
    currency,
    current,
    available,
    reserved,
    uncleared,
  ])
  io.out(
    options.json
      ? json({ ...ids, accounts })
      : table(['account', 'currency', 'current', 'available', 'reserved', 'uncleared'], rows),
  )
}
