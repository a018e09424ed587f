/**
 * The one judging and repeating routine: sends with a token, asks whether the token was refused, and if so sends once
 * more with a newer one. The `fetch` wrapper and the pipeline both run on it, so that a refusal means the same in both.
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
  /** False where the request cannot be sent twice. A refusal is then recorded, and that is all. */
  readonly repeatable: boolean
  /** Gets a token: any, or for the repeat one that comes after the refused generation. */
  get(after: Generation | undefined): Promise<Token>
  send(token: Token): Promise<Reply>
  judge(reply: Reply): Verdict | Promise<Verdict>
  /** What may be told of a refused reply. */
  evidence(reply: Reply): Evidence
  /** Frees what a refused reply holds (a connection); called before the repeat and only then. */
  discard(reply: Reply): void | Promise<void>
}

/** How it ended. `repeated`: the reply is that of the repeat. */
export interface Exchanged<Reply> {
  readonly reply: Reply
  readonly verdict: Verdict
  readonly token: Token
  readonly repeated: boolean
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
export async function exchange<Reply>(run: Exchange<Reply>): Promise<Exchanged<Reply>> {
  const token = await run.get(undefined)
  const reply = await run.send(token)
  const verdict = await run.judge(reply)
  if (verdict !== 'refused') return { reply, verdict, token, repeated: false }

  run.source.refuse(token.generation, { ...run.evidence(reply), verdict })
  const newer = run.repeatable ? await newerToken(run, token) : undefined
  if (newer === undefined) return { reply, verdict, token, repeated: false }

  await run.discard(reply)
  const second = await run.send(newer)
  const again = await run.judge(second)
  if (again === 'refused') run.source.refuse(newer.generation, { ...run.evidence(second), verdict: again })
  return { reply: second, verdict: again, token: newer, repeated: true }
}

// `undefined`: the refusal budget is spent or the provider handed the same token back, so the caller gets the
// resource's answer (engine.md 7.2, step 5).
async function newerToken<Reply>(run: Exchange<Reply>, refused: Token): Promise<Token | undefined> {
  try {
    return await run.get(refused.generation)
  } catch (error) {
    if (isLatchkeyError(error) && error.code === 'LATCHKEY_TOKEN_REJECTED') return undefined
    throw error
  }
}

/**
 * Puts the token into the headers, in place.
 *
 * @throws {TokenError} `LATCHKEY_BAD_TOKEN`: it is not header text. The platform's own error would quote it.
 */
export function authorize(headers: Headers, token: Token): Headers {
  try {
    headers.set('authorization', token.header())
  } catch {
    throw new TokenError('LATCHKEY_BAD_TOKEN', 'The token cannot be written into a header, so nothing was sent.')
  }
  return headers
}
