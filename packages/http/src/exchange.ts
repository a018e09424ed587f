/**
 * The one judging and repeating routine: sends with a token, asks whether the token was refused, and if so sends once
 * more with a newer one. The `fetch` wrapper, the undici interceptor and the pipeline all run on it, so that a refusal
 * means the same in each.
 *
 * @see engine.md 7.1 to 7.5, 7.7
 * @module
 */
import { isLatchkeyError, TokenError } from '@latchkey/core'
import type { Evidence, Generation, Token, TokenSource } from '@latchkey/core'
import type { Verdict } from './verdict.ts'

/** One request, in the hands of whoever knows how to write it. */
export interface Exchange<Reply> {
  readonly source: Pick<TokenSource, 'refuse'>
  /** Gets a token: any, or for the repeat one that comes after the refused generation. */
  get(after: Generation | undefined): Promise<Token>
  send(token: Token): Promise<Reply>
  judge(reply: Reply): Verdict | Promise<Verdict>
  /** Whether the request can be sent again after this refused reply. If not, the refusal is recorded, and that is all. */
  repeatable(reply: Reply): boolean
  /** What may be told of a refused reply. */
  evidence(reply: Reply): Evidence
  /** Frees what a reply holds (a connection): of a refused one before the repeat, and of one that nobody will get. */
  discard(reply: Reply): void | Promise<void>
}

/**
 * Runs an exchange. A reply that stays refused is resolved with, unchanged: after the repeat, where there must be none,
 * and where the engine has no newer token to offer (`LATCHKEY_TOKEN_REJECTED`).
 *
 * The engine may answer with the refused generation itself, once, where the provider's new tokens need time to settle;
 * whether that is so is its decision (engine.md 7.2), so the generation is not compared here.
 *
 * @throws {TokenError} No token could be had, at first or for the repeat.
 * @throws Whatever `send` or `judge` rejects with, and the signal's own reason.
 */
export async function exchange<Reply>(run: Exchange<Reply>): Promise<Reply> {
  const token = await run.get(undefined)
  const reply = await run.send(token)
  // A verdict that is there is not waited for: this is every request's way.
  const judged = judge(run, reply, token)
  const verdict = typeof judged === 'string' ? judged : await judged
  if (verdict !== 'refused' || !run.repeatable(reply)) return reply

  const newer = await newerToken(run, reply, token)
  if (newer === undefined) return reply
  await run.discard(reply)
  const second = await run.send(newer)
  await judge(run, second, newer)
  return second
}

// A refusal counts as soon as it is known, also where the request is not repeated.
function judge<Reply>(run: Exchange<Reply>, reply: Reply, token: Token): Verdict | Promise<Verdict> {
  try {
    const verdict = run.judge(reply)
    return typeof verdict === 'string' ? heard(run, reply, token, verdict) : judgeLater(run, reply, token, verdict)
  } catch (error) {
    return giveUp(run, reply, error)
  }
}

async function judgeLater<Reply>(
  run: Exchange<Reply>,
  reply: Reply,
  token: Token,
  verdict: Promise<Verdict>,
): Promise<Verdict> {
  try {
    return heard(run, reply, token, await verdict)
  } catch (error) {
    return giveUp(run, reply, error)
  }
}

function heard<Reply>(run: Exchange<Reply>, reply: Reply, token: Token, verdict: Verdict): Verdict {
  if (verdict === 'refused') run.source.refuse(token.generation, { ...run.evidence(reply), verdict })
  return verdict
}

async function giveUp<Reply>(run: Exchange<Reply>, reply: Reply, error: unknown): Promise<never> {
  await run.discard(reply)
  throw error
}

// `undefined`: the refusal budget is spent or the provider handed the same token back, so the caller gets the
// resource's answer (engine.md 7.2, step 5).
async function newerToken<Reply>(run: Exchange<Reply>, reply: Reply, refused: Token): Promise<Token | undefined> {
  try {
    return await run.get(refused.generation)
  } catch (error) {
    if (isLatchkeyError(error) && error.code === 'LATCHKEY_TOKEN_REJECTED') return undefined
    return giveUp(run, reply, error)
  }
}

/**
 * Gives the value of a token's `Authorization` header, the same string as long as it is the same token: a platform that
 * has checked and copied a string before does so faster.
 *
 * @throws {TokenError} From what it returns, `LATCHKEY_BAD_TOKEN`: it is not header text. The platform's own error
 *   would quote it.
 */
export function authorizations(): (token: Token) => string {
  const known = new WeakMap<Token, string>()
  return (token) => {
    const value = known.get(token) ?? headerText(token.header())
    known.set(token, value)
    return value
  }
}

function headerText(value: string): string {
  if (/^[\x20-\x7e]+$/.test(value)) return value
  throw new TokenError('LATCHKEY_BAD_TOKEN', 'The token cannot be written into a header, so nothing was sent.')
}
