/**
 * What an answer says about the token it was asked with.
 *
 * @see engine.md 7.1
 * @module
 */

/**
 * `refused`: the resource does not accept this token, and a newer one may help. `forbidden`: the token is good and
 * does not allow this. `unclear`: nothing can be said. Only `refused` makes anything happen.
 */
export type Verdict = 'fine' | 'refused' | 'forbidden' | 'unclear'

/** An answer as a {@link Classifier} sees it. */
export interface JudgedAnswer {
  readonly status: number
  readonly headers: Headers
  /**
   * The first 64 KiB of the body as text, or what arrived of them before the connection broke. Waits for them, so
   * ask only at the statuses that need it: an endless 200 would wait for ever. The caller still gets the whole body.
   */
  text(): Promise<string>
}

/** Supplied by a provider whose refusals are not simply a 401. */
export type Classifier = (answer: JudgedAnswer) => Verdict | Promise<Verdict>

/** The default classifier: 401 is `refused`, 403 `forbidden`, everything else `fine`. */
export function classifyStatus(answer: Pick<JudgedAnswer, 'status'>): Verdict {
  if (answer.status === 401) return 'refused'
  return answer.status === 403 ? 'forbidden' : 'fine'
}
