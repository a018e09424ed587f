/**
 * `latchkey ksef tokens …`: KSeF tokens, which sign in where no certificate is at hand.
 *
 * @see spec/ksef.md sections 2.14 and 3.3
 * @module
 */
import type { GeneratedKsefToken, KsefTokenInfo } from '@latchkey/ksef'
import { describeFailure, ReportedFailure } from '../../failure.ts'
import type { ProfileFlags } from '../../flags.ts'
import type { CommonOptions, Io } from '../../io.ts'
import { showPages } from '../../listing.ts'
import type { Listing } from '../../listing.ts'
import { sendOnce } from '../../lost-answer.ts'
import { newFile } from '../../new-file.ts'
import type { NewFile } from '../../new-file.ts'
import { json, pairs, printable } from '../../output.ts'
import type { TokenGenerateFlags, TokenListFlags, WaitMaxFlags } from './flags.ts'
import { pageSizeFor } from './page-size.ts'
import { ksefTarget } from './target.ts'
import type { KsefTarget } from './target.ts'
import { identifier, moment } from './words.ts'

const listing: Listing<KsefTokenInfo> = {
  name: 'tokens',
  heading: ['reference', 'status', 'description', 'permissions', 'author', 'created', 'last used'],
  cells: ({
    referenceNumber,
    status,
    description,
    requestedPermissions,
    authorIdentifier,
    dateCreated,
    lastUseDate,
  }) => [
    ...[referenceNumber, status, description, requestedPermissions.join(' '), identifier(authorIdentifier)],
    ...[moment(dateCreated), moment(lastUseDate)],
  ],
}

export async function tokenList(options: CommonOptions & TokenListFlags, io: Io): Promise<void> {
  await using target = await ksefTarget(options, io)
  const { status, description, limit } = options
  const query = { description, pageSize: pageSizeFor(limit, 100), ...(status.length > 0 && { status }) }
  await showPages(target.pages(target.auth.tokens.all(query, { signal: io.signal })), listing, options, io)
}

/** Its text goes to standard output and nowhere else, or into a file. It is out before anything is waited for. */
export async function tokenGenerate(options: CommonOptions & TokenGenerateFlags, io: Io): Promise<void> {
  const file = options.out === undefined ? undefined : await newFile('--out', options.out, io)
  try {
    await using target = await ksefTarget(options, io)
    const generated = await generate(target, options, io)
    const { referenceNumber } = generated
    await handOver(generated, file, options, io).catch((error: unknown) => {
      io.err(
        `${referenceNumber} was made, and its text is lost. Revoke it: ${command('revoke', referenceNumber, target)}\n`,
      )
      throw error
    })
    if (options.wait) return await awaitActive(target, referenceNumber, options, io)
    io.err(`It is ${referenceNumber}, and signs in once it is active: ${command('wait', referenceNumber, target)}\n`)
  } finally {
    await file?.discard()
  }
}

function command(name: string, referenceNumber: string, { flags }: KsefTarget): string {
  return `latchkey ksef tokens ${name} ${referenceNumber} ${flags}`
}

async function generate(target: KsefTarget, options: TokenGenerateFlags, io: Io): Promise<GeneratedKsefToken> {
  const { permission: permissions, description } = options
  const advice =
    'The token may have been made, and its text is lost: look for it, revoke it, and make another one. Look with: ' +
    `latchkey ksef tokens ${target.flags}`
  const make = () => target.auth.tokens.generate({ permissions, description }, { signal: io.signal })
  return sendOnce(() => target.ask(make()), advice, io)
}

async function handOver(
  { referenceNumber, token }: GeneratedKsefToken,
  file: NewFile | undefined,
  options: CommonOptions,
  io: Io,
): Promise<void> {
  if (file === undefined) return io.out(options.json ? json({ referenceNumber, token }) : `${token}\n`)
  await file.write(`${token}\n`)
  io.out(
    options.json ? json({ referenceNumber, file: file.file }) : pairs({ reference: referenceNumber, file: file.file }),
  )
}

/** What was handed over is the result; that it does not become active is told beside it. */
async function awaitActive(
  target: KsefTarget,
  referenceNumber: string,
  { waitMax }: TokenGenerateFlags,
  io: Io,
): Promise<void> {
  const { signal } = io
  try {
    await target.ask(target.auth.tokens.waitForActivation({ referenceNumber, timeoutMs: waitMax, signal }))
    io.err(`${referenceNumber} is active.\n`)
  } catch (error) {
    if (signal.aborted && error === signal.reason) throw error
    const { code, message, exit } = await describeFailure(error)
    io.err(`${code}: ${printable(message)}\n`)
    throw new ReportedFailure(exit)
  }
}

export async function tokenStatus(
  referenceNumber: string,
  options: CommonOptions & ProfileFlags,
  io: Io,
): Promise<void> {
  await using target = await ksefTarget(options, io)
  show(await target.ask(target.auth.tokens.status({ referenceNumber }, { signal: io.signal })), options, io)
}

export async function tokenWait(referenceNumber: string, options: CommonOptions & WaitMaxFlags, io: Io): Promise<void> {
  await using target = await ksefTarget(options, io)
  const { signal } = io
  const waiting = target.auth.tokens.waitForActivation({ referenceNumber, timeoutMs: options.waitMax, signal })
  show(await target.ask(waiting), options, io)
}

export async function tokenRevoke(
  referenceNumber: string,
  options: CommonOptions & ProfileFlags,
  io: Io,
): Promise<void> {
  await using target = await ksefTarget(options, io)
  await target.ask(target.auth.tokens.revoke({ referenceNumber }, { signal: io.signal }))
  io.out(options.json ? json({ referenceNumber, revoked: true }) : `Revoked: ${referenceNumber}\n`)
}

function show(token: KsefTokenInfo, options: CommonOptions, io: Io): void {
  if (options.json) return io.out(json(token))
  const { referenceNumber, status, statusDetails = [], description, requestedPermissions } = token
  io.out(
    pairs({
      ...{ reference: referenceNumber, status: [status, ...statusDetails].join(' '), description },
      ...{ permissions: requestedPermissions.join(' '), context: identifier(token.contextIdentifier) },
      ...{ author: identifier(token.authorIdentifier), created: moment(token.dateCreated) },
      lastUsed: moment(token.lastUseDate),
    }),
  )
}
